import { lookup } from 'node:dns/promises';
import { request } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { urlProblem } from '../../core/config/checks/smoke-urls.ts';
import { privateHostReason } from '../../core/config/private-host.ts';
import type { UrlProbe } from '../../core/ports/outside.ts';

export interface Address {
  readonly address: string;
  readonly family: number;
}

export interface UrlProbeOptions {
  /** Private hosts that may be called all the same: `spec.allowedHosts` of the Fleet as it stands now. */
  readonly allowedHosts: () => Promise<readonly string[]>;
  readonly resolve?: (host: string) => Promise<readonly Address[]>;
  readonly timeoutMilliseconds?: number;
}

/**
 * GET over https, redirects not followed, the body left unread. The name is resolved once, its addresses are judged, and the connection goes
 * to one of those: a name that changes its address in between leads nowhere else. Fails with `UrlRefused` or `UrlUnreachable`.
 */
export function createUrlProbe(options: UrlProbeOptions): UrlProbe {
  const { allowedHosts, timeoutMilliseconds = 5_000 } = options;
  const resolve = options.resolve ?? ((host) => lookup(host, { all: true }));
  return {
    async get(text) {
      const allowed = await allowedHosts();
      const problem = urlProblem(text, allowed);
      if (problem !== undefined) throw named('UrlRefused', problem);
      const url = new URL(text);
      const signal = AbortSignal.timeout(timeoutMilliseconds);
      const host = url.hostname.replace(/^\[|\]$/g, '');
      const addresses = isIP(host) ? [] : await publicAddresses(host, allowed, () => inTime(resolve(host), signal));
      return { status: await statusOf(url, addresses, signal) };
    },
  };
}

async function publicAddresses(
  host: string,
  allowed: readonly string[],
  resolve: () => Promise<readonly Address[]>,
): Promise<readonly Address[]> {
  let addresses: readonly Address[];
  try {
    addresses = await resolve();
  } catch (error) {
    throw named(
      'UrlUnreachable',
      `${host} could not be resolved: ${error instanceof Error ? error.message : 'no reason'}`,
    );
  }
  if (addresses.length === 0) throw named('UrlUnreachable', `${host} has no address.`);
  if (allowed.includes(host.replace(/\.$/, ''))) return addresses;
  for (const { address } of addresses) {
    const reason = privateHostReason(address);
    if (reason !== undefined) throw named('UrlRefused', `${host} resolves to ${address}, which ${reason}.`);
  }
  return addresses;
}

function statusOf(url: URL, addresses: readonly Address[], signal: AbortSignal): Promise<number> {
  const pinned: LookupFunction = (_, options, done) => {
    const [first] = addresses;
    if (options.all) done(null, [...addresses]);
    else done(null, first?.address ?? '', first?.family ?? 0);
  };
  const how = { method: 'GET', signal, agent: false, headers: { 'user-agent': 'liftlock-smoke-check' } };
  return new Promise((resolve, reject) => {
    const call = request(url, addresses.length === 0 ? how : { ...how, lookup: pinned }, (response) => {
      resolve(response.statusCode ?? 0);
      response.destroy();
    });
    call.once('error', (error) => {
      const why = signal.aborted ? 'it did not answer in time' : error.message;
      reject(named('UrlUnreachable', `${url.origin} could not be reached: ${why}`));
    });
    call.end();
  });
}

/** A look-up cannot be stopped, only left alone. */
function inTime<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const late = new Promise<never>((_, reject) =>
    signal.addEventListener('abort', () => reject(new Error('no answer in time')), { once: true }),
  );
  return Promise.race([work, late]);
}

const named = (name: string, message: string): Error => Object.assign(new Error(message), { name });
