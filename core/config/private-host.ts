/**
 * Why Liftlock must not call a host unless the Fleet lists it; undefined for a public host. A name is checked by its form only: whoever resolves it
 * checks the addresses with this function again.
 * @param host in the form of `URL.hostname`, where `0x7f.1` has become `127.0.0.1`; IPv6 with or without brackets
 */
export function privateHostReason(host: string): string | undefined {
  const name = host
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
  if (name.includes(':')) return ipv6Reason(name);
  if (/^\d+\.\d+\.\d+\.\d+$/.test(name)) return ipv4Reason(name);
  if (name === 'localhost' || name.endsWith('.localhost')) return 'is this machine';
  if (!name.includes('.')) return 'is a name without domain, which only a private network knows';
  const suffix = privateSuffixes.find((ending) => name.endsWith(ending));
  return suffix === undefined ? undefined : `ends with ${suffix}, which only a private network knows`;
}

const privateSuffixes = [
  '.local',
  '.internal',
  '.svc',
  '.lan',
  '.intranet',
  '.corp',
  '.home.arpa',
  '.test',
  '.invalid',
];

/** Blocks of the IANA special-purpose registry (RFC 6890) that are not globally reachable, and multicast. */
const ipv4Blocks = [
  ['0.0.0.0', 8, 'is not an address of a host'],
  ['10.0.0.0', 8, 'is a private address'],
  ['100.64.0.0', 10, 'is a shared address of carriers'],
  ['127.0.0.0', 8, 'is a loopback address'],
  ['169.254.0.0', 16, 'is a link-local address (instance metadata live there)'],
  ['172.16.0.0', 12, 'is a private address'],
  ['192.0.0.0', 24, 'is reserved'],
  ['192.0.2.0', 24, 'is for documentation'],
  ['192.168.0.0', 16, 'is a private address'],
  ['198.18.0.0', 15, 'is for benchmarks'],
  ['198.51.100.0', 24, 'is for documentation'],
  ['203.0.113.0', 24, 'is for documentation'],
  ['224.0.0.0', 3, 'is multicast or reserved'],
] as const;

function ipv4Reason(address: string): string | undefined {
  const value = ipv4Number(address);
  return ipv4Blocks.find(([base, bits]) => value >>> (32 - bits) === ipv4Number(base) >>> (32 - bits))?.[2];
}

function ipv4Number(address: string): number {
  return address.split('.').reduce((value, part) => ((value << 8) | Number(part)) >>> 0, 0);
}

/** Only global unicast (2000::/3) can be public, except for addresses inside it that carry an IPv4 address or are reserved. */
function ipv6Reason(address: string): string | undefined {
  if (address === '::1') return 'is a loopback address';
  const [first = '', second = ''] = address.split(':');
  const head = Number.parseInt(first, 16);
  if (address.startsWith('::') || Number.isNaN(head)) return 'is a loopback, unspecified or mapped address';
  if ((head & 0xfe00) === 0xfc00) return 'is a private address';
  if ((head & 0xffc0) === 0xfe80) return 'is a link-local address';
  if ((head & 0xe000) !== 0x2000) return 'is not a public address';
  if (head === 0x2002) return 'carries an IPv4 address (6to4)';
  const isSpecial = head === 0x2001 && (second === 'db8' || second === '' || Number.parseInt(second, 16) < 0x200);
  return isSpecial ? 'is reserved' : undefined;
}
