import { privateHostReason } from '../private-host.ts';
import { fieldOf, listOf, type Report } from './check.ts';

/** Liftlock calls these URLs from inside AWS: only https, no credentials in them, and no private hosts that are not listed. */
export function checkSmokeUrls(document: unknown, allowedHosts: readonly string[], report: Report): void {
  for (const [index, url] of listOf(fieldOf(document, 'spec', 'smoke', 'urls')).entries()) {
    const message = typeof url === 'string' ? urlProblem(url, allowedHosts) : undefined;
    if (message !== undefined) report('error', ['spec', 'smoke', 'urls', index], message);
  }
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
