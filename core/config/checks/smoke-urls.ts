import { fillCluster } from '../../model/placeholders.ts';
import { valuesAt } from '../../model/values-at.ts';
import { privateHostReason } from '../private-host.ts';
import type { Report } from './check.ts';

/** Where policies name URLs. */
export const URLS_OF_POLICY = [
  'spec.smoke.urls[]',
  'spec.scan.urls[]',
  'spec.smoke.rates.queries[].url',
  'spec.waves[].gates[].webhook',
  'spec.hooks[].ask.webhook',
  'spec.components[].hook.webhook',
];

/** Where the Fleet names them: owners are told like gates are asked. */
export const URLS_OF_FLEET = ['spec.owners.*.webhook'];

/** Liftlock calls these URLs from inside AWS: only https, no credentials in them, and no private hosts that are not listed. */
export function checkUrls(
  document: unknown,
  places: readonly string[],
  allowedHosts: readonly string[],
  report: Report,
): void {
  for (const { path, value } of places.flatMap((place) => valuesAt(document, place))) {
    // What is no text the schema tells of.
    const message = typeof value === 'string' ? problemForAny(value, allowedHosts) : undefined;
    if (message !== undefined) report('error', path, message);
  }
}

/** Stands for the name of a cluster: no host has it by chance. */
const ANY = 'any0cluster0name';

/** With `{cluster}` in its host a URL may be of each listed host that it can become. */
function problemForAny(text: string, allowedHosts: readonly string[]): string | undefined {
  const named = fillCluster(text, ANY);
  const host = URL.canParse(named) ? new URL(named).hostname : '';
  const become = new RegExp(`^${host.replace(/[^a-z0-9]/g, '\\$&').replaceAll(ANY, '[a-z0-9_-]+')}$`);
  const own = host.includes(ANY) && allowedHosts.some((one) => become.test(one)) ? [host] : allowedHosts;
  return urlProblem(named, own)?.replaceAll(ANY, '{cluster}');
}

/** What is wrong with a URL, or undefined. Whoever calls it checks the resolved addresses as well. */
export function urlProblem(text: string, allowedHosts: readonly string[]): string | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  // The text itself is not repeated: it may contain a password.
  if (url === undefined) return 'this is not a URL. Write it as https://host/path.';
  if (url.username !== '' || url.password !== '') {
    return 'this URL contains credentials, and config is no place for secrets. Remove them.';
  }
  if (url.protocol !== 'https:') return `"${url.protocol}//" is not encrypted or not HTTP. Use https://.`;
  const host = url.hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '');
  const reason = privateHostReason(host);
  if (reason === undefined || allowedHosts.includes(host)) return undefined;
  return `"${host}" ${reason}, and private hosts are called only when listed. Add it to spec.allowedHosts of the Fleet, or use a public host.`;
}
