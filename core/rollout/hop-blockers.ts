import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { KnownScans } from '../contracts/items/scan.ts';
import { isKnown } from '../contracts/reasons.ts';
import { bounded, type Reason, reason } from '../contracts/step-result.ts';
import type { NodesSpec } from '../model/image-rule.ts';
import { provedBlockers } from '../scan/preflight/proved-blockers.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { COVERED, isCovered } from '../version/support-calendar.ts';
import type { FollowingNodes } from './following-nodes.ts';

export interface Stopper {
  readonly reason: Reason;
  /** What makes two stoppers of two looks the same one, since the words of a reason name the look. */
  readonly cause: string;
  /** The inventory alone proves it. */
  readonly isProved?: true;
  /** The cause under which a scan reports the same stopper. */
  readonly scanned?: string;
  /** The cause in words; absent where the cause is a sentence itself, or where the scan has no words. */
  readonly what?: string | undefined;
  /** Who mends this, as far as the scan knows; absent = the owner of the cluster. */
  readonly owner?: string | undefined;
  /** All owners, where there are several. */
  readonly owners?: readonly string[] | undefined;
}

/**
 * Everything that is known today to stop the hop to a version: what the inventory proves, and what the last scan for that version refused. `nodes`
 * are the rules of the cluster's policy for images: they tell which groups are rolled before a hop that is not the first. `now`: what a waiver covered
 * that has ended by then counts again.
 */
export function stoppersOf(
  cluster: ClusterRecord,
  scans: KnownScans | undefined,
  target: KubeVersion,
  isFirst: boolean,
  nodes?: NodesSpec,
  now?: Date,
): readonly Stopper[] {
  const scan = scans?.scans.find((one) => one.target === target.toString());
  const isLost = scan !== undefined && now !== undefined && hasLostWaiver(scan, now);
  const proved = provedStoppers(cluster, target, isFirst, nodes, isLost ? [] : scan?.waivedErrors);
  if (scan === undefined) return proved;
  const lost = isLost ? [{ reason: lostWaiver(cluster, scan), cause: 'ScanStale' }] : [];
  return [...proved, ...lost, ...refusedBy(scan, lookCommand(cluster, target))];
}

type Scan = KnownScans['scans'][number];

/** Whether a waiver that a look rested on has ended since then: the finding that it covered counts again. */
export const hasLostWaiver = ({ waivedUntil }: Pick<Scan, 'waivedUntil'>, now: Date): boolean =>
  waivedUntil !== undefined && Date.parse(waivedUntil) <= now.getTime();

export const lostWaiver = (cluster: ClusterRecord, { waivedUntil, target }: Scan): Reason =>
  reason(
    'ScanStale',
    `A waiver that the last look rested on ended, or was changed, at ${waivedUntil}. Run: ${lookCommand(cluster, KubeVersion.parse(target))}`,
  );

/** What the inventory alone proves to stop the hop. `waived`: the errors of the same checks that a waiver covers. */
function provedStoppers(
  cluster: ClusterRecord,
  target: KubeVersion,
  isFirst: boolean,
  nodes: NodesSpec,
  waived: KnownScans['scans'][number]['waivedErrors'] = [],
): readonly Stopper[] {
  // The message of such a reason is made from the inventory alone and is the same in every look, so it serves as cause; a code may stand for two
  // groups.
  return provedBlockers(cluster, target, isFirst, nodes)
    .filter((one) => !waived.some(({ rule, cause }) => rule === one.rule && cause === one.scanned))
    .map((one) => ({ ...one, cause: one.reason.message, isProved: true }));
}

/** The command that has a cluster looked at for a minor: the next minor unless another one is named. */
export function lookCommand({ name, version }: ClusterRecord, target: KubeVersion): string {
  const isNext = KubeVersion.parse(version).next().equals(target);
  return `liftlock scan cluster ${name}${isNext ? '' : ` --target ${target}`}`;
}

export const hopBlockers = (...asked: Parameters<typeof stoppersOf>): readonly Reason[] =>
  inWords(stoppersOf(...asked));

export const inWords = (stoppers: readonly Stopper[]): readonly Reason[] => [
  ...new Map(toldOnce(stoppers).map(({ reason: why }) => [why.message, why])).values(),
];

/** Leaves out what the inventory proves where the scan found the same: the scan's reason also names the owner and the repair. */
function toldOnce(stoppers: readonly Stopper[]): readonly Stopper[] {
  const causes = new Set(stoppers.map(({ cause }) => cause));
  return stoppers.filter(({ scanned = '' }) => !causes.has(scanned));
}

/**
 * What owners have to mend, each told once; another look, which an ended waiver or a gap asks for, is no repair. Of nodes that the policy brings up it
 * is told what does.
 */
export const toMend = (stoppers: readonly Stopper[], nodes: FollowingNodes | undefined): readonly Stopper[] =>
  toldOnce(stoppers)
    .filter(({ reason: { code } }) => code !== 'ScanStale' && code !== 'ScanIncomplete')
    .map((one) =>
      nodes !== undefined && isOfNodes(one, nodes) ? { ...one, reason: nodes.reason, what: nodes.reason.message } : one,
    );

const isOfNodes = ({ reason: { code }, scanned, cause }: Stopper, { groups }: FollowingNodes): boolean =>
  code === 'VersionSkew' && groups.some((name) => (scanned ?? cause) === `nodegroup:${name}`);

/** The stoppers of every hop from the cluster's version to another one, each said once. */
export function blockersOnTheWay(
  cluster: ClusterRecord,
  scans: KnownScans | undefined,
  to: string,
  nodes: NodesSpec,
  now?: Date,
): Reason[] {
  const hops = KubeVersion.parse(cluster.version).hopsTo(KubeVersion.parse(to));
  return bounded(inWords(hops.flatMap((hop, index) => stoppersOf(cluster, scans, hop, index === 0, nodes, now))));
}

/**
 * Why a scan refuses a hop: only a report that passes lets it go on (core/scan/fleet/decide-hop.ts). There is one reason for each cause, with its
 * owner and what ends it.
 */
function refusedBy({ verdict, target, scannedAt, causes, gaps, notRead = [] }: Scan, look: string): readonly Stopper[] {
  const scan = `The scan of ${scannedAt} for ${target}`;
  if (verdict === 'pass') return [];
  if (verdict === 'incomplete') {
    const more = gaps > notRead.length ? ` and ${gaps - notRead.length} more` : '';
    const named = notRead.length === 0 ? '' : `: ${notRead.join('; ')}${more}`;
    // A look that this release makes again would lack the same.
    const next = isCovered(KubeVersion.parse(target))
      ? `Run: ${look}`
      : `Liftlock's data end at ${COVERED}: update it, then run: ${look}`;
    const text = `${scan} could not read ${gaps === 1 ? 'one thing' : `${gaps} things`}${named}. ${next}`;
    return [{ reason: reason('ScanIncomplete', text), cause: 'ScanIncomplete' }];
  }
  const of = (wanted: string) => causes.filter(({ severity }) => severity === wanted);
  // Where the policy also fails warnings, there may be nothing but warnings.
  const [errors, warnings] = [of('error'), of('warning')];
  return (errors.length > 0 ? errors : warnings).map(
    ({ cause, owner, owners, code = '', fixes = [], what, ids = [] }) => {
      const who = owner === undefined ? '' : ` (${owner})`;
      const found = what === undefined ? `${cause}${who}.` : `${cause}${who}: ${what}`;
      const named = ids.length === 0 ? [] : [`Findings: ${ids.join(', ')}.`];
      return {
        reason: reason(isKnown(code) ? code : 'ScanFinding', [`${scan} found: ${found}`, ...fixes, ...named].join(' ')),
        ...{ cause, what, owner, owners },
      };
    },
  );
}
