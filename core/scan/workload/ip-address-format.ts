import { textOf } from '../manifest/manifest-object.ts';
import type { Detector } from './hit.ts';
import { isCidrCanonical, isIpAddressCanonical } from './ip-address.ts';
import { readable } from './pod-detectors.ts';
import { valuesAt } from './values-at.ts';

const NETWORKING = 'networking.k8s.io';
const POLICY_BLOCKS = ['ingress[].from[]', 'egress[].to[]'].flatMap((peer) => [
  `spec.${peer}.ipBlock.cidr`,
  `spec.${peer}.ipBlock.except[]`,
]);

/** Fields that hold addresses or CIDRs, by group and kind (Kubernetes 1.36, StrictIPCIDRValidation). */
const FIELDS: Readonly<Record<string, { addresses: readonly string[]; blocks: readonly string[] }>> = {
  '/Service': {
    addresses: ['spec.clusterIP', 'spec.clusterIPs[]', 'spec.externalIPs[]', 'spec.loadBalancerIP'],
    blocks: ['spec.loadBalancerSourceRanges[]'],
  },
  '/Endpoints': { addresses: ['subsets[].addresses[].ip', 'subsets[].notReadyAddresses[].ip'], blocks: [] },
  'discovery.k8s.io/EndpointSlice': { addresses: ['endpoints[].addresses[]'], blocks: [] },
  [`${NETWORKING}/NetworkPolicy`]: { addresses: [], blocks: POLICY_BLOCKS },
  '/Pod': { addresses: ['spec.hostAliases[].ip', 'spec.dnsConfig.nameservers[]'], blocks: [] },
};

/** An address with leading zeros, or a CIDR with host bits or leading zeros. */
export const ipAddressFormat: Detector = ({ group, kind, value }, rules) => {
  const fields = FIELDS[`${group}/${kind}`];
  if (fields === undefined || rules.length === 0) return [];
  const wrong = [
    ...fields.addresses
      .flatMap((field) => valuesAt(value, field))
      .filter(({ value: text }) => !isIpAddressCanonical(text)),
    ...fields.blocks.flatMap((field) => valuesAt(value, field)).filter(({ value: text }) => !isCidrCanonical(text)),
  ];
  return wrong.flatMap(({ path, value: text }) =>
    rules.map((rule) => ({
      rule: rule.id,
      path,
      evidence: `${readable(path)} is ${textOf(text)?.slice(0, 60)}, which is not written canonically.`,
    })),
  );
};
