import type { Member } from '../contracts/items/rollout.ts';
import { blockingFindings } from '../model/blocking-findings.ts';
import type { NodesSpec } from '../model/image-rule.ts';
import type { Table } from '../ports/table.ts';
import { readinessOfMember } from '../rollout/readiness.ts';
import { latestScansOf } from '../scan/fleet/report-store.ts';
import { Clusters } from '../store/entities.ts';
import { loadAll } from '../store/entity.ts';

/** What an approver sees of a wave's members that are to go, without clusters that left the inventory. `nodes`: the policy's image rules. */
export async function waveReadiness(
  table: Pick<Table, 'getAll'>,
  members: readonly Pick<Member, 'clusterKey' | 'from' | 'to'>[],
  now: Date,
  nodes: NodesSpec,
) {
  const keys = members.map(({ clusterKey }) => clusterKey);
  const [clusters, scans] = await Promise.all([
    loadAll(
      table,
      Clusters,
      keys.map((key) => Clusters.key(key)),
    ),
    latestScansOf(table, keys),
  ]);
  const known = new Map(clusters.map((cluster) => [cluster.clusterKey, cluster]));
  return members.flatMap((member) => {
    const { clusterKey, to } = member;
    const cluster = known.get(clusterKey);
    if (cluster === undefined) return [];
    const found = scans.get(clusterKey) ?? { clusterKey, scans: [] };
    const { verdict, scannedAt } = readinessOfMember(cluster, member, { scans: found, now, nodes });
    // Causes of errors on its way, including those that its policy lets pass.
    const findings = blockingFindings(found, cluster.version, to).length;
    return [{ clusterKey, to, verdict, scannedAt, findings }];
  });
}
