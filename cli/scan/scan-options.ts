import type { Command } from 'commander';
import type { Source } from '../../core/contracts/scan-words.ts';
import type { Observation } from '../../core/scan/judge/observation.ts';
import type { Coverage } from '../../core/scan/report/report-schema.ts';
import { KubeVersion } from '../../core/version/kube-version.ts';
import { invalid } from '../command/failure.ts';
import type { ScanFormat } from '../output/scan/print-scan.ts';
import type { InsightOptions } from './collect-insights.ts';

/** The options of `liftlock scan`, as commander gives them. */
export interface ScanOptions extends TargetOptions, InsightOptions {
  readonly manifests?: readonly string[];
  readonly kubeconfig?: string;
  readonly context?: string;
  readonly skip: readonly (Source | 'not-rendered')[];
  readonly render?: boolean;
  readonly only: readonly string[];
  readonly failOn: 'removed' | 'deprecated' | 'none';
  readonly waivers: readonly string[];
  readonly list: readonly string[];
  readonly baseline?: string;
  readonly output: ScanFormat;
  readonly requestsPerSecond: number;
}

/** The result of a scan's sources, before any target is considered. */
export interface Collected {
  readonly subject: string;
  /** All names of the cluster, for waivers; empty for manifests. */
  readonly clusters: readonly string[];
  /** `v1.35.2-eks-abc`; undefined for manifests, and when it could not be read. */
  readonly serverVersion?: string;
  readonly observations: readonly Observation[];
  readonly coverage: readonly Coverage[];
  readonly interrupted: boolean;
}

/**
 * `scan` itself has options of these names, and accepts them before the kind too: such an option is meant for the kind. Its other options are
 * refused, so that none is silently ignored.
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

interface TargetOptions {
  readonly target: readonly string[];
  readonly hops?: boolean;
  readonly from?: string;
}

/**
 * The versions to judge for, the oldest first, each once. Without --target it is the minor after the one that the cluster runs; where that is not
 * known, --target is required.
 * @throws Failure (2) with everything that is wrong: an invalid version, or one that no hop leads to.
 */
export function targetsOf({ target, hops, from: named }: TargetOptions, serverVersion?: string): KubeVersion[] {
  const wrong: string[] = [];
  const read = (text: string, option: string): KubeVersion[] => {
    const version = KubeVersion.tryParse(text.trim());
    if (version === undefined)
      wrong.push(`liftlock: ${option} ${text.trim() || '""'} is no Kubernetes version. Write it as 1.36.`);
    return version === undefined ? [] : [version];
  };
  const runs = serverVersion === undefined ? undefined : KubeVersion.parse(serverVersion);
  const [from = runs] = named === undefined ? [] : read(named, '--from');
  const given = target.flatMap((text) => text.split(',')).flatMap((text) => read(text, '--target'));
  const meant = target.length > 0 || runs === undefined ? given : [runs.next()];
  const unique = [...new Map(meant.map((version) => [version.toString(), version])).values()];
  const targets = unique.sort((a, b) => a.compare(b));
  const last = targets.at(-1);
  if (target.length === 0 && last === undefined)
    wrong.push('liftlock: --target is missing: say the version to go to, e.g. --target 1.36.');
  if (hops === true && from === undefined && named === undefined)
    wrong.push('liftlock: --hops needs to know where it begins: say the version that runs now, e.g. --from 1.33.');
  if (hops !== true && named !== undefined)
    wrong.push('liftlock: --from is where --hops begins, and means nothing without it.');
  if (hops === true && from !== undefined && last !== undefined && last.compare(from) <= 0)
    wrong.push(`liftlock: --hops leads from ${from} to ${last}, and a hop is one minor up.`);
  if (wrong.length > 0) throw invalid(wrong.join('\n'));
  return hops === true && from !== undefined && last !== undefined ? from.hopsTo(last) : targets;
}
