import { fillCluster } from '../../model/placeholders.ts';
import { valuesAt } from '../../model/values-at.ts';
import { privateHostReason } from '../private-host.ts';
import type { Report } from './check.ts';

/** The places of URLs in policies. */
export const URLS_OF_POLICY = [
  'spec.smoke.urls[]',
  'spec.scan.urls[]',
  'spec.smoke.rates.queries[].url',
  'spec.waves[].gates[].webhook',
  'spec.hooks[].ask.webhook',
  'spec.components[].hook.webhook',
];

/** The places of URLs in the Fleet. Owners are notified in the same way as gates are asked. */
export const URLS_OF_FLEET = ['spec.owners.*.webhook'];

/**
 * Liftlock calls these URLs from inside AWS, so they need https, carry no credentials, and name no private host that is not listed; without a Fleet
 * nobody knows the list.
 */
export function checkUrls(
  document: unknown,
  places: readonly string[],
  allowedHosts: readonly string[] | undefined,
  report: Report,
): void {
  for (const { path, value } of places.flatMap((place) => valuesAt(document, place))) {
    // The schema reports values that are no text.
    const message = typeof value === 'string' ? problemForAny(value, allowedHosts ?? []) : undefined;
    if (message === undefined) continue;
    const more = allowedHosts === undefined && message.endsWith(ADD_IT) ? NO_FLEET : '';
    report('error', path, `${message}${more}`);
  }
}

const ADD_IT = 'Add it to spec.allowedHosts of the Fleet, or use a public host.';
const NO_FLEET = ' These files have no Fleet: where the one in force lists the host, give its file as well.';

/** Replaces the name of a cluster. No host contains it by chance. */
const ANY = 'any0cluster0name';

/** With `{cluster}` in its host, a URL is right when a listed host is one that it can become. */
function problemForAny(text: string, allowedHosts: readonly string[]): string | undefined {
  const named = fillCluster(text, ANY);
  const host = URL.canParse(named) ? new URL(named).hostname : '';
  const become = new RegExp(`^${host.replace(/[^a-z0-9]/g, '\\$&').replaceAll(ANY, '[a-z0-9_-]+')}$`);
  const own = host.includes(ANY) && allowedHosts.some((one) => become.test(one)) ? [host] : allowedHosts;
  return urlProblem(named, own)?.replaceAll(ANY, '{cluster}');
}

/** Why a URL is wrong, or undefined. Whoever calls the URL checks the resolved addresses as well. */
export function urlProblem(text: string, allowedHosts: readonly string[]): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // The message leaves the text out, since it may contain a password.
  if (url === undefined) return 'this is not a URL. Write it as https://host/path.';
  if (url.username !== '' || url.password !== '') {
    return 'this URL contains credentials, and config is no place for secrets. Remove them.';
  }
  if (url.protocol !== 'https:') return `"${url.protocol}//" is not encrypted or not HTTP. Use https://.`;
  const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  const reason = privateHostReason(host);
  if (reason === undefined || allowedHosts.includes(host)) return undefined;
  return `"${host}" ${reason}, and private hosts are called only when listed. ${ADD_IT}`;
}
