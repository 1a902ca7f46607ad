import { request } from 'node:https';
import { urlProblem } from '../../core/config/checks/smoke-urls.ts';
import { namedError } from '../../core/contracts/errors.ts';
import type { UrlProbe } from '../../core/ports/outside.ts';
import { type Address, addressesOf, pinnedLookup, type Resolve, resolveByDns } from './pinned-addresses.ts';

interface UrlProbeOptions {
  /** Private hosts that may be called nevertheless: `spec.allowedHosts` of the Fleet as it is now. */
  readonly allowedHosts: () => Promise<readonly string[]>;
  readonly resolve?: Resolve;
  readonly timeoutMilliseconds?: number;
}

/**
 * GET over https; redirects are not followed, and the body is not read. The name is resolved once, its addresses are checked, and the connection goes
 * to one of those, so a name that changes its address in between leads nowhere else. Fails with `UrlRefused` or `UrlUnreachable`.
 */
export function createUrlProbe(options: UrlProbeOptions): UrlProbe {
  const { allowedHosts, timeoutMilliseconds = 5_000, resolve = resolveByDns } = options;
  return {
    async get(text) {
      const allowed = await allowedHosts();
      const problem = urlProblem(text, allowed);
      if (problem !== undefined) throw namedError('UrlRefused', problem);
      const url = new URL(text);
      const signal = AbortSignal.timeout(timeoutMilliseconds);
      return { status: await statusOf(url, await addressesOf(url, allowed, resolve, signal), signal) };
    },
  };
}

function statusOf(url: URL, addresses: readonly Address[], signal: AbortSignal): Promise<number> {
  const headers = { 'user-agent': 'liftlock' };
  const how = { method: 'GET', signal, agent: false, headers, ...pinnedLookup(addresses) };
  return new Promise((resolve, reject) => {
    const call = request(url, how, (response) => {
      resolve(response.statusCode ?? 0);
      response.destroy();
    });
    call.once('error', (error) => {
      const why = signal.aborted ? 'it did not answer in time' : error.message;
      reject(namedError('UrlUnreachable', `${url.origin} could not be reached: ${why}`));
    });
    call.end();
  });
}
