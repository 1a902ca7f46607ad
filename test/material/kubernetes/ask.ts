import { once } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { text } from 'node:stream/consumers';

export interface Sent {
  /** `undefined` given: none. */
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** Goes out as JSON unless it is bytes. */
  readonly body?: object | Buffer;
}

export interface Reply {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The body as JSON, for `toMatchObject`; undefined where it is none. */
  readonly json: unknown;
}

/** One request over TLS as it is, without a client library between. Rejects where the connection ends without an answer. */
export async function ask(method: string, url: string, authority: string, sent: Sent): Promise<Reply> {
  const { token, body } = sent;
  const bytes = body === undefined || Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
  const call = request(url, {
    method,
    ca: authority,
    agent: false,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(bytes === undefined ? {} : { 'content-type': 'application/json', 'content-length': bytes.length }),
      ...sent.headers,
    },
  });
  call.end(bytes);
  const [response]: [IncomingMessage] = (await once(call, 'response')) as [IncomingMessage];
  const said = await text(response);
  return { status: response.statusCode ?? 0, headers: response.headers, text: said, json: parsed(said) };
}

function parsed(said: string): unknown {
  try {
    return JSON.parse(said);
  } catch {
    return undefined;
  }
}
