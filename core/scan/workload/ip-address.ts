/**
 * Whether a text is an address as stricter API servers want it: IPv4 without leading zeros and not inside IPv6. Names (`None`, host names)
 * and everything that is no address at all are not judged: other checks of the API server refuse those in every release.
 */
export function isIpAddressCanonical(text: unknown): boolean {
  if (typeof text !== 'string') return true;
  const parts = text.split('.');
  if (parts.length === 4 && parts.every((part) => /^\d{1,4}$/.test(part))) return !parts.some(hasLeadingZero);
  return !/^::ffff:\d+\.\d+\.\d+\.\d+$/i.test(text);
}

/** The same for `192.0.2.0/24`: no leading zeros, and no bits set beyond the prefix. */
export function isCidrCanonical(text: unknown): boolean {
  if (typeof text !== 'string') return true;
  const [address = '', prefix = '', more] = text.split('/');
  if (more !== undefined || !/^\d{1,3}$/.test(prefix)) return true;
  if (!isIpAddressCanonical(address) || hasLeadingZero(prefix)) return false;
  const parts = address.split('.').map(Number);
  if (parts.length !== 4 || parts.some((part) => !(part >= 0 && part <= 255))) return true;
  const bits = parts.reduce((sum, part) => sum * 256 + part, 0);
  const host = 2 ** Math.max(0, 32 - Number(prefix));
  return bits % host === 0;
}

const hasLeadingZero = (digits: string): boolean => digits.length > 1 && digits.startsWith('0');
