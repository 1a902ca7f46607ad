import type { Subnet } from '../../ports/ec2.ts';
import type { Nodegroup } from '../../ports/eks.ts';
import { foundOf, type PreflightCheck, type PreflightFacts } from './preflight-check.ts';

const name = 'SurgeAddresses';

/**
 * A roll begins with new nodes beside the old ones, max(2 × zones, maxUnavailable) of them, and waits for one in each zone (facts: eks.md §5.1).
 * Groups roll one after the other (docs/adr/0006) and give back what they took, so that groups which share subnets each find the same room. A node
 * takes an address of the group's subnets; its pods take more, as the VPC CNI is set. Only the first is proved: how many pods come is nobody's to know.
 */
export const surgeAddresses: PreflightCheck = {
  name,
  finds:
    "The subnets of a node group have too few free addresses for the new nodes of its roll, or may have for these nodes' pods.",
  isOfRolls: true,
  observe({ cluster, hasMoved, target, nodegroups, addons, capacity }) {
    if (hasMoved || capacity?.subnets === undefined) return [];
    const all = capacity.subnets;
    return nodegroups.flatMap((group) => {
      if (!isRolled(group, target)) return [];
      const subnets = all.filter(({ subnetId }) => group.subnets?.includes(subnetId));
      // Which are gone is another finding; without any there is nothing to count.
      if (subnets.length === 0) return [];
      const nodes = surgeOf(group, subnets);
      const free = subnets.reduce((sum, one) => sum + one.availableIpAddressCount, 0);
      const zones = freePerZone(subnets);
      const fullest = Math.min(...zones.values());
      const { each, how } = addressesOfNode(group, addons, capacity.instanceTypes);
      const inZone = Math.ceil(nodes / zones.size);
      const full = [...zones].filter(([, left]) => left === 0).map(([zone]) => zone);
      const proved = free < nodes || full.length > 0;
      if (!proved && fullest >= inZone * each) return [];
      const has = subnets.map((one) => `${one.subnetId} ${one.availableIpAddressCount}`).join(', ');
      const ofEach = `${inZone * each} in each zone (${each} for each node: ${how})`;
      const need =
        free < nodes
          ? 'each of them needs one for itself'
          : proved
            ? `EKS waits for one in each zone, and ${full.join(', ')} has none left`
            : `with their pods they may take ${ofEach}, so capacity is not proved`;
      return [
        foundOf(name, 'capacity', cluster, {
          severity: proved ? 'error' : 'warning',
          subject: { kind: 'Nodegroup', name: group.nodegroupName },
          cause: `addresses:nodegroup:${group.nodegroupName}`,
          message: `The roll of the node group ${group.nodegroupName} begins with ${nodes} new nodes, and its subnets have ${free} free addresses (${has}): ${need}.`,
          fix: 'Free addresses there (pods, interfaces, WARM_ENI_TARGET of the VPC CNI), or roll with the update strategy MINIMAL.',
        }),
      ];
    });
  },
};

/** Whether this hop brings new nodes of it before old ones go. */
export const isRolled = (group: Nodegroup, target: PreflightFacts['target']): boolean =>
  group.amiType !== 'CUSTOM' &&
  group.version !== target.toString() &&
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

/** How many addresses of the group's subnets a node may take with its first pods, by the settings of the add-on (facts: nodes.md §7). */
function addressesOfNode(
  { instanceTypes = [] }: Nodegroup,
  addons: PreflightFacts['addons'],
  known: NonNullable<PreflightFacts['capacity']>['instanceTypes'] = [],
): { each: number; how: string } {
  const addon = addons.find(({ addon: { addonName } }) => addonName === 'vpc-cni')?.addon;
  const settings = addon?.configurationValues ?? '';
  if (isOn(settings, 'AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG'))
    return { each: 1, how: 'custom networking, whose other subnets were not read' };
  const sizes = known.filter((one) => instanceTypes.includes(one.instanceType));
  const perInterface =
    instanceTypes.length === 0 || sizes.length < instanceTypes.length
      ? MOST_PER_INTERFACE
      : Math.max(...sizes.map((one) => one.ipv4AddressesPerInterface));
  // A prefix in use, one warm, and the interface's own address.
  if (isOn(settings, 'ENABLE_PREFIX_DELEGATION')) return { each: 33, how: 'two prefixes of 16 and its own' };
  const how = 'two interfaces full, as the VPC CNI keeps one whole interface warm';
  return { each: 2 * perInterface, how: addon === undefined ? `${how}; the mode of the CNI is not known` : how };
}

/** In the add-on's JSON or YAML: `"ENABLE_PREFIX_DELEGATION": "true"`. */
const isOn = (settings: string, variable: string): boolean =>
  new RegExp(`\\b${variable}["']?\\s*:\\s*["']?true\\b`, 'i').test(settings);
