import type { Upgrade } from '../contracts/items/protocol.ts';
import { hopTo } from '../model/hop.ts';
import type { Table } from '../ports/table.ts';
import { Rollouts, Upgrades } from '../store/entities.ts';
import { load } from '../store/entity.ts';
import type { KubeVersion } from '../version/kube-version.ts';
import { isHalfDone } from './hop-before.ts';

/**
 * The upgrade to the version that a control plane is at already, where it is half done and no rollout goes on with it: a person may take it
 * up. One of a rollout that was not aborted is the rollout's to finish.
 */
export async function leftHalfDone(
  table: Pick<Table, 'get'>,
  clusterKey: string,
  version: KubeVersion,
): Promise<Upgrade | undefined> {
  const upgrade = (await load(table, Upgrades, clusterKey, hopTo(version)))?.data;
  if (upgrade === undefined || !isHalfDone(upgrade) || upgrade.status === 'Running') return undefined;
  if (upgrade.rolloutId === undefined) return upgrade;
  const rollout = await load(table, Rollouts, upgrade.rolloutId);
  return rollout?.data.status === 'Aborted' ? upgrade : undefined;
}
