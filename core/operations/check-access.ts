import type { ClusterRecord } from '../contracts/items/cluster.ts';
import { allPolicies, policyOf } from '../policy/policy-of.ts';
import type { Ports } from '../ports/ports.ts';
import { upgradesOf } from '../queries/cluster-detail.ts';
import { shortId } from '../queries/find-cluster.ts';
import { scansOf } from '../scan/fleet/report-store.ts';
import { type AccessReport, accessStatus } from './access-report.ts';
import { checkEksFromInventory } from './check-eks-access.ts';
import { checkServerFromScans, scanSeen } from './check-server-access.ts';

/** What discovery and the last scan met, and what nobody has looked at. Nothing is asked of the cluster: the API has no way there. */
export async function checkAccess({ table }: Pick<Ports, 'table'>, record: ClusterRecord): Promise<AccessReport> {
  const match = policyOf(record, await allPolicies(table));
  const verification = match.type === 'one' ? match.policy.spec.verification : null;
  const seen = scanSeen(await upgradesOf(table, record.clusterKey), await scansOf(table, record.clusterKey));
  const checks = [...checkEksFromInventory(record, seen), ...checkServerFromScans(seen)];
  return {
    cluster: shortId(record),
    clusterKey: record.clusterKey,
    verification,
    status: accessStatus(checks, verification),
    checks,
  };
}
