import { hopTo } from '../model/hop.ts';
import type { Table } from '../ports/table.ts';
import { hasFailedHalfWay } from '../protocol/left-half-done.ts';
import type { FleetSnapshot } from '../rollout/snapshot.ts';
import { Members, PolicyRollouts, Upgrades } from '../store/entities.ts';
import { load, loadAll } from '../store/entity.ts';
import { KubeVersion } from '../version/kube-version.ts';
import type { ClusterSummary } from './cluster-summary.ts';

/** What nobody works on, as far as the control plane tells. */
const AT_REST: readonly ClusterSummary['state'][] = ['UpToDate', 'Unmanaged'];

/**
 * Says of clusters that are behind what became of them in the newest rollout of their policy. Members that have ended are not in the
 * snapshot, so each takes a read; clusters that are where they should be take none, unless they were held once: a hop may have left them half
 * done, and the item of a hold stays.
 */
export async function inRollout(
  table: Table,
  snapshot: FleetSnapshot,
  summaries: readonly ClusterSummary[],
): Promise<ClusterSummary[]> {
  const waiting = new Set(snapshot.members.map((member) => member.clusterKey));
  const heldOnce = summaries.filter(({ key, state }) => AT_REST.includes(state) && snapshot.controls.has(key));
  const keys = heldOnce.map(({ key, version }) => Upgrades.key(key, hopTo(KubeVersion.parse(version))));
  const left = new Set((await loadAll(table, Upgrades, keys)).filter(hasFailedHalfWay).map((one) => one.clusterKey));
  const newest = new Map<string, string | undefined>();
  for (const name of new Set(summaries.flatMap(({ state, policy }) => (state === 'Behind' ? (policy ?? []) : []))))
    newest.set(name, (await load(table, PolicyRollouts, name))?.data.rolloutId);
  return Promise.all(
    summaries.map(async (summary): Promise<ClusterSummary> => {
      if (summary.state !== 'Behind' && !left.has(summary.key)) return summary;
      if (waiting.has(summary.key)) return { ...summary, state: 'Waiting' };
      if (left.has(summary.key)) return { ...summary, state: 'Blocked' };
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
