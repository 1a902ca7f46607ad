import type { ClusterRecord } from '../contracts/items/cluster.ts';
import { reason } from '../contracts/step-result.ts';
import { allPolicies, policyOf } from '../policy/policy-of.ts';
import type { Ports } from '../ports/ports.ts';
import { upgradesOf } from '../queries/cluster-detail.ts';
import { shortId } from '../queries/find-cluster.ts';
import { clusterTarget } from '../steps/cluster-target.ts';
import { type AccessCheck, type AccessReport, accessStatus } from './access-report.ts';
import { checkEksFromInventory, checkEksNow } from './check-eks-access.ts';
import { checkServerFromScans, checkServerNow } from './check-server-access.ts';

/** `eks` and `clusters` look now; without one of them the report tells what was met last, and what nobody has looked at. */
export type AccessPorts = Pick<Ports, 'table' | 'clock'> & Partial<Pick<Ports, 'eks' | 'clusters'>>;

export async function checkAccess(ports: AccessPorts, record: ClusterRecord): Promise<AccessReport> {
  const match = policyOf(record, await allPolicies(ports.table));
  const verification = match.type === 'one' ? match.policy.spec.verification : null;
  const checks = await lookNow(ports, record);
  checks.push(
    ...(checks.some(({ part }) => part === 'API server')
      ? []
      : checkServerFromScans(await upgradesOf(ports.table, record.clusterKey))),
  );
  return {
    cluster: shortId(record),
    clusterKey: record.clusterKey,
    verification,
    status: accessStatus(checks, verification),
    checks,
  };
}

/** The checks that these ports can make by themselves: used without a table too, where somebody looks from their own machine. */
export async function lookNow(
  ports: Pick<Ports, 'clock'> & Partial<Pick<Ports, 'eks' | 'clusters'>>,
  record: ClusterRecord,
): Promise<AccessCheck[]> {
  if (ports.eks === undefined) return checkEksFromInventory(record);
  const asOf = ports.clock.now().toISOString();
  const { checks, cluster } = await checkEksNow(ports.eks, record, asOf);
  if (ports.clusters === undefined) return checks;
  const { account, region, name } = record;
  const target = cluster === undefined ? undefined : clusterTarget({ scope: { account, region }, name, cluster });
  if (target !== undefined) return [...checks, ...(await checkServerNow(ports.clusters, target, asOf))];
  const why = reason('NoEndpoint', 'EKS did not say where the API server is.');
  return [...checks, { part: 'API server', what: 'endpoint', status: 'Refused', reason: why, asOf }];
}
