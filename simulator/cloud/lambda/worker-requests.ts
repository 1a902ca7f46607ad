import { subscribe } from 'node:diagnostics_channel';
import { EventEmitter } from 'node:events';
import type { IncomingMessage, RequestOptions } from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import { Readable } from 'node:stream';
import type { WorkerAnswer, WorkerRequest } from './worker-messages.ts';

/** The requests of functions that wait for their answers. */
export interface WaitingRequests<Sender> {
  /** Also for one that went by the network. */
  readonly areWaiting: (sender: Sender) => boolean;
  /** Ends the request of that number; without an answer, as a connection that breaks. */
  readonly end: (id: number, answer: WorkerAnswer | undefined) => void;
}

export interface RequestsHost<Sender> {
  /** Whose code runs; undefined = nobody's whose requests matter. */
  readonly sender: () => Sender | undefined;
  /** `http://127.0.0.1:4566`; undefined = everything goes by the network. */
  readonly originOf: (sender: Sender) => string | undefined;
  readonly send: (sender: Sender, id: number, request: WorkerRequest) => void;
}

/** Node's own client, and undici's, which is behind `fetch`, tell of each request and of its end. */
const BEGINS = ['http.client.request.start', 'undici:request:create'];
const ENDS = [
  'http.client.response.finish',
  'http.client.request.error',
  'undici:request:trailers',
  'undici:request:error',
];

/**
 * Puts the host in the place of the network: `request` of node:http, by which the SDK sends, hands what it would write to a socket to `send`
 * when it is for the sender's origin. Anything else goes its usual way.
 */
export function watchRequests<Sender>({ sender, originOf, send }: RequestsHost<Sender>): WaitingRequests<Sender> {
  const waiting = new Map<object, Sender>();
  const sent = new Map<number, MessageRequest>();
  for (const channel of BEGINS)
    subscribe(channel, (message) => {
      const from = sender();
      if (from !== undefined) waiting.set((message as { request: object }).request, from);
    });
  for (const channel of ENDS) subscribe(channel, (message) => waiting.delete((message as { request: object }).request));

  const http = process.getBuiltinModule('node:http') as unknown as { request: (...given: unknown[]) => unknown };
  const byNetwork = http.request;
  let last = 0;
  http.request = (...given) => {
    const [options, onResponse] = given as [RequestOptions, (response: IncomingMessage) => void];
    const from = sender();
    const origin = from === undefined ? undefined : originOf(from);
    if (from === undefined || origin !== `http://${options.host}:${options.port}`) return byNetwork(...given);
    last += 1;
    const id = last;
    const request = new MessageRequest(options, (message) => {
      sent.set(id, request);
      waiting.set(request, from);
      send(from, id, message);
    });
    request.once('response', onResponse);
    request.once('close', () => {
      sent.delete(id);
      waiting.delete(request);
    });
    return request;
  };
  syncBuiltinESMExports();
  return {
    areWaiting: (from) => [...waiting.values()].includes(from),
    end: (id, answer) => sent.get(id)?.receive(answer),
  };
}

/** A body that is all there. The SDK pipes it into a collector: that needs none of what Node's streams do for one that comes bit by bit. */
class WholeBody extends Readable {
  readonly #bytes: Buffer;
  #isRead = false;

  constructor(bytes: Buffer) {
    super();
    this.#bytes = bytes;
  }

  override _read(): void {
    this.#isRead = true;
    if (this.#bytes.length > 0) this.push(this.#bytes);
    this.push(null);
  }

  override pipe<To extends NodeJS.WritableStream>(to: To, options?: { readonly end?: boolean }): To {
    if (this.#isRead || options?.end === false) return super.pipe(to, options);
    this.#isRead = true;
    // Its end is told in a later turn, when whoever pipes has begun to listen.
    if (this.#bytes.length > 0) to.end(this.#bytes);
    else to.end();
    return to;
  }
}

/** A connection as clients look at it: open, and never idle for too long. */
const CONNECTION = Object.assign(new EventEmitter(), {
  connecting: false,
  setKeepAlive: () => {},
  setTimeout: () => {},
  destroy: () => {},
});

/** As much of node:http's ClientRequest as the SDK's handler uses. */
class MessageRequest extends EventEmitter {
  readonly socket = CONNECTION;
  readonly #options: RequestOptions;
  readonly #send: (request: WorkerRequest) => void;
  readonly #chunks: (string | Uint8Array)[] = [];
  #isOver = false;

  constructor(options: RequestOptions, send: (request: WorkerRequest) => void) {
    super();
    this.#options = options;
    this.#send = send;
  }

  write(chunk: string | Uint8Array): boolean {
    this.#chunks.push(chunk);
    return true;
  }

  end(chunk?: string | Uint8Array): void {
    if (chunk !== undefined) this.#chunks.push(chunk);
    const { method, path, headers = {} } = this.#options;
    const [first = '', ...others] = this.#chunks;
    const body = others.length === 0 ? first : Buffer.concat(this.#chunks.map((each) => Buffer.from(each)));
    const sent = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]);
    this.#send({ method: method ?? 'GET', target: path ?? '/', headers: Object.fromEntries(sent), body });
  }

  receive(answer: WorkerAnswer | undefined): void {
    if (answer === undefined) {
      this.destroy();
      return;
    }
    const { status: statusCode, headers, body } = answer;
    const response = Object.assign(new WholeBody(Buffer.from(body)), { statusCode, headers, complete: true });
    this.emit('response', response);
    this.#end(() => this.emit('close'));
  }

  /** Gives up, with the error that node:http has for it unless there is another. */
  destroy(error: Error = Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })): void {
    this.#end(() =>
      process.nextTick(() => {
        this.emit('error', error);
        this.emit('close');
      }),
    );
  }

  #end(tell: () => void): void {
    if (this.#isOver) return;
    this.#isOver = true;
    tell();
  }
}
