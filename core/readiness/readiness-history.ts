import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { ReadinessHistory } from '../contracts/items/readiness-history.ts';
import type { ReadinessVerdict } from '../contracts/scan-words.ts';
import { KubeVersion } from '../version/kube-version.ts';

type Cause = ReadinessHistory['causes'][number];
type Ended = ReadinessHistory['ended'][number];

/** What one look at one cluster adds to its history. */
export interface LookOfHistory {
  readonly cluster: Pick<ClusterRecord, 'clusterKey' | 'version' | 'deletedAt'>;
  readonly verdict: ReadinessVerdict;
  /** What stops it now; undefined = this look proves nothing, so earlier causes stay. */
  readonly causes: readonly Cause[] | undefined;
  /** Causes of earlier looks that this one can neither find nor call gone. */
  readonly unseen?: readonly string[];
}

/** How long days of the fleet, and histories of clusters that are gone, are kept. Reports go back no further. */
export const HISTORY_MILLISECONDS = 400 * 86_400_000;

/** It limits a cluster's item to some twenty kilobytes. */
const MOST_KEPT = 30;

/** @param waivedBy who had a cause waived that no longer stops; undefined = nobody did */
export function historyAfter(
  before: ReadinessHistory | undefined,
  { cluster, verdict, causes, unseen = [] }: LookOfHistory,
  waivedBy: (cause: Cause) => string | undefined,
  now: Date,
): ReadinessHistory {
  const at = now.toISOString();
  const isGone = cluster.deletedAt !== undefined;
  const known = new Map(before?.causes.map((one) => [idOf(one), one]));
  const found = isGone ? [] : causes?.map((one) => ({ ...one, since: known.get(idOf(one))?.since ?? one.since }));
  const still = new Set(found?.map(idOf));
  const ended = [...known.values()].flatMap((one): Ended[] => {
    if (still.has(idOf(one))) return [];
    if (isGone) return [{ ...one, until: cluster.deletedAt ?? at, how: 'clusterDeleted' }];
    // The cluster's version proves that, whatever the look could prove.
    if (!KubeVersion.parse(cluster.version).isOlderThan(KubeVersion.parse(one.target)))
      return [{ ...one, until: at, how: 'upgraded' }];
    if (found === undefined || unseen.includes(one.cause)) return [];
    const by = waivedBy(one);
    return [{ ...one, until: at, ...(by === undefined ? { how: 'noLongerThere' } : { how: 'waived', by }) }];
  });
  const over = new Set(ended.map(idOf));
  const last = before?.word;
  const isSame = !isGone && last?.verdict === verdict;
  const past = last === undefined || isSame ? [] : [{ ...last, until: cluster.deletedAt ?? at }];
  return {
    clusterKey: cluster.clusterKey,
    ...(isGone ? {} : { word: isSame ? last : { verdict, since: at } }),
    causes: [...(found ?? []), ...[...known].flatMap(([id, one]) => (still.has(id) || over.has(id) ? [] : one))],
    ended: [...ended, ...(before?.ended ?? [])].slice(0, MOST_KEPT),
    words: [...past, ...(before?.words ?? [])].slice(0, MOST_KEPT),
  };
}

const idOf = ({ cause, owner, target }: Cause): string => JSON.stringify([cause, owner, target]);
