import type { Command } from 'commander';
import { invalid } from '../command/session.ts';
import type { ScanFormat } from '../output/scan/print-scan.ts';

/**
 * `scan` itself has options of these names, and takes them wherever they stand: what it was given is meant for its kind. Its other
 * options are refused, so that none is silently without effect.
 */
export function givenToScan(kind: Command): { readonly target?: string; readonly output?: ScanFormat } {
  const scan = kind.parent ?? kind;
  const given = scan.options.filter((option) => scan.getOptionValueSource(option.attributeName()) === 'cli');
  const wrong = given.find((option) => option.attributeName() !== 'target' && option.attributeName() !== 'output');
  if (wrong !== undefined)
    throw invalid(
      `liftlock: ${wrong.long} is for scans of manifests and kubeconfigs. What scan ${kind.name()} leaves out and fails on stands in the UpgradePolicy (scan).`,
    );
  const { target, output } = scan.opts<{ readonly target: readonly string[]; readonly output: ScanFormat }>();
  const [only, ...others] = target;
  if (others.length > 0) throw invalid(`liftlock: scan ${kind.name()} takes one --target, not ${target.join(' ')}.`);
  return {
    ...(only === undefined ? {} : { target: only }),
    ...(scan.getOptionValueSource('output') === 'cli' ? { output } : {}),
  };
}
