import { BlockList, isIP } from 'node:net';

/** Whether an address is in a range in CIDR notation, or is the one address named. Undefined for what is no range. */
export function isInRange(address: string, range: string): boolean | undefined {
  const [network = '', bits] = range.split('/');
  const version = isIP(network);
  const all = version === 6 ? 128 : 32;
  const prefix = bits === undefined ? all : Number(bits);
  if (version === 0 || !/^\d+$/.test(bits ?? '0') || prefix > all) return undefined;
  // Versions do not mix: an IPv4 address is in no range of IPv6.
  if (isIP(address) !== version) return false;
  const list = new BlockList();
  const type = version === 6 ? 'ipv6' : 'ipv4';
  list.addSubnet(network, prefix, type);
  return list.check(address, type);
}
