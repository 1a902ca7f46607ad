import type { ClusterRecord } from '../../eks/state/cluster-record.ts';
import type { NodegroupRecord } from '../../eks/state/nodegroup-record.ts';
import type { Violation } from '../../invariants/history.ts';
import type { World } from '../../process/world.ts';

/**
 * 22 `settings`: each node group that exists at the beginning ends with its first update settings, since in a simulation only Liftlock changes them.
 * EKS has no log of earlier settings, so they are noted now. Returns the check for the end of the run.
 */
export function watchSettings(world: World): () => Violation[] {
  const before = new Map(settingsOf(world));
  return () =>
    settingsOf(world).flatMap(([group, settings]) => {
      const own = before.get(group) ?? settings;
      const message = `${group} had the update settings ${own}, and is left with ${settings}`;
      return own === settings ? [] : [{ invariant: 'settings', message }];
    });
}

const settingsOf = ({ eks }: World): [string, string][] =>
  Object.values(eks.state.clusters).flatMap((cluster) =>
    cluster.nodegroups.map((group): [string, string] => [keyOf(cluster, group), textOf(group)]),
  );

/** A strategy that was never chosen is DEFAULT, which is restored. */
const textOf = ({ updateConfig: { updateStrategy = 'DEFAULT', ...counts } }: NodegroupRecord): string =>
  JSON.stringify({ ...counts, updateStrategy });

/** A group that was created again with the same name is another one. */
const keyOf = ({ name, createdAt }: ClusterRecord, group: NodegroupRecord): string =>
  `${group.name}@${group.createdAt} of ${name}@${createdAt}`;
