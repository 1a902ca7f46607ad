import type { ClusterRecord, OtherNodeGroup } from '../contracts/items/cluster.ts';
import type { Node } from '../ports/cluster-access.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { given } from './given.ts';
import { nodeOwner } from './node-owner.ts';

/** So many groups are kept by name, and the others by kind alone, so that no cluster makes a large item. */
const MOST_NAMED = 30;
const MOST = 60;

type SeenNode = Pick<Node, 'labels' | 'kubeletVersion' | 'providerId'>;

/** One node as a group of its own. */
export function groupOfOne({ labels, kubeletVersion, providerId }: SeenNode): OtherNodeGroup {
  const { kind, name } = nodeOwner(labels, providerId);
  const version = KubeVersion.tryParse(kubeletVersion)?.toString() ?? 'unknown';
  return { kind, ...given({ name }), version, count: 1 };
}

/** The groups of nodes that a cluster's record keeps because EKS does not tell their version, the oldest first. */
export function keptGroups(each: readonly OtherNodeGroup[], nodegroups: ClusterRecord['nodegroups']): OtherNodeGroup[] {
  const own = new Set(nodegroups.filter(({ amiType }) => amiType === 'CUSTOM').map(({ name }) => name));
  const groups = addGroups(each.filter(({ kind, name = '' }) => kind !== 'managed' || own.has(name)));
  if (groups.length <= MOST_NAMED) return groups;
  // A managed group is known by its name alone.
  const unnamed = groups
    .slice(MOST_NAMED)
    .map(({ name, ...group }) => (group.kind === 'managed' ? { ...group, name } : group));
  return addGroups([...groups.slice(0, MOST_NAMED), ...unnamed]).slice(0, MOST);
}

/** Adds up groups of the same kind, name and version; the oldest come first. */
export function addGroups(groups: readonly OtherNodeGroup[]): OtherNodeGroup[] {
  const alike = Map.groupBy(groups, ({ kind, name, version }) => JSON.stringify([kind, name ?? null, version]));
  const added = [...alike.values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : [{ ...first, count: others.reduce((sum, { count }) => sum + count, first.count) }],
  );
  return added.sort((a, b) => compareVersions(a.version, b.version) || (placeOf(a) < placeOf(b) ? -1 : 1));
}

const placeOf = ({ kind, name = '' }: OtherNodeGroup): string => `${kind} ${name}`;

/** Texts that are no version come last. */
function compareVersions(a: string, b: string): number {
  const [one, other] = [KubeVersion.tryParse(a), KubeVersion.tryParse(b)];
  if (one === undefined || other === undefined) return Number(one === undefined) - Number(other === undefined);
  return one.compare(other);
}
