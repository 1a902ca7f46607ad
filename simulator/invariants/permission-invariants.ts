import { loadFleetInForce } from '../../core/policy/applied.ts';
import { clusterTags } from '../../core/policy/cluster-tags.ts';
import { Clusters } from '../../core/store/entities.ts';
import { load } from '../../core/store/entity.ts';
import { KubeVersion } from '../../core/version/kube-version.ts';
import { type History, keyOfMutation, type Violation } from './history.ts';

/** 10 `untouched`: clusters that are unsupported or not in the inventory are never changed. */
export async function untouched(history: History): Promise<Violation[]> {
  const { world, ours } = history;
  const violations: Violation[] = [];
  for (const mutation of ours) {
    const record = await load(world.table, Clusters, keyOfMutation(mutation));
    if (record === undefined)
      violations.push({ invariant: 'untouched', message: `${mutation.clusterArn} is not in the inventory` });
    else if (record.data.unsupported !== undefined)
      violations.push({ invariant: 'untouched', message: `${record.data.name} is unsupported` });
  }
  return violations;
}

/** 10 `untouched`: no commit on a cluster after a tag was observed that excludes it from Liftlock, or from the requested version. */
export async function tagged(history: History): Promise<Violation[]> {
  const fleet = await loadFleetInForce(history.world.table);
  const violations: Violation[] = [];
  for (const items of history.audit.values()) {
    let tags: Readonly<Record<string, string>> = {};
    for (const item of items) {
      if (item.event === 'ClusterDiscovered' || item.event === 'TagsObserved') tags = item.detail.tags as typeof tags;
      // The settings of an upgrade are always restored, and a rollback continues (docs/protocol.md).
      const { step, upgradeId } = item.detail;
      const goesOn = step === 'restore-update-config' || /^(?:undo|rollback)-/.test(String(upgradeId));
      if (item.event !== 'MutationCommitted' || goesOn) continue;
      const { paused, pin, problems } = clusterTags(tags, fleet?.tagPrefix ?? '');
      const { name, input } = item.detail.call as { name: string; input: { version?: string } };
      const beyond =
        pin !== undefined && name === 'UpdateClusterVersion' && pin.isOlderThan(KubeVersion.parse(input.version ?? ''));
      if (paused || problems.size > 0 || beyond)
        violations.push({
          invariant: 'untouched',
          message: `${item.subject} #${item.sequence}: ${name} was committed against the tags ${JSON.stringify(tags)}`,
        });
    }
  }
  return violations;
}

/** 28 `permitted`: no function asks for what its role does not allow, though the code would have taken the denial for an answer. */
export const permitted = ({ world: { forbidden = [] } }: History): Violation[] =>
  [...new Set(forbidden)].map((message) => ({ invariant: 'permitted', message }));
