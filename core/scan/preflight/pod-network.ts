import type { Nodegroup } from '../../ports/eks.ts';
import type { PreflightFacts } from './preflight-check.ts';

export const CUSTOM_NETWORKING = 'AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG';

export const isOn = (value: string | undefined): boolean => /^true$/i.test(value ?? '');

/** A setting of the running VPC CNI or, where that was not read, of the add-on's JSON or YAML: `"ENABLE_PREFIX_DELEGATION": "true"`. */
export function settingOf(
  { addons, capacity }: Pick<PreflightFacts, 'addons' | 'capacity'>,
  name: string,
): string | undefined {
  if (capacity?.podNetwork !== undefined) return capacity.podNetwork.settings[name];
  const text = addons.find(({ addon: { addonName } }) => addonName === 'vpc-cni')?.addon.configurationValues ?? '';
  return new RegExp(`\\b${name}["']?\\s*:\\s*["']?([^"'\\s,}]+)`).exec(text)?.[1];
}

/**
 * The subnet that pods of a new node in the zone use with custom networking: that of the ENIConfig which a label of the node names
 * (amazon-vpc-cni-k8s, pkg/eniconfig). Without `left` it is not known before the node exists, since something other than EKS labels or annotates it.
 */
export function roomElsewhere(
  facts: Pick<PreflightFacts, 'addons' | 'capacity'>,
  { nodegroupName, labels: own }: Nodegroup,
  zone: string,
): { readonly left?: number; readonly text: string } {
  const ofZone = { 'topology.kubernetes.io/zone': zone, 'failure-domain.beta.kubernetes.io/zone': zone };
  const labels: Readonly<Record<string, string>> = { ...own, ...ofZone, 'eks.amazonaws.com/nodegroup': nodegroupName };
  const named = labels[settingOf(facts, 'ENI_CONFIG_LABEL_DEF') ?? 'k8s.amazonaws.com/eniConfig'];
  const name = labels['vpc.amazonaws.com/externalEniConfig'] ?? named;
  const { subnets = [], podNetwork } = facts.capacity ?? {};
  const subnetId = podNetwork?.eniConfigs.find((config) => config.name === name)?.subnet;
  const left = subnets.find((subnet) => subnet.subnetId === subnetId)?.availableIpAddressCount;
  return left === undefined
    ? { text: `${subnetId ?? 'one'} in ${zone} that is not known` }
    : { left, text: `${subnetId} ${left} in ${zone}` };
}
