import { subscribe } from 'node:diagnostics_channel';
import { EventEmitter } from 'node:events';
import type { IncomingMessage, RequestOptions } from 'node:http';
import type { RequestOptions as HttpsOptions } from 'node:https';
import { syncBuiltinESMExports } from 'node:module';
import { Readable } from 'node:stream';
import type { HttpAnswer } from '../../wire/wire-options.ts';
import type { EnvironmentSetup, ServersHere, WorkerRequest } from './worker-messages.ts';

/** The requests of functions that wait for their answers. */
export interface WaitingRequests<Sender> {
  /** It includes requests over the network. */
  readonly areWaiting: (sender: Sender) => boolean;
  /** Ends the request of that number; without an answer it breaks the connection. */
  readonly end: (id: number, answer: HttpAnswer | undefined) => void;
}

export interface RequestsHost<Sender> {
  /** The function whose code runs; undefined for other code. */
  readonly sender: () => Sender | undefined;
  /** The hosts whose requests go to the host; all others use the network. */
  readonly hostsOf: (sender: Sender) => Pick<EnvironmentSetup, 'origin' | 'kubernetes'>;
  readonly send: (sender: Sender, id: number, request: WorkerRequest) => void;
}

/** Node's own client, and undici behind `fetch`, report the beginning and the end of each request. */
const BEGINS = ['http.client.request.start', 'undici:request:create'];
const ENDS = [
  'http.client.response.finish',
  'http.client.request.error',
  'undici:request:trailers',
  'undici:request:error',
];

/**
 * Replaces the network by the host. The SDK sends by `request` of node:http, and Liftlock calls API servers by `get` of node:https. Both pass a
 * request for the sender's hosts to `send` instead of a socket. Any other request is unchanged.
 */
export function watchRequests<Sender>({ sender, hostsOf, send }: RequestsHost<Sender>): WaitingRequests<Sender> {
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
  const https = process.getBuiltinModule('node:https') as unknown as { get: (...given: unknown[]) => unknown };
  const byTls = https.get;
  let last = 0;
  const handTo = (from: Sender, options: RequestOptions): MessageRequest => {
    last += 1;
    const id = last;
    const request = new MessageRequest(options, (message) => {
      sent.set(id, request);
      waiting.set(request, from);
      send(from, id, message);
    });
    request.once('close', () => {
      sent.delete(id);
      waiting.delete(request);
    });
    return request;
  };
  http.request = (...given) => {
    const [options, onResponse] = given as [RequestOptions, (response: IncomingMessage) => void];
    const from = sender();
    const origin = from === undefined ? undefined : hostsOf(from).origin;
    if (from === undefined || origin !== `http://${options.host}:${options.port}`) return byNetwork(...given);
    return handTo(from, options).once('response', onResponse);
  };
  https.get = (...given) => {
    const [address, options] = given as [unknown, HttpsOptions];
    const from = sender();
    const servers = from === undefined ? undefined : hostsOf(from).kubernetes;
    if (from === undefined || servers === undefined || !areAsked(servers, address, options)) return byTls(...given);
    const request = handTo(from, { ...options, path: address });
    request.end();
    return request;
  };
  syncBuiltinESMExports();
  return {
    areWaiting: (from) => [...waiting.values()].includes(from),
    end: (id, answer) => sent.get(id)?.receive(answer),
  };
}

/** A client that trusts another authority, shows a certificate or watches needs a real connection, because TLS decides about it. */
function areAsked(
  { origin, certificateAuthority }: ServersHere,
  address: unknown,
  options: HttpsOptions,
): address is string {
  const { ca, cert, rejectUnauthorized = true, servername } = options;
  if (typeof address !== 'string' || !address.startsWith(`${origin}/`) || /[?&]watch=/.test(address)) return false;
  return rejectUnauthorized && cert === undefined && servername === undefined && String(ca) === certificateAuthority;
}

/** A complete body. The SDK pipes it into a collector, which does not need the streaming of Node. */
class WholeBody extends Readable {
  readonly #bytes: Buffer;
  readonly #breaksOff: boolean;
  #isRead = false;

  constructor(bytes: Buffer, breaksOff: boolean) {
    super();
    this.#bytes = bytes;
    this.#breaksOff = breaksOff;
  }

  override _read(): void {
    // A second read asks for more data, and there is none.
    if (this.#isRead) return;
    this.#isRead = true;
    if (this.#bytes.length > 0) this.push(this.#bytes);
    if (this.#breaksOff) setImmediate(() => this.#breakOff());
    else this.push(null);
  }

  override pipe<To extends NodeJS.WritableStream>(to: To, options?: { readonly end?: boolean }): To {
    if (this.#isRead || this.#breaksOff || options?.end === false) return super.pipe(to, options);
    this.#isRead = true;
    // The end is reported in a later turn, when the receiver listens.
    if (this.#bytes.length > 0) to.end(this.#bytes);
    else to.end();
    return to;
  }

  #breakOff(): void {
    this.emit('aborted');
    this.destroy(Object.assign(new Error('aborted'), { code: 'ECONNRESET' }));
  }
}

/** A connection in the form that clients check: open, and never idle for too long. */
const CONNECTION = Object.assign(new EventEmitter(), {
  connecting: false,
  setKeepAlive: () => {},
  setTimeout: () => {},
  destroy: () => {},
});

/** The part of node:http's ClientRequest that the SDK's handler uses. */
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
    const { timeout } = this.#options;
    if (timeout !== undefined) {
      const late = setTimeout(() => this.emit('timeout'), timeout);
      this.once('close', () => clearTimeout(late));
    }
    const sent = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), String(value)]);
    this.#send({ method: method ?? 'GET', target: path ?? '/', headers: Object.fromEntries(sent), body });
  }

  receive(answer: HttpAnswer | undefined): void {
    if (answer === undefined) {
      this.destroy();
      return;
    }
    const { status: statusCode, headers, body, breaksOff = false } = answer;
    const whole = new WholeBody(Buffer.from(body), breaksOff);
    const response = Object.assign(whole, { statusCode, headers, complete: !breaksOff });
    this.emit('response', response);
    this.#end(() => this.emit('close'));
  }

  /** Aborts with the error of node:http unless another one is given. */
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
