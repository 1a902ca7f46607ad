import type { Command } from 'commander';
import { invalid } from '../failure.ts';
import { FORMATS } from '../output/print.ts';
import { SCAN_FORMATS } from '../output/scan/print-scan.ts';
import { type Act, outputOption } from '../program.ts';
import { seconds } from './seconds.ts';

/** `scan cluster` and `scan fleet`: scans that the controller makes, with its own access to the clusters. */
export function registerFleetScan(scan: Command, act: Act): void {
  scan
    .command('cluster <name>')
    .description('have the controller scan one cluster of the fleet, wait, and print the report')
    .option('--target <version>', 'the Kubernetes version to go to (default: the next minor)')
    .option('--no-wait', 'start it, and do not wait for its report')
    .option('--wait-timeout <seconds>', 'how long to wait for the report', seconds, 3_600)
    .addOption(outputOption(SCAN_FORMATS))
    .action((name, options, command) =>
      act(async (session) => {
        const asked = { ...options, ...givenTo(scan, 'cluster') };
        return (await import('./scan-cluster.ts')).scanCluster(session, name, asked);
      }, command),
    );
  scan
    .command('fleet')
    .description('clusters by verdict for one target, what to repair over the whole fleet, and whom to ask')
    .option('--target <version>', 'the Kubernetes version to go to, e.g. 1.37')
    .option('-l, --selector <labels>', 'only clusters with these labels, e.g. env=prod,team!=web')
    .option('--start', 'start a scan of each cluster that has none for the target from the last day')
    .addOption(outputOption())
    .action((options, command) =>
      act(async (session) => {
        const asked = { ...options, ...givenTo(scan, 'fleet') };
        const { target, output } = asked;
        if (target === undefined) throw invalid('liftlock: --target is missing: say the version to go to.');
        if (!FORMATS.includes(output)) throw invalid(`liftlock: -o ${output} is for reports; here it is ${FORMATS}.`);
        return (await import('./scan-fleet.ts')).scanFleet(session, asked);
      }, command),
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
