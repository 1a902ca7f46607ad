import type { ClusterRecord } from '../../eks/state/cluster-record.ts';
import type { NodegroupRecord } from '../../eks/state/nodegroup-record.ts';
import type { Violation } from '../../invariants/history.ts';
import type { World } from '../../process/world.ts';

/**
 * 22 `settings`: each node group that was there at the beginning ends with the update settings that it had, since in a simulation nobody but
 * Liftlock changes them. EKS has no log of what they were before, so that they are noted now. Gives what to ask once the run has ended.
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

/** A strategy that was never chosen is DEFAULT, which is what is put back. */
const textOf = ({ updateConfig: { updateStrategy = 'DEFAULT', ...counts } }: NodegroupRecord): string =>
  JSON.stringify({ ...counts, updateStrategy });

/** One that was created anew under its name is another one. */
const keyOf = ({ name, createdAt }: ClusterRecord, group: NodegroupRecord): string =>
  `${group.name}@${group.createdAt} of ${name}@${createdAt}`;
