import http from 'node:http';
import https from 'node:https';
import type { TLSSocketOptions } from 'node:tls';
import { ClusterAccessError } from '../../../core/ports/cluster-access.ts';
import type { ClusterReader, ItemSink, ReadAnswer, ReadRequest } from '../../../core/ports/cluster-reader.ts';
import type { Clock } from '../../../core/ports/outside.ts';
import { ListSplitter } from '../../../core/scan/live/list-splitter.ts';

/** What a request carries to be let in, and which certificates it trusts. */
export interface Authorization {
  readonly headers: Readonly<Record<string, string>>;
  readonly tls: Pick<TLSSocketOptions, 'ca' | 'cert' | 'key' | 'rejectUnauthorized'> & { readonly servername?: string };
}

export interface HttpsReaderOptions {
  /** `https://…` with its path prefix, without a slash at the end. */
  readonly server: string;
  /** Called before each request, and once more with `renew` after a 401: tokens of EKS live for 15 minutes. */
  readonly authorize: (renew: boolean) => Promise<Authorization>;
  /** Milliseconds without a byte until the answer is given up. */
  readonly timeoutMilliseconds?: number;
  /** Milliseconds until an answer has to be whole; absent: as long as more of it comes. */
  readonly longestMilliseconds?: number;
  /** `liftlock-scan` when absent. */
  readonly userAgent?: string;
  /** Requests that are sent at once; one when absent, and the others wait. */
  readonly connections?: number;
  /** What a scan may ask of an API server; absent: as much as it answers. */
  readonly pace?: Pace;
}

/** The least time between two requests, on a clock that need not be the real one. */
interface Pace {
  readonly milliseconds: number;
  readonly clock: Clock;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

/** A request that changes something, with the precondition that refuses it when it is not wanted any more. */
export interface Change {
  readonly method: 'PATCH' | 'POST' | 'DELETE';
  readonly path: string;
  readonly contentType: string;
  readonly body: object;
}

const LOOPBACK = new Set(['127.0.0.1', 'localhost', '[::1]']);

/** Whether credentials may go to this URL. `kubectl proxy` speaks plain HTTP on loopback, where nobody can listen in. */
export const isPrivate = ({ protocol, hostname }: URL): boolean => protocol === 'https:' || LOOPBACK.has(hostname);

const TIMEOUT_MILLISECONDS = 30_000;
/** A page of 500 objects as large as etcd allows would be 750 MB; pages are made smaller long before this limit. */
const MOST_CHARACTERS = 128 * 1024 * 1024;

/**
 * The API server of one cluster, asked over one connection, one request after the other, unless more connections are allowed. It uses node:https,
 * since the generated client takes 75 MB of memory before its first request and keeps every answer as objects.
 */
export class HttpsReader implements ClusterReader {
  readonly #options: HttpsReaderOptions;
  readonly #agent: http.Agent;
  #last = 0;
  #underWay: http.ClientRequest | undefined;
  #closed = false;

  constructor(options: HttpsReaderOptions) {
    if (!isPrivate(new URL(options.server)))
      throw new ClusterAccessError(
        'ClusterUnreachable',
        `${options.server} is not https, and no credentials go there.`,
      );
    this.#options = options;
    const settings = { keepAlive: true, maxSockets: options.connections ?? 1 };
    this.#agent = options.server.startsWith('http://') ? new http.Agent(settings) : new https.Agent(settings);
  }

  get(request: ReadRequest): Promise<ReadAnswer> {
    return this.#ask(request);
  }

  /** Sends the change once; after a 401, which has changed nothing, once more. */
  change({ path, ...change }: Change): Promise<ReadAnswer> {
    return this.#ask({ path, change });
  }

  async #ask(request: ReadRequest & Sent): Promise<ReadAnswer> {
    if (this.#closed) throw unreachable(new Error('the scan has ended'));
    await this.#pace();
    const answer = await this.#send(request, await this.#options.authorize(false));
    if (answer.status !== 401) return answer;
    return this.#send(request, await this.#options.authorize(true));
  }

  /** Closes the connection, and ends a request that is under way. */
  close(): void {
    this.#closed = true;
    this.#underWay?.destroy(new Error('the scan has ended'));
    this.#agent.destroy();
  }

  async #pace(): Promise<void> {
    const { pace } = this.#options;
    if (pace === undefined) return;
    const left = this.#last + pace.milliseconds - pace.clock.now().getTime();
    if (left > 0) await pace.sleep(left);
    this.#last = pace.clock.now().getTime();
  }

  #send(
    { path, accept = 'application/json', items, newConnection = false, change }: ReadRequest & Sent,
    { headers, tls }: Authorization,
  ): Promise<ReadAnswer> {
    const { server, timeoutMilliseconds = TIMEOUT_MILLISECONDS, longestMilliseconds } = this.#options;
    const { userAgent = 'liftlock-scan' } = this.#options;
    const { promise, resolve, reject } = Promise.withResolvers<ReadAnswer>();
    const url = `${server}${path}`;
    const sent = change && JSON.stringify(change.body);
    const options = {
      ...tls,
      agent: newConnection ? (false as const) : this.#agent,
      method: change?.method ?? 'GET',
      headers: {
        accept,
        'user-agent': userAgent,
        ...headers,
        // Node does not send the length of a DELETE's body by itself.
        ...(sent && { 'content-type': change?.contentType, 'content-length': Buffer.byteLength(sent) }),
      },
      timeout: timeoutMilliseconds,
    };
    const request = url.startsWith('http://') ? http.request(url, options) : https.request(url, options);
    this.#underWay = request;
    const giveUp = (why: string) => {
      reject(new ClusterAccessError('ClusterServerFault', why));
      request.destroy();
    };
    if (longestMilliseconds !== undefined) {
      const seconds = longestMilliseconds / 1_000;
      const late = () => giveUp(`The answer of the API server was not whole after ${seconds} seconds.`);
      const guard = setTimeout(late, longestMilliseconds).unref();
      request.on('close', () => clearTimeout(guard));
    }
    request.on('timeout', () => request.destroy(new Error('it did not answer in time')));
    request.on('error', (error) => reject(unreachable(error)));
    request.on('response', (response) => {
      const body = items !== undefined && response.statusCode === 200 ? itemBody(items) : new TextBody();
      // A chunk may end in the middle of a character; the decoder puts the parts together.
      response.setEncoding('utf8');
      let size = 0;
      response.on('data', (chunk: string) => {
        size += chunk.length;
        if (size <= MOST_CHARACTERS) body.push(chunk);
        else giveUp('The answer of the API server is too long.');
      });
      response.on('error', (error) => reject(unreachable(error)));
      response.on('aborted', () => reject(unreachable(new Error('it broke its answer off'))));
      response.on('end', () => {
        const seconds = Number(response.headers['retry-after']);
        const retry = Number.isFinite(seconds) ? { retryAfterSeconds: seconds } : {};
        resolve({ status: response.statusCode ?? 0, text: body.finish(), ...retry });
      });
    });
    request.end(sent);
    return promise;
  }
}

interface Sent {
  readonly change?: Omit<Change, 'path'>;
}

type Body = Pick<ListSplitter, 'push' | 'finish'>;

class TextBody implements Body {
  #text = '';

  push(chunk: string): void {
    this.#text += chunk;
  }

  finish(): string {
    return this.#text;
  }
}

/** A body that hands on the items of a list as they come in. */
function itemBody(items: ItemSink): Body {
  items.begin();
  return new ListSplitter((text) => items.item(text));
}

/** Node's messages name hosts and ports, and nothing secret. */
function unreachable(error: Error & { code?: string }): ClusterAccessError {
  return new ClusterAccessError(
    'ClusterUnreachable',
    `The API server could not be reached: ${error.message || error.code || 'no reason given'}.`,
  );
}
