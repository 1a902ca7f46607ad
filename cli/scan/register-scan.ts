import { type Command, InvalidArgumentError, Option } from 'commander';
import { FAIL_ON, SOURCES } from '../../core/contracts/scan-words.ts';
import { SCAN_FORMATS } from '../output/scan/print-scan.ts';
import { type Act, outputOption } from '../program.ts';
import { registerFleetScan } from './register-fleet-scan.ts';

const SKIPPED = [...Object.keys(SOURCES), 'not-rendered'];

/** `scan` and its kinds. */
export function registerScan(program: Command, act: Act): void {
  const scan = program
    .command('scan')
    .description('what breaks when a cluster goes to a version, who owns it, and how to repair it')
    .option('--manifests <path...>', 'files or folders with manifests, or - for standard input')
    .option('--kubeconfig <file>', 'the cluster of this kubeconfig (default: KUBECONFIG, with --context)')
    .option('--context <name>', 'a context of the kubeconfig, other than its current one')
    .option(
      '--target <versions...>',
      'the Kubernetes version to go to, e.g. 1.36; several for several reports (default of a cluster: the next minor)',
      [],
    )
    .option('--hops', 'one report for each minor on the way to --target')
    .option('--from <version>', 'where --hops begins (default: what the cluster runs)')
    // Not `choices`: people write lists with commas too.
    .option(`--skip <sources...>`, `leave out on purpose, and say so in the report: ${SKIPPED.join(', ')}`, skipped, [])
    .addOption(new Option('--fail-on <what>', 'what fails the scan').choices([...FAIL_ON]).default('removed'))
    .option('--waivers <path...>', 'files or folders of ScanWaivers', [])
    .option('--baseline <file>', 'an older report (-o json): only what is new fails')
    .option('--eks-insights [arn]', 'with --kubeconfig: read the upgrade insights of Amazon EKS too')
    .option('--requests-per-second <number>', 'at most so many requests to the API server', positive, 50)
    .addOption(outputOption(SCAN_FORMATS))
    .action((options, command) => act(async (session) => (await import('./scan.ts')).scan(session, options), command));
  registerFleetScan(scan, act);
}

function positive(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 1_000)) throw new InvalidArgumentError('It is a number above 0, up to 1000.');
  return value;
}

function skipped(text: string, before: readonly string[]): string[] {
  const words = text.split(',').map((word) => word.trim());
  const unknown = words.find((word) => !SKIPPED.includes(word));
  if (unknown !== undefined) throw new InvalidArgumentError(`"${unknown}" is none of ${SKIPPED.join(', ')}.`);
  return [...before, ...words];
}
