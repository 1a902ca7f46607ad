import { isIP } from 'node:net';
import { type ClientResponse, hc } from 'hono/client';
import type { JSONValue } from 'hono/utils/types';
import { parseJson } from '../../core/model/parse-json.ts';
import { partitionOf } from '../../core/model/partition.ts';
import type { Api } from '../../functions/api/app.ts';
import { EXIT, Failure, invalid } from '../command/failure.ts';
import type { GlobalOptions, Io } from '../command/io.ts';
import { apiFailure, connectionFailure, isRefusedByGateway, refusedByGateway } from './api-failure.ts';
import { NOTHING } from './paths.ts';
import type { Signer } from './sign-request.ts';

interface ApiClientOptions {
  readonly address: ApiAddress;
  /** Absent for a local run, which needs no signature. */
  readonly signer?: Signer;
  readonly timeoutSeconds: number;
  readonly interrupted: AbortSignal;
}

/** The routes of the API with their types; only types are imported, no code of the API. */
type Routes = Answers<ReturnType<typeof hc<Api>>['v1']>;
type Paged<List extends string> = { readonly [Key in List]: readonly unknown[] } & { readonly next?: string };
type After = { after?: string };

/** Calls the API. Every failure says what to do next. */
export class ApiClient {
  readonly v1: Routes;
  readonly #options: ApiClientOptions;
  readonly #base: string;
  #time: Date | undefined;

  constructor(options: ApiClientOptions) {
    const { origin, pathname } = options.address.url;
    this.#options = options;
    this.#base = `${origin}${pathname.replace(/\/+$/, '')}`;
    // The response of fetch is returned unchanged.
    const ask = (url: string, init: RequestInit) => this.#ask(url, init);
    this.v1 = hc<Api>(this.#base, { fetch: ask as unknown as typeof fetch }).v1 as unknown as Routes;
  }

  /** The API's own time at its last answer, which differs from this machine's time in a rehearsal. */
  get time(): Date | undefined {
    return this.#time;
  }

  /** Reads all pages of one list. The other members are those of the first page. */
  async whole<List extends string, Page extends Paged<List>>(list: List, ask: (page: After) => Promise<Page>) {
    const first = await ask({});
    const items: unknown[] = [...first[list]];
    for (let { next } = first; next !== undefined; ) {
      const page = await ask({ after: next });
      items.push(...page[list]);
      next = page.next;
    }
    const { next: _, ...rest } = { ...first, [list]: items };
    return rest as Omit<Page, 'next'>;
  }

  async #ask(text: string, { method = 'GET', body: sent }: RequestInit): Promise<unknown> {
    const { address, signer, timeoutSeconds, interrupted } = this.#options;
    const asked = text.replaceAll(NOTHING, '');
    const url = new URL(asked);
    // It is signed like that: hono writes a space as a plus, which AWS need not read as one
    // (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html).
    url.search = url.search.replaceAll('+', '%20');
    const route = `${method} ${asked.slice(this.#base.length).replace(/\?.*/, '')}`;
    const body = typeof sent === 'string' ? sent : undefined;
    const plain: Record<string, string> = {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    const headers = signer === undefined ? plain : await signer.sign({ method, url, headers: plain, body });
    let response: Response;
    let answer: string;
    try {
      response = await fetch(url, {
        method,
        headers,
        ...(body === undefined ? {} : { body }),
        // A redirect would pass the signature of the request to another server.
        redirect: 'error',
        signal: AbortSignal.any([interrupted, AbortSignal.timeout(timeoutSeconds * 1000)]),
      });
      answer = await response.text();
    } catch (error) {
      if (interrupted.aborted) throw new Failure('liftlock: interrupted.', EXIT.interrupted);
      throw connectionFailure(error, url, address.local, route);
    }
    const parsed = parseJson(answer);
    if (isRefusedByGateway(response.status, parsed)) {
      const guessed = address.local || regionOf(address.url) === signer?.region ? undefined : signer?.region;
      throw refusedByGateway(route, parsed, await signer?.askCaller(), guessed);
    }
    if (!response.ok || parsed === undefined) throw apiFailure(response.status, route, parsed);
    const time = new Date(response.headers.get('liftlock-time') ?? Number.NaN);
    if (!Number.isNaN(time.getTime())) this.#time = time;
    return parsed;
  }
}

/** The JSON form of a route's answer: JSON has no undefined, so a member exists or it does not. */
type Json<T> = [JSONValue] extends [T]
  ? unknown
  : T extends string | number | boolean | null
    ? T
    : { [Key in keyof T]: Json<Exclude<T[Key], undefined>> };

/** The routes in hono's types for clients, with the answer itself as the result. */
type Answers<Routes> = {
  [Name in keyof Routes]: Routes[Name] extends (
    ...given: infer Given
  ) => Promise<ClientResponse<infer T, infer _, 'json'>>
    ? (...given: Given) => Promise<Json<T>>
    : Answers<Routes[Name]>;
};

/** The address of the API, and whether requests are signed. */
export interface ApiAddress {
  readonly url: URL;
  /** True for loopback only: a run on this machine, which no other machine can reach. */
  readonly local: boolean;
}

/** Checks the configured address. Fails with exit code 2 and says what to do. */
function apiAddress(text: string | undefined): ApiAddress {
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

/** `eu-central-1` of `https://….execute-api.eu-central-1.amazonaws.com`; undefined for a custom domain. */
export function regionOf(url: URL): string | undefined {
  const [, region = '', suffix] = /\.execute-api\.([a-z0-9-]+)\.(.+)$/.exec(url.hostname) ?? [];
  return partitionOf(region).dnsSuffix === suffix ? region : undefined;
}

/** Creates the client for the configured address. The signer and its SDK are loaded only when requests are signed. */
export async function createClient(io: Io, global: GlobalOptions): Promise<ApiClient> {
  const address = apiAddress(global.apiUrl ?? io.env.LIFTLOCK_API_URL);
  const options = { address, timeoutSeconds: global.timeout, interrupted: io.interrupted };
  if (address.local && !isLocalCloud(address, io.env.AWS_ENDPOINT_URL)) return new ApiClient(options);
  const region = global.apiRegion ?? regionOf(address.url) ?? io.env.AWS_REGION ?? io.env.AWS_DEFAULT_REGION;
  if (region === undefined) {
    throw invalid(
      `liftlock: the Region of ${address.url.host} is not known, and requests are signed for one. Set AWS_REGION or --api-region.`,
    );
  }
  const { createSigner } = await import('./sign-request.ts');
  return new ApiClient({ ...options, signer: createSigner(region, global.profile) });
}

/** The local cloud authorizes like AWS, while a run in one process accepts every caller. The API has the same origin as the local AWS endpoint. */
function isLocalCloud({ url }: ApiAddress, endpoint: string | undefined): boolean {
  return endpoint !== undefined && URL.parse(endpoint)?.origin === url.origin;
}
