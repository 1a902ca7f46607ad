import { ClusterControls } from '../../core/store/entities.ts';
import { load } from '../../core/store/entity.ts';
import { loadAllMembers } from '../../simulator/process/load-all-members.ts';
import type { World } from '../../simulator/process/world.ts';

/** What a run left behind, by cluster name: what matters of it, and nothing of when. */
export type EndState = ReadonlyMap<string, { readonly summary: string; readonly held: string | undefined }>;

export async function endState(world: World): Promise<EndState> {
  const members = await loadAllMembers(world.table);
  const entries: [string, { summary: string; held: string | undefined }][] = [];
  for (const cluster of Object.values(world.eks.state.clusters)) {
    const key = `${cluster.arn}@${new Date(cluster.createdAt).toISOString()}`;
    const groups = Object.values(cluster.nodegroups)
      .map((group) => `${group.name}=${group.version}`)
      .sort();
    const addons = Object.values(cluster.addons)
      .map((addon) => `${addon.name}=${addon.version}`)
      .sort();
    const status = members.filter((member) => member.clusterKey === key).map((member) => member.status);
    const held = (await load(world.table, ClusterControls, key))?.data.held;
    const summary = [`at ${cluster.version}`, ...groups, ...addons, ...status].join(' ');
    entries.push([
      cluster.name,
      { summary, held: held === undefined ? undefined : `${held.reason.code}: ${held.reason.message}` },
    ]);
  }
  return new Map(entries);
}

/** Clusters that ended otherwise than in the run without faults and are not held with a reason. */
export function differences(expected: EndState, actual: EndState): string[] {
  return [...expected.entries()].flatMap(([name, wanted]) => {
    const found = actual.get(name);
    if (found === undefined) return [`${name} is missing`];
    if (found.held !== undefined && found.held.length > 2) return [];
    return found.summary === wanted.summary ? [] : [`${name}: expected ${wanted.summary}; found ${found.summary}`];
  });
}
