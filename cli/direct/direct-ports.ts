import { createEksConnections } from '../../adapters/aws/eks-connections.ts';
import { createEksReader } from '../../adapters/aws/eks-reader.ts';
import { createSpokeSessions } from '../../adapters/aws/spoke-role.ts';
import { systemClock, systemSleep } from '../../adapters/aws/system-clock.ts';
import { createClusterAccess } from '../../adapters/kubernetes/create-cluster-access.ts';
import type { ClusterRecord } from '../../core/contracts/items/cluster.ts';
import { parseClusterArn } from '../../core/model/cluster-key.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { ClusterAccess } from '../../core/ports/cluster-access.ts';
import type { EksReader } from '../../core/ports/eks.ts';
import { Failure } from '../failure.ts';

/**
 * Looks into a cluster from this machine as Liftlock would: with the caller's credentials into the spoke role, and with that role to EKS
 * and the API server. Only reads. Works for callers whom the role trusts; others are told so by STS.
 */
export function directPorts(
  record: Pick<ClusterRecord, 'arn'>,
  role: { readonly name: string; readonly externalId: string } | undefined,
): { readonly eks: EksReader; readonly clusters: ClusterAccess; readonly clock: Clock } {
  if (role === undefined) throw new Failure('liftlock: no Fleet is applied, so the spoke role is not known.');
  const partition = parseClusterArn(record.arn)?.partition ?? 'aws';
  const sessions = createSpokeSessions({
    role: { partition, ...role, functionName: 'access-check' },
    clock: systemClock,
  });
  return {
    clock: systemClock,
    eks: createEksReader(createEksConnections({ sessions, clock: systemClock, sleep: systemSleep })),
    clusters: createClusterAccess({ credentials: ({ account }) => sessions.forAccount(account), clock: systemClock }),
  };
}
