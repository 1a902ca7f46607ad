import { textOf } from '../manifest/manifest-object.ts';
import { type Detector, hitsOf } from './hit.ts';
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
    hitsOf(rules, path, `${readable(path)} is ${textOf(text)?.slice(0, 60)}, which is not written canonically.`),
  );
};

/**
 * Whether a text is an address as stricter API servers want it: IPv4 without leading zeros and not inside IPv6. Names (`None`, host names)
 * and everything that is no address at all are not judged: other checks of the API server refuse those in every release.
 */
export function isIpAddressCanonical(text: unknown): boolean {
  if (typeof text !== 'string') return true;
  if (/^\d{1,4}(?:\.\d{1,4}){3}$/.test(text)) return !text.split('.').some(hasLeadingZero);
  const groups = groupsOf(text);
  return groups === undefined || !isMapped(groups);
}

/** The same for `192.0.2.0/24` and `2001:db8::/32`: no leading zeros, and no bits set beyond the prefix. */
export function isCidrCanonical(text: unknown): boolean {
  if (typeof text !== 'string') return true;
  const [address = '', prefix = '', more] = text.split('/');
  if (more !== undefined || !/^\d{1,3}$/.test(prefix)) return true;
  if (!isIpAddressCanonical(address) || hasLeadingZero(prefix)) return false;
  const numbers = bytesOf(address) ?? groupsOf(address);
  if (numbers === undefined) return true;
  const width = numbers.length === 4 ? 8 : 16;
  const bits = numbers.map((part) => part.toString(2).padStart(width, '0')).join('');
  return !bits.slice(Number(prefix)).includes('1');
}

/** IPv4 in IPv6, however it is written: `::ffff:10.0.0.1` is `::ffff:a00:1`. */
const isMapped = (groups: readonly number[]): boolean =>
  groups.slice(0, 5).every((group) => group === 0) && groups[5] === 0xffff;

function bytesOf(text: string): number[] | undefined {
  const parts = text.split('.').map(Number);
  return parts.length === 4 && parts.every((part) => part >= 0 && part <= 255) ? parts : undefined;
}

/** The eight groups of an IPv6 address; undefined for what is none. */
function groupsOf(text: string): number[] | undefined {
  const [head = '', tail, more] = text.split('::');
  const [before, after] = [partsOf(head), partsOf(tail ?? '')];
  if (!text.includes(':') || more !== undefined || before === undefined || after === undefined) return undefined;
  const missing = 8 - before.length - after.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  return [...before, ...Array<number>(missing).fill(0), ...after];
}

/** `2001:db8` → two groups; the last one may be written as IPv4, which is two. */
function partsOf(text: string): number[] | undefined {
  if (text === '') return [];
  const parts = text.split(':').flatMap((part): (number | undefined)[] => {
    if (/^[\da-f]{1,4}$/i.test(part)) return [Number.parseInt(part, 16)];
    const [a = 0, b = 0, c = 0, d = 0] = bytesOf(part) ?? [Number.NaN];
    return [a * 256 + b, c * 256 + d];
  });
  return parts.every((part) => part !== undefined && !Number.isNaN(part)) ? (parts as number[]) : undefined;
}

const hasLeadingZero = (digits: string): boolean => digits.length > 1 && digits.startsWith('0');
