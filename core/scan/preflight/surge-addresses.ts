import { isRolled } from '../../model/image-rule.ts';
import type { Subnet } from '../../ports/ec2.ts';
import type { Nodegroup } from '../../ports/eks.ts';
import { CUSTOM_NETWORKING, isOn, roomElsewhere, settingOf } from './pod-network.ts';
import { type PreflightFacts, preflightCheck } from './preflight-check.ts';

/**
 * A roll begins with new nodes beside the old ones, max(2 × zones, maxUnavailable) of them, and waits for one in each zone (facts: eks.md §5.1).
 * Groups roll one after the other (docs/adr/0006) and give back what they took, so that groups which share subnets each find the same room. A node
 * takes an address of the group's subnets; its pods take more, there or elsewhere, as the VPC CNI is set. Only the first is proved: how many pods come is nobody's to know.
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
      // Which are gone is another finding; without any there is nothing to count.
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
  const release = inside[group.nodegroupName] ?? group.releaseVersion;
  return isRolled(nodes, group) && (group.version !== target.toString() || release !== group.releaseVersion);
}

/** Whether this hop brings new nodes of it before old ones go. */
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

/** At least so many; a percentage rounds down, since what it proves has to be so. */
export function surgeOf({ updateConfig, scalingConfig }: Nodegroup, subnets: readonly Subnet[]): number {
  const { maxUnavailable = 1, maxUnavailablePercentage: percentage } = updateConfig ?? {};
  const parallel =
    percentage === undefined ? maxUnavailable : Math.floor(((scalingConfig?.desiredSize ?? 1) * percentage) / 100);
  return Math.max(2 * new Set(subnets.map((one) => one.availabilityZone)).size, parallel);
}

/** Of the largest types; a launch template does not say its own here. */
const MOST_PER_INTERFACE = 50;

/** How many addresses a node may take with its first pods, by the settings of the VPC CNI (facts: nodes.md §7); with custom networking its pods alone. */
function addressesOfNode({ instanceTypes = [] }: Nodegroup, facts: PreflightFacts): { each: number; how: string } {
  const { addons, capacity: { instanceTypes: known = [], podNetwork } = {} } = facts;
  const sizes = known.filter((one) => instanceTypes.includes(one.instanceType));
  const perInterface =
    instanceTypes.length === 0 || sizes.length < instanceTypes.length
      ? MOST_PER_INTERFACE
      : Math.max(...sizes.map((one) => one.ipv4AddressesPerInterface));
  // A prefix in use, one warm, and the address of the interface that has them.
  if (isOn(settingOf(facts, 'ENABLE_PREFIX_DELEGATION'))) return { each: 33, how: 'two prefixes of 16 and one' };
  const how = 'two interfaces full, as the VPC CNI keeps one whole interface warm';
  const isKnown = podNetwork !== undefined || addons.some(({ addon: { addonName } }) => addonName === 'vpc-cni');
  return { each: 2 * perInterface, how: isKnown ? how : `${how}; the mode of the CNI is not known` };
}
