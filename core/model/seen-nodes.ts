import type { ClusterRecord, OtherNodeGroup } from '../contracts/items/cluster.ts';
import type { Node } from '../ports/cluster-access.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { given } from './given.ts';
import { nodeOwner } from './node-owner.ts';

/** So many are kept by name; what would be more is kept by its kind alone, so that no cluster makes a large item. */
const MOST_NAMED = 30;
const MOST = 60;

type SeenNode = Pick<Node, 'labels' | 'kubeletVersion' | 'providerId'>;

/** One node as the group that it is alone. */
export function groupOfOne({ labels, kubeletVersion, providerId }: SeenNode): OtherNodeGroup {
  const { kind, name } = nodeOwner(labels, providerId);
  const version = KubeVersion.tryParse(kubeletVersion)?.toString() ?? 'unknown';
  return { kind, ...given({ name }), version, count: 1 };
}

/** What a cluster's record keeps of nodes that EKS does not tell the version of: the oldest first. */
export function keptGroups(each: readonly OtherNodeGroup[], nodegroups: ClusterRecord['nodegroups']): OtherNodeGroup[] {
  const own = new Set(nodegroups.filter(({ amiType }) => amiType === 'CUSTOM').map(({ name }) => name));
  const groups = addGroups(each.filter(({ kind, name = '' }) => kind !== 'managed' || own.has(name)));
  if (groups.length <= MOST_NAMED) return groups;
  // A managed group is told by its name alone.
  const unnamed = groups
    .slice(MOST_NAMED)
    .map(({ name, ...group }) => (group.kind === 'managed' ? { ...group, name } : group));
  return addGroups([...groups.slice(0, MOST_NAMED), ...unnamed]).slice(0, MOST);
}

/** Those that are alike as one, the oldest first. */
export function addGroups(groups: readonly OtherNodeGroup[]): OtherNodeGroup[] {
  const alike = Map.groupBy(groups, ({ kind, name, version }) => JSON.stringify([kind, name ?? null, version]));
  const added = [...alike.values()].flatMap(([first, ...others]) =>
    first === undefined ? [] : [{ ...first, count: others.reduce((sum, { count }) => sum + count, first.count) }],
  );
  return added.sort((a, b) => compareVersions(a.version, b.version) || (placeOf(a) < placeOf(b) ? -1 : 1));
}

const placeOf = ({ kind, name = '' }: OtherNodeGroup): string => `${kind} ${name}`;

/** What is no version comes last. */
function compareVersions(a: string, b: string): number {
  const [one, other] = [KubeVersion.tryParse(a), KubeVersion.tryParse(b)];
  if (one === undefined || other === undefined) return Number(one === undefined) - Number(other === undefined);
  return one.compare(other);
}
