import type { ClusterRecord } from '../eks/state/fake-eks-state.ts';

/** A cluster with the file that describes it. */
export interface LocatedCluster {
  readonly cluster: ClusterRecord;
  readonly path: string;
}

/**
 * The cluster of a file. `name` is the cluster in the file itself, which list-insights, describe-insight and describe-update leave out. Without it
 * the file's own name counts (it contains the cluster's), then the names of its folders, then the only cluster described in its folder or the nearest
 * one above. Of several clusters of one name, the nearest counts.
 */
export function ownerOf(
  path: string,
  name: string | undefined,
  clusters: readonly LocatedCluster[],
): LocatedCluster | undefined {
  if (name !== undefined) {
    return nearest(
      path,
      clusters.filter((each) => each.cluster.name === name),
    );
  }
  const parts = path.split('/');
  const file = parts.at(-1) ?? '';
  const named = clusters
    .filter((each) => containsName(file, each.cluster.name))
    .sort((left, right) => right.cluster.name.length - left.cluster.name.length);
  const best = named.filter((each) => each.cluster.name === named[0]?.cluster.name);
  if (best.length > 0) return nearest(path, best);
  for (let depth = parts.length - 1; depth >= 0; depth--) {
    const folder = parts.slice(0, depth).join('/');
    const called = clusters.filter((each) => each.cluster.name === parts[depth - 1]);
    if (called.length > 0) return nearest(path, called);
    const inside = clusters.filter((each) => folder === '' || each.path.startsWith(`${folder}/`));
    if (inside.length > 0) return inside.length === 1 ? inside[0] : undefined;
  }
  return undefined;
}

/** The cluster whose file shares most folders with `path`; undefined on a tie. */
function nearest(path: string, clusters: readonly LocatedCluster[]): LocatedCluster | undefined {
  const ranked = clusters
    .map((each) => ({ each, shared: sharedFolders(path, each.path) }))
    .sort((left, right) => right.shared - left.shared);
  const [first, second] = ranked;
  return first !== undefined && first.shared === second?.shared ? undefined : first?.each;
}

function sharedFolders(left: string, right: string): number {
  const others = right.split('/').slice(0, -1);
  const folders = left.split('/').slice(0, -1);
  const different = folders.findIndex((folder, index) => folder !== others[index]);
  return different < 0 ? folders.length : different;
}

/** Whether a file name contains it as a whole word: `insights-shop.json`, not `workshop.json`. */
export function containsName(file: string, name: string): boolean {
  const escaped = name.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`(^|[^A-Za-z0-9])${escaped}([^A-Za-z0-9]|$)`).test(file);
}
