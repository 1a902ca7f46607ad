import { parseJson } from '../../core/model/parse-json.ts';
import { EXIT, Failure } from '../command/session.ts';
import { apiFailure, connectionFailure } from './api-failure.ts';
import type { ApiAddress } from './api-url.ts';
import type { SignRequest } from './sign-request.ts';

export type Query = Readonly<Record<string, string | undefined>>;

export interface ApiClientOptions {
  readonly address: ApiAddress;
  /** Absent for a local run, which asks for none. */
  readonly sign?: SignRequest;
  readonly timeoutSeconds: number;
  readonly interrupted: AbortSignal;
}

/** Speaks with the API. Every failure says what to do next. */
export class ApiClient {
  readonly #options: ApiClientOptions;
  #time: Date | undefined;

  constructor(options: ApiClientOptions) {
    this.#options = options;
  }

  /** The API's own time at its last answer: a rehearsal runs in another one than this machine. */
  get time(): Date | undefined {
    return this.#time;
  }

  get<Answer>(path: string, query: Query = {}): Promise<Answer> {
    return this.#request<Answer>('GET', path, query, undefined);
  }

  send<Answer>(method: 'POST' | 'PUT', path: string, body: unknown, query: Query = {}): Promise<Answer> {
    return this.#request<Answer>(method, path, query, JSON.stringify(body));
  }

  /** Every page of a list. The other members are those of the first page. */
  all<Item, Answer extends { readonly items: readonly Item[] }>(path: string, query: Query = {}): Promise<Answer> {
    return this.whole<Answer>(path, 'items', query);
  }

  /** Something of which one list comes in pages, with all of that list. */
  async whole<Answer extends object>(path: string, list: keyof Answer & string, query: Query = {}): Promise<Answer> {
    type Page = Answer & { readonly next?: string };
    const { next: more, ...first } = await this.get<Page>(path, query);
    const items = [...((first as Answer)[list] as readonly unknown[])];
    for (let next = more; next !== undefined; ) {
      const page: Page = await this.get<Page>(path, { ...query, after: next });
      items.push(...(page[list] as readonly unknown[]));
      next = page.next;
    }
    return { ...(first as Answer), [list]: items };
  }

  async #request<Answer>(method: string, path: string, query: Query, body: string | undefined): Promise<Answer> {
    const { address, sign, timeoutSeconds, interrupted } = this.#options;
    const url = new URL(`${address.url.pathname.replace(/\/+$/, '')}${path}`, address.url);
    for (const [name, value] of Object.entries(query)) if (value !== undefined) url.searchParams.set(name, value);
    const plain: Record<string, string> = {
      accept: 'application/json',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    const headers = sign === undefined ? plain : await sign({ method, url, headers: plain, body });
    let response: Response;
    let answer: string;
    try {
      response = await fetch(url, {
        method,
        headers,
        ...(body === undefined ? {} : { body }),
        // A signed request that is sent on elsewhere would hand over its signature.
        redirect: 'error',
        signal: AbortSignal.any([interrupted, AbortSignal.timeout(timeoutSeconds * 1000)]),
      });
      answer = await response.text();
    } catch (error) {
      if (interrupted.aborted) throw new Failure('liftlock: interrupted.', EXIT.interrupted);
      throw connectionFailure(error, url, address.local);
    }
    const parsed = parseJson(answer);
    if (!response.ok || parsed === undefined) throw apiFailure(response.status, `${method} ${path}`, parsed);
    const time = new Date(response.headers.get('liftlock-time') ?? Number.NaN);
    if (!Number.isNaN(time.getTime())) this.#time = time;
    return parsed as Answer;
  }
}
