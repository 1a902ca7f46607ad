import type { ClusterRecord } from '../../../core/contracts/items/cluster.ts';
import { clusterKey } from '../../../core/model/cluster-key.ts';

/** A cluster as inventory keeps it, for tests; what is not given is as ordinary as can be. */
export function clusterRecord(given: Partial<ClusterRecord> = {}): ClusterRecord {
  const { name = 'orders', account = '111122223333', region = 'eu-central-1' } = given;
  const arn = `arn:aws:eks:${region}:${account}:cluster/${name}`;
  const createdAt = given.createdAt ?? '2025-01-01T00:00:00.000Z';
  return {
    clusterKey: clusterKey(arn, new Date(createdAt)),
    ...{ arn, createdAt, account, region, name },
    version: '1.34',
    status: 'ACTIVE',
    endpoint: { publicAccess: true, privateAccess: true, publicAccessCidrs: ['0.0.0.0/0'] },
    autoMode: false,
    nodegroups: [],
    fargateProfiles: [],
    addons: [],
    insights: { passing: 0, warning: 0, error: 0, unknown: 0 },
    tags: {},
    labels: {},
    managedBy: [],
    conditions: [],
    unreadable: [],
    versionObservedAt: createdAt,
    lastSeenAt: createdAt,
    ...given,
  };
}
