import type { ClusterRecord } from '../contracts/items/cluster.ts';

/** One property that a cluster has and others may lack: `add-on/vpc-cni/v1.18.1-eksbuild.1`, `ami/AL2_x86_64`. People are shown it as it is. */
export type Trait = string;

/** The properties that may explain a failure, as far as the inventory tells: versions, add-ons, AMI families, kinds of compute. Sorted. */
export function traitsOf(
  cluster: Pick<
    ClusterRecord,
    'version' | 'addons' | 'nodegroups' | 'autoMode' | 'fargateProfiles' | 'authenticationMode' | 'managedBy'
  >,
): Trait[] {
  const { version, addons, nodegroups, autoMode, fargateProfiles, authenticationMode, managedBy } = cluster;
  const compute = [
    ...(autoMode ? ['auto-mode'] : []),
    ...(fargateProfiles.length > 0 ? ['fargate'] : []),
    ...(nodegroups.length > 0 ? ['managed-node-groups'] : []),
  ];
  const traits = [
    `version/${version}`,
    ...addons.map((addon) => `add-on/${addon.name}/${addon.version}`),
    // A cluster with another CNI has no add-on for it, so the missing vpc-cni add-on tells that.
    `cni/${autoMode || addons.some(({ name }) => name === 'vpc-cni') ? 'vpc-cni' : 'self-managed'}`,
    ...nodegroups.flatMap(({ amiType }) => (amiType === undefined ? [] : [`ami/${amiType}`])),
    ...nodegroups.flatMap((group) => (group.version === undefined ? [] : [`node-version/${group.version}`])),
    ...compute.map((kind) => `compute/${kind}`),
    ...(authenticationMode === undefined ? [] : [`authentication/${authenticationMode}`]),
    ...managedBy.map((tool) => `managed-by/${tool}`),
  ];
  return [...new Set(traits)].sort();
}
