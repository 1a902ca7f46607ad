import { isIP } from 'node:net';
import { invalid } from '../command/session.ts';

/** Where the API is, and whether requests to it are signed. */
export interface ApiAddress {
  readonly url: URL;
  /** Only loopback: a run on this machine, which nobody else can reach. */
  readonly local: boolean;
}

/** Checks what a person configured. Fails with exit code 2 and says what to do. */
export function apiAddress(text: string | undefined): ApiAddress {
  if (text === undefined || text === '') {
    throw invalid(
      'liftlock: it is not known where Liftlock runs. Set LIFTLOCK_API_URL (or --api-url) to the output ApiUrl of the hub stack, or run liftlock local up and, in another terminal, eval "$(liftlock local env)".',
    );
  }
  const url = URL.parse(text);
  if (url === null) throw invalid(`liftlock: the API URL "${text}" is not a URL. Write it as https://….`);
  if (url.username !== '' || url.password !== '')
    throw invalid('liftlock: the API URL carries a password. Requests are signed with AWS credentials; take it out.');
  if (url.search !== '' || url.hash !== '')
    throw invalid(`liftlock: the API URL "${text}" has a query or a fragment. Give it up to the path only.`);
  const local = isLoopback(url.hostname);
  if (url.protocol === 'https:') return { url, local: false };
  if (url.protocol !== 'http:') throw invalid(`liftlock: the API URL "${text}" must begin with https://.`);
  if (!local) {
    throw invalid(
      `liftlock: ${url.host} is not this machine, so http is refused: anybody on the way could read and change what you send. Use https://.`,
    );
  }
  return { url, local };
}

function isLoopback(hostname: string): boolean {
  const host = hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) === 4) return host.startsWith('127.');
  return host === '::1' || host === 'localhost';
}

/** `eu-central-1` of `https://….execute-api.eu-central-1.amazonaws.com`; undefined for a domain of one's own. */
export function regionOf(url: URL): string | undefined {
  return /\.execute-api\.([a-z0-9-]+)\.amazonaws\.com(?:\.cn)?$/.exec(url.hostname)?.[1];
}
