import type { Table } from '../ports/table.ts';
import type { FleetSnapshot } from '../rollout/snapshot.ts';
import { Members, PolicyRollouts } from '../store/entities.ts';
import { load } from '../store/entity.ts';
import type { ClusterSummary } from './cluster-summary.ts';

/**
 * Says of clusters that are behind what became of them in the newest rollout of their policy. Members that have ended are not in the
 * snapshot, so each takes a read; clusters that are where they should be take none.
 */
export async function inRollout(
  table: Table,
  snapshot: FleetSnapshot,
  summaries: readonly ClusterSummary[],
): Promise<ClusterSummary[]> {
  const waiting = new Set(snapshot.members.map((member) => member.clusterKey));
  const newest = new Map<string, string | undefined>();
  for (const name of new Set(summaries.flatMap(({ state, policy }) => (state === 'Behind' ? (policy ?? []) : []))))
    newest.set(name, (await load(table, PolicyRollouts, name))?.data.rolloutId);
  return Promise.all(
    summaries.map(async (summary): Promise<ClusterSummary> => {
      if (summary.state !== 'Behind') return summary;
      if (waiting.has(summary.key)) return { ...summary, state: 'Waiting' };
      const rolloutId = newest.get(summary.policy ?? '');
      const waves = snapshot.policies.get(summary.policy ?? '')?.policy.spec.waves ?? [];
      const index = waves.findIndex(({ name }) => name === summary.wave);
      const member =
        rolloutId === undefined || index < 0 ? undefined : await load(table, Members, rolloutId, index, summary.key);
      const ended = member?.data.status === 'Failed' || member?.data.status === 'Blocked';
      return ended && member.data.to === summary.target ? { ...summary, state: 'Blocked' } : summary;
    }),
  );
}
