import type { ClusterRecord } from '../eks/state/cluster-record.ts';
import type { AccessEntryDump } from './dump-schema.ts';

/**
 * Adds an access entry as printed by describe-access-entry. From then on only principals with an entry get into that
 * cluster; an entry without groups reads everything, since its policies are not part of that output.
 */
export function importAccessEntry(cluster: ClusterRecord, dump: AccessEntryDump): void {
  cluster.kubernetes.access.authentication = 'access-entries';
  const groups = dump.kubernetesGroups ?? [];
  cluster.accessEntries.push({
    principalArn: dump.principalArn,
    kubernetesGroups: groups,
    type: dump.type ?? 'STANDARD',
    createdAt: dump.createdAt ?? cluster.createdAt,
    policies:
      groups.length > 0
        ? []
        : [
            {
              policyArn: 'arn:aws:eks::aws:cluster-access-policy/AmazonEKSAdminViewPolicy',
              accessScope: { type: 'cluster' },
            },
          ],
  });
}
