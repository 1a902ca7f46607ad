import { subscribe } from 'node:diagnostics_channel';
import { EventEmitter } from 'node:events';
import type { IncomingMessage, RequestOptions } from 'node:http';
import type { RequestOptions as HttpsOptions } from 'node:https';
import { syncBuiltinESMExports } from 'node:module';
import { Readable } from 'node:stream';
import type { HttpAnswer } from '../../wire/http-message.ts';
import type { EnvironmentSetup, ServersHere, WorkerRequest } from './worker-messages.ts';

/** The requests of functions that wait for their answers. */
export interface WaitingRequests<Sender> {
  /** Also for one that went by the network. */
  readonly areWaiting: (sender: Sender) => boolean;
  /** Ends the request of that number; without an answer, as a connection that breaks. */
  readonly end: (id: number, answer: HttpAnswer | undefined) => void;
}

export interface RequestsHost<Sender> {
  /** Whose code runs; undefined = nobody's whose requests matter. */
  readonly sender: () => Sender | undefined;
  /** What goes to the host; anything else goes by the network. */
  readonly hostsOf: (sender: Sender) => Pick<EnvironmentSetup, 'origin' | 'kubernetes'>;
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
 * Puts the host in the place of the network: `request` of node:http, by which the SDK sends, and `get` of node:https, by which Liftlock asks
 * API servers, hand what they would write to a socket to `send` when it is for the sender's hosts. Anything else goes its usual way.
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

/** Who trusts another authority, shows a certificate or watches has a connection: what becomes of that is for TLS to say. */
function areAsked(
  { origin, certificateAuthority }: ServersHere,
  address: unknown,
  options: HttpsOptions,
): address is string {
  const { ca, cert, rejectUnauthorized = true, servername } = options;
  if (typeof address !== 'string' || !address.startsWith(`${origin}/`) || /[?&]watch=/.test(address)) return false;
  return rejectUnauthorized && cert === undefined && servername === undefined && String(ca) === certificateAuthority;
}

/** A body that is all there. The SDK pipes it into a collector: that needs none of what Node's streams do for one that comes bit by bit. */
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
    // Asked again for what is to come, and does not.
    if (this.#isRead) return;
    this.#isRead = true;
    if (this.#bytes.length > 0) this.push(this.#bytes);
    if (this.#breaksOff) setImmediate(() => this.#breakOff());
    else this.push(null);
  }

  override pipe<To extends NodeJS.WritableStream>(to: To, options?: { readonly end?: boolean }): To {
    if (this.#isRead || this.#breaksOff || options?.end === false) return super.pipe(to, options);
    this.#isRead = true;
    // Its end is told in a later turn, when whoever pipes has begun to listen.
    if (this.#bytes.length > 0) to.end(this.#bytes);
    else to.end();
    return to;
  }

  #breakOff(): void {
    this.emit('aborted');
    this.destroy(Object.assign(new Error('aborted'), { code: 'ECONNRESET' }));
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
