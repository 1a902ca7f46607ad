import type { Upgrade } from '../../core/contracts/items/protocol.ts';
import type { Member } from '../../core/contracts/items/rollout.ts';
import type { Bucket, ClusterReport } from './report-types.ts';
import { isBehind } from './wave-counts.ts';

/** upgraded = Succeeded; failed = Failed, RolledBack; held = everything that waits; excluded (simulation.md, What comes out). */
export function bucketOf(member: Member | undefined, last: Upgrade | undefined): Bucket {
  if (member === undefined && last === undefined) return 'excluded';
  const status = member?.status ?? last?.status;
  if (status === 'Succeeded') return 'upgraded';
  if (status === 'Failed' || status === 'RolledBack') return 'failed';
  return status === 'Excluded' ? 'excluded' : 'held';
}

/** The same as in the bars of the waves: `held` needs a release by a person, and is shown separately. */
const WAITS: ReadonlyMap<string, string> = new Map([
  ['Blocked', 'blocked'],
  ['Quarantined', 'set aside'],
  ['Running', 'under way'],
  ['Parked', 'parked'],
  ['Canceled', 'canceled'],
]);

/** The result of a cluster in words: only a cluster with upgraded nodes and add-ons is called upgraded. */
export function resultOf({ bucket, reasons, status }: ClusterReport): string {
  if (status === 'UpToDate') return 'up to date';
  if (bucket === 'held') return WAITS.get(status) ?? 'to come';
  return bucket === 'upgraded' && isBehind(reasons) ? 'not whole' : bucket;
}

/** `8 upgraded, 1 not whole, 0 failed, 2 blocked, 1 excluded`: each cluster is in one of these. */
export function totalsText(clusters: readonly ClusterReport[]): string {
  const found = Map.groupBy(clusters, resultOf);
  const always = ['upgraded', 'failed', 'blocked', 'excluded'];
  const order = ['upgraded', 'not whole', 'up to date', 'failed', 'blocked', ...WAITS.values(), 'to come', 'excluded'];
  return [...new Set(order)]
    .map((words) => ({ words, count: found.get(words)?.length ?? 0 }))
    .filter(({ words, count }) => count > 0 || always.includes(words))
    .map(({ words, count }) => `${count} ${words}`)
    .join(', ');
}
