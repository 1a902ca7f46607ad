import type { UpgradePolicySpec } from '../config/types.ts';
import { matchesGlob } from '../selector/glob.ts';

/** The policy's rules for images of node groups. */
export type NodesSpec = UpgradePolicySpec['nodes'];
export type ImageRule = NonNullable<NonNullable<NodesSpec>['images']>[number];

/** A node group as EKS describes it, or as the inventory keeps it. */
type Group = { readonly amiType?: string | undefined } & (
  | { readonly nodegroupName: string }
  | { readonly name: string }
);
const nameOf = (group: Group): string => ('name' in group ? group.name : group.nodegroupName);

/** The first rule that names a group with an AMI of its own; undefined for every other group. */
export const imageRuleOf = (nodes: NodesSpec, group: Group): ImageRule | undefined =>
  group.amiType === 'CUSTOM'
    ? nodes?.images?.find(({ nodegroups = ['*'] }) => nodegroups.some((pattern) => matchesGlob(pattern, nameOf(group))))
    : undefined;

/** Whether Liftlock rolls a managed group, because EKS or the policy chooses its image. */
export const isRolled = (nodes: NodesSpec, group: Group): boolean =>
  group.amiType !== 'CUSTOM' || imageRuleOf(nodes, group) !== undefined;
