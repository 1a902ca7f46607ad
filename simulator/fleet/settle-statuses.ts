import type { ClusterRecord } from '../eks/state/cluster-record.ts';
import type { UpdateRecord } from '../eks/state/update-record.ts';

/**
 * What a dump calls UPDATING or CREATING, with no update in progress described, would never end here: it is taken to have ended well.
 * Gives a sentence for each.
 */
export function settleStatuses(cluster: ClusterRecord): string[] {
  const running = cluster.updates.filter((update) => update.status === 'InProgress');
  const subjects = [
    { name: cluster.name, record: cluster, own: ownsControlPlane },
    ...cluster.addons.map((record) => ({
      name: `${cluster.name}/${record.name}`,
      record,
      own: (update: UpdateRecord) => update.addonName === record.name,
    })),
    ...cluster.nodegroups.map((record) => ({
      name: `${cluster.name}/${record.name}`,
      record,
      own: (update: UpdateRecord) => update.nodegroupName === record.name,
    })),
  ];
  return subjects.flatMap(({ name, record, own }) => {
    const { status } = record;
    if ((status !== 'UPDATING' && status !== 'CREATING') || running.some(own)) return [];
    record.status = 'ACTIVE';
    return [`${name}: the dump says ${status} and tells of no update in progress; it is taken to be ACTIVE by now.`];
  });
}

const ownsControlPlane = (update: UpdateRecord): boolean =>
  update.addonName === undefined && update.nodegroupName === undefined;
