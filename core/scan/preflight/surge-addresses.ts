import { isRolled } from '../../model/image-rule.ts';
import type { Subnet } from '../../ports/ec2.ts';
import type { Nodegroup } from '../../ports/eks.ts';
import { fittingPin } from '../../version/image-release.ts';
import { CUSTOM_NETWORKING, isOn, roomElsewhere, settingOf } from './pod-network.ts';
import { type PreflightFacts, preflightCheck } from './preflight-check.ts';

/**
 * An update of a group begins with max(2 × zones, maxUnavailable) new nodes beside the old ones, and waits for one in each zone (facts: eks.md §5.1).
 * Groups are updated one after the other (docs/adr/0006) and return what they took, so each group has the same room in a shared subnet. A node takes
 * an address of the group's subnets; its pods take more, there or elsewhere, by the settings of the VPC CNI. Only the first is certain, because the
 * number of pods is not known.
 */
export const surgeAddresses = preflightCheck({
  name: 'SurgeAddresses',
  source: 'capacity',
  finds:
    "The subnets of a node group have too few free addresses for the new nodes of its roll, may have for these nodes' pods (a warning), or nobody could tell (info).",
  isOfRolls: true,
  observe(facts) {
    const { hasMoved, nodegroups, capacity } = facts;
    if (hasMoved || capacity?.subnets === undefined) return [];
    const all = capacity.subnets;
    return nodegroups.flatMap((group) => {
      if (!bringsNodes(group, facts)) return [];
      const subnets = all.filter(({ subnetId }) => group.subnets?.includes(subnetId));
      // The check for missing subnets reports those; without a subnet there is nothing to count.
      if (subnets.length === 0) return [];
      const nodes = surgeOf(group, subnets);
      const free = subnets.reduce((sum, one) => sum + one.availableIpAddressCount, 0);
      const zones = freePerZone(subnets);
      const full = [...zones].filter(([, left]) => left === 0).map(([zone]) => zone);
      const isProved = free < nodes || full.length > 0;
      const isElsewhere = isOn(settingOf(facts, CUSTOM_NETWORKING));
      const elsewhere = isElsewhere ? [...zones.keys()].map((zone) => roomElsewhere(facts, group, zone)) : undefined;
      const room = elsewhere?.map(({ left }) => left) ?? [...zones.values()];
      const { each, how } = addressesOfNode(group, facts);
      const inZone = Math.ceil(nodes / zones.size) * each;
      const isShort = room.some((left = inZone) => left < inZone);
      if (!isProved && !isShort && !room.includes(undefined)) return [];
      const has = subnets.map((one) => `${one.subnetId} ${one.availableIpAddressCount}`).join(', ');
      const [who, where] =
        elsewhere === undefined
          ? ['with their pods they', '']
          : ['their pods', ` of the subnets of their ENIConfigs, ${elsewhere.map(({ text }) => text).join(', ')}`];
      const need =
        free < nodes
          ? 'each of them needs one for itself'
          : isProved
            ? `EKS waits for one in each zone, and ${full.join(', ')} has none left`
            : `${who} may take ${inZone} in each zone${where} (${each} for each node: ${how}), so capacity is not proved`;
      return [
        {
          severity: isProved ? 'error' : isShort ? 'warning' : 'info',
          subject: { kind: 'Nodegroup', name: group.nodegroupName },
          cause: `addresses:nodegroup:${group.nodegroupName}`,
          message: `The roll of the node group ${group.nodegroupName} begins with ${nodes} new nodes, and its subnets have ${free} free addresses (${has}): ${need}.`,
          fix:
            isProved || isShort
              ? 'Free addresses there (pods, interfaces, WARM_ENI_TARGET of the VPC CNI), or roll with the update strategy MINIMAL.'
              : 'Name an ENIConfig after each zone, and set ENI_CONFIG_LABEL_DEF of aws-node to topology.kubernetes.io/zone, or label the node group: then the room for its pods is known.',
        },
      ];
    });
  },
});

type Rolls = Pick<PreflightFacts, 'nodes' | 'target' | 'inside'>;

/** Whether its nodes are replaced. */
export function isReplaced(group: Nodegroup, { nodes, target, inside = {} }: Rolls): boolean {
  const release = fittingPin(inside[group.nodegroupName], group.amiType) ?? group.releaseVersion;
  return isRolled(nodes, group) && (group.version !== target.toString() || release !== group.releaseVersion);
}

/** Whether this hop creates new nodes of the group before it removes old ones. */
export const bringsNodes = (group: Nodegroup, rolls: Rolls): boolean =>
  isReplaced(group, rolls) &&
  group.updateConfig?.updateStrategy !== 'MINIMAL' &&
  (group.scalingConfig?.desiredSize ?? 1) > 0;

function freePerZone(subnets: readonly Subnet[]): ReadonlyMap<string, number> {
  const zones = new Map<string, number>();
  for (const { availabilityZone: zone, availableIpAddressCount: count } of subnets)
    zones.set(zone, (zones.get(zone) ?? 0) + count);
  return zones;
}

/** The least number of new nodes. A percentage rounds down, so that the result is certain. */
export function surgeOf({ updateConfig, scalingConfig }: Nodegroup, subnets: readonly Subnet[]): number {
  const { maxUnavailable = 1, maxUnavailablePercentage: percentage } = updateConfig ?? {};
  const parallel =
    percentage === undefined ? maxUnavailable : Math.floor(((scalingConfig?.desiredSize ?? 1) * percentage) / 100);
  return Math.max(2 * new Set(subnets.map((one) => one.availabilityZone)).size, parallel);
}

/** The value of the largest types, because the types of a launch template are not known here. */
const MOST_PER_INTERFACE = 50;

/**
 * How many addresses a node may take with its first pods, by the settings of the VPC CNI (facts: nodes.md §7); with custom networking only its pods
 * count.
 */
function addressesOfNode({ instanceTypes = [] }: Nodegroup, facts: PreflightFacts): { each: number; how: string } {
  const { addons, capacity: { instanceTypes: known = [], podNetwork } = {}, cluster } = facts;
  if (cluster.kubernetesNetworkConfig?.ipFamily === 'ipv6') return { each: 1, how: 'pods have addresses of IPv6' };
  const sizes = known.filter((one) => instanceTypes.includes(one.instanceType));
  const perInterface =
    instanceTypes.length === 0 || sizes.length < instanceTypes.length
      ? MOST_PER_INTERFACE
      : Math.max(...sizes.map((one) => one.ipv4AddressesPerInterface));
  // One prefix in use, one warm prefix, and the address of their interface.
  if (isOn(settingOf(facts, 'ENABLE_PREFIX_DELEGATION'))) return { each: 33, how: 'two prefixes of 16 and one' };
  const how = 'two interfaces full, as the VPC CNI keeps one whole interface warm';
  const isKnown = podNetwork !== undefined || addons.some(({ addon: { addonName } }) => addonName === 'vpc-cni');
  return { each: 2 * perInterface, how: isKnown ? how : `${how}; the mode of the CNI is not known` };
}
