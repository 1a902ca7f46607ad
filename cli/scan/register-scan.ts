import { type Command, InvalidArgumentError, Option } from 'commander';
import { FAIL_ON, LIVE_SOURCES } from '../../core/contracts/scan-words.ts';
import { numberOption, secondsUpTo } from '../command/number-option.ts';
import { FORMATS, invalid } from '../command/session.ts';
import { type Act, outputOption } from '../command/verb.ts';
import { SCAN_FORMATS } from '../output/scan/print-scan.ts';

const SKIPPED = ['manifest', ...LIVE_SOURCES, 'not-rendered'];

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
    .option('--render', 'with --manifests: render charts with the helm on PATH, for the newest --target')
    .option(
      '--only <what...>',
      'show and count only these findings: severity=, rule=, api=, owner= or namespace=, a list, * for any text',
      [],
    )
    .addOption(new Option('--fail-on <what>', 'what fails the scan').choices([...FAIL_ON]).default('removed'))
    .option('--waivers <path...>', 'files or folders of ScanWaivers', [])
    .option('--list <path...>', 'files or folders of KindLists: look for kinds of your own, too', [])
    .option('--baseline <file>', 'an older report (-o json): only what is new fails')
    .option('--eks-insights [arn]', 'with --kubeconfig: read the upgrade insights of Amazon EKS too')
    .option('--requests-per-second <number>', 'at most so many requests to the API server', positive, 50)
    .addOption(outputOption(SCAN_FORMATS))
    .action(act(async () => (await import('./scan.ts')).scan));
  registerFleetScan(scan, act);
}

const positive = numberOption((value) => value > 0 && value <= 1_000, 'It is a number above 0, up to 1000.');

function skipped(text: string, before: readonly string[]): string[] {
  const words = text.split(',').map((word) => word.trim());
  const unknown = words.find((word) => !SKIPPED.includes(word));
  if (unknown !== undefined) throw new InvalidArgumentError(`"${unknown}" is none of ${SKIPPED.join(', ')}.`);
  return [...before, ...words];
}

/** `scan cluster` and `scan fleet`: scans that the controller makes, with its own access to the clusters. */
function registerFleetScan(scan: Command, act: Act): void {
  scan
    .command('cluster <name>')
    .description('have the controller scan one cluster of the fleet, wait, and print the report')
    .option('--target <version>', 'the Kubernetes version to go to (default: the next minor)')
    .option('--no-wait', 'start it, and do not wait for its report')
    .option('--wait-timeout <seconds>', 'how long to wait for the report', secondsUpTo(86_400), 3_600)
    .addOption(outputOption(SCAN_FORMATS))
    .action(
      act(async () => {
        const { scanCluster } = await import('./scan-cluster.ts');
        return (session, name, options) => scanCluster(session, name, { ...options, ...givenTo(scan, 'cluster') });
      }),
    );
  scan
    .command('fleet')
    .description('clusters by verdict for one target, what to repair over the whole fleet, and whom to ask')
    .option('--target <version>', 'the Kubernetes version to go to, e.g. 1.37')
    .option('-l, --selector <labels>', 'only clusters with these labels, e.g. env=prod,team!=web')
    .option('--start', 'start a scan of each cluster that has none for the target from the last day')
    .addOption(outputOption())
    .action(
      act(async () => async (session, options) => {
        const asked = { ...options, ...givenTo(scan, 'fleet') };
        const { target, output } = asked;
        if (target === undefined) throw invalid('liftlock: --target is missing: say the version to go to.');
        if (!FORMATS.includes(output)) throw invalid(`liftlock: -o ${output} is for reports; here it is ${FORMATS}.`);
        return (await import('./scan-fleet.ts')).scanFleet(session, asked);
      }),
    );
}

/**
 * `scan` itself has options of these names, and takes them wherever they stand: what it was given is meant for its kind. Its other
 * options are refused, so that none is silently without effect.
 */
function givenTo(scan: Command, kind: string): { readonly target?: string; readonly output?: string } {
  const given = scan.options.filter((option) => scan.getOptionValueSource(option.attributeName()) === 'cli');
  const wrong = given.find((option) => option.attributeName() !== 'target' && option.attributeName() !== 'output');
  if (wrong !== undefined)
    throw invalid(
      `liftlock: ${wrong.long} is for scans of manifests and kubeconfigs. What scan ${kind} leaves out and fails on stands in the UpgradePolicy (scan).`,
    );
  const { target, output } = scan.opts<{ readonly target: readonly string[]; readonly output: string }>();
  const [only, ...others] = target;
  if (others.length > 0) throw invalid(`liftlock: scan ${kind} takes one --target, not ${target.join(' ')}.`);
  return {
    ...(only === undefined ? {} : { target: only }),
    ...(scan.getOptionValueSource('output') === 'cli' ? { output } : {}),
  };
}
