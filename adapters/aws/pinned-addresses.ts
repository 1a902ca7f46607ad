import { lookup } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import { privateHostReason } from '../../core/config/private-host.ts';
import { namedError } from '../../core/contracts/errors.ts';

export interface Address {
  readonly address: string;
  readonly family: number;
}

export type Resolve = (host: string) => Promise<readonly Address[]>;

export const resolveByDns: Resolve = (host) => lookup(host, { all: true });

/**
 * The addresses at which a URL may be called; empty = its host is an address itself, which was checked with the URL. The name is resolved once, and
 * the caller connects to these addresses and no others (`pinnedLookup`), so that a name that changes its address in between leads nowhere else. Fails
 * with `UrlRefused` or `UrlUnreachable`.
 */
export async function addressesOf(
  url: URL,
  allowed: readonly string[],
  resolve: Resolve,
  signal: AbortSignal,
): Promise<readonly Address[]> {
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host)) return [];
  let addresses: readonly Address[];
  try {
    addresses = await inTime(resolve(host), signal);
  } catch (error) {
    const why = error instanceof Error ? error.message : 'no reason';
    throw namedError('UrlUnreachable', `${host} could not be resolved: ${why}`);
  }
  if (addresses.length === 0) throw namedError('UrlUnreachable', `${host} has no address.`);
  if (allowed.includes(host.replace(/\.$/, ''))) return addresses;
  for (const { address } of addresses) {
    const reason = privateHostReason(address);
    if (reason !== undefined) throw namedError('UrlRefused', `${host} resolves to ${address}, which ${reason}.`);
  }
  return addresses;
}

/** The option for `https.request` that leads to the addresses which were checked. */
export function pinnedLookup(addresses: readonly Address[]): { readonly lookup?: LookupFunction } {
  if (addresses.length === 0) return {};
  const lookup: LookupFunction = (_, options, done) => {
    const [first] = addresses;
    if (options.all) done(null, [...addresses]);
    else done(null, first?.address ?? '', first?.family ?? 0);
  };
  return { lookup };
}

/** Gives up waiting for work that cannot be stopped. */
export function inTime<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const late = new Promise<never>((_, reject) => {
    const end = () => reject(new Error('no answer in time'));
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
  return Promise.race([work, late]);
}
