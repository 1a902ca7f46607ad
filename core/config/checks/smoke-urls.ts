import type { DocumentPath } from '../issue.ts';
import { privateHostReason } from '../private-host.ts';
import { fieldOf, listOf, type Report } from './check.ts';

/** Liftlock calls these URLs from inside AWS: only https, no credentials in them, and no private hosts that are not listed. */
export function checkProbedUrls(document: unknown, allowedHosts: readonly string[], report: Report): void {
  for (const place of ['smoke', 'scan'])
    for (const [index, url] of listOf(fieldOf(document, 'spec', place, 'urls')).entries())
      checkUrl(url, ['spec', place, 'urls', index], allowedHosts, report);
  for (const [index, query] of listOf(fieldOf(document, 'spec', 'smoke', 'rates', 'queries')).entries())
    checkUrl(fieldOf(query, 'url'), ['spec', 'smoke', 'rates', 'queries', index, 'url'], allowedHosts, report);
}

/** Webhooks of gates are called from inside AWS like smoke URLs, and the same holds for them. */
export function checkGateUrls(document: unknown, allowedHosts: readonly string[], report: Report): void {
  for (const [index, wave] of listOf(fieldOf(document, 'spec', 'waves')).entries())
    for (const [at, gate] of listOf(fieldOf(wave, 'gates')).entries())
      checkUrl(fieldOf(gate, 'webhook'), ['spec', 'waves', index, 'gates', at, 'webhook'], allowedHosts, report);
}

/** Addresses of owners are called like gates. */
export function checkOwnerUrls(document: unknown, allowedHosts: readonly string[], report: Report): void {
  for (const [owner, address] of Object.entries(fieldOf(document, 'spec', 'owners') ?? {}))
    checkUrl(fieldOf(address, 'webhook'), ['spec', 'owners', owner, 'webhook'], allowedHosts, report);
}

/** `url` is as it was written: what is no text the schema tells of. */
export function checkUrl(url: unknown, path: DocumentPath, allowedHosts: readonly string[], report: Report): void {
  const message = typeof url === 'string' ? urlProblem(url, allowedHosts) : undefined;
  if (message !== undefined) report('error', path, message);
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
