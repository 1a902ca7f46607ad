import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import { hopTo } from '../model/hop.ts';
import type { Table } from '../ports/table.ts';
import { Rollouts, Upgrades } from '../store/entities.ts';
import { load } from '../store/entity.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { isHalfDone } from './hop-before.ts';

/** The upgrade to the version that a control plane is at already, where it has not come to its end. */
export interface HopInHand {
  readonly upgrade: Upgrade;
  /** It has changed the cluster, and nobody goes on with it but a person; otherwise it is under way. */
  readonly mayTakeUp: boolean;
}

/** One that waits in a rollout that was not aborted is the rollout's to finish; one that failed has ended, and is anybody's. */
export async function hopInHand(
  table: Pick<Table, 'get'>,
  clusterKey: string,
  version: KubeVersion,
): Promise<HopInHand | undefined> {
  const upgrade = (await load(table, Upgrades, clusterKey, hopTo(version)))?.data;
  if (upgrade === undefined) return undefined;
  if (hasFailedHalfWay(upgrade)) return { upgrade, mayTakeUp: true };
  if (!Upgrades.active(upgrade)) return undefined;
  const { status, rolloutId } = upgrade;
  if (status === 'Running') return { upgrade, mayTakeUp: false };
  if (rolloutId === undefined) return { upgrade, mayTakeUp: isHalfDone(upgrade) };
  const rollout = await load(table, Rollouts, rolloutId);
  if (rollout?.data.status !== 'Aborted') return { upgrade, mayTakeUp: false };
  return isHalfDone(upgrade) ? { upgrade, mayTakeUp: true } : undefined;
}

/** Whether it has changed its cluster and has ended without success. */
export const hasFailedHalfWay = ({ mutated, status }: Upgrade): boolean => mutated && status === 'Failed';

/** What a person does about what an upgrade has left, after "Somebody". */
export function wayToFinish({ name, arn, version }: ClusterRecord, upgrade: Upgrade | undefined): string {
  const { machine = 'upgrade-cluster', to = 'VERSION' } = upgrade ?? {};
  if (machine !== 'upgrade-cluster') return `starts the state machine ${machine} by hand once more.`;
  // Somebody has taken the control plane further: no hop leads there, and what is left are the machines that follow it, each by itself.
  if (upgrade !== undefined && KubeVersion.parse(to).isOlderThan(KubeVersion.parse(version)))
    return `starts the state machines roll-node-group and update-addons by hand (aws stepfunctions start-execution) with {"cluster": "${arn}", "targetVersion": "${version}"}.`;
  return `runs: liftlock upgrade cluster ${name} --to ${to} --approve`;
}

/** The same while the cluster is held and no rollout would try it again. */
export const wayOutOfHold = (cluster: ClusterRecord, upgrade: Upgrade | undefined): string =>
  `runs: liftlock release cluster ${cluster.name}, and then ${wayToFinish(cluster, upgrade)}`;

/** What the next attempt keeps of one that has ended: what it changed stays changed, and what it broke must not pass for normal. */
export function keptOf(
  ended: Upgrade | undefined,
): Pick<Upgrade, 'mutated' | 'steps'> & Partial<Pick<Upgrade, 'controlPlaneCompletedAt'>> {
  const baseline = ended?.steps['scan-cluster'];
  const at = ended?.controlPlaneCompletedAt;
  return {
    // Failing now is a failure of the upgrade (semantics.md, Failure budget).
    mutated: ended?.mutated ?? false,
    steps: ended?.mutated === true && baseline !== undefined ? { 'scan-cluster': baseline } : {},
    // The seven days of a rollback count from the change, not from a later attempt, and also when that one ends at once.
    ...(at === undefined ? {} : { controlPlaneCompletedAt: at }),
  };
}
