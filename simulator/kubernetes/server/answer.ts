import { StatusError } from '../status-error.ts';

/** An answer over the wire. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly delivery?: Delivery;
}

/** The delivery of an answer, where it is not sent at once and as a whole. */
export interface Delivery {
  /** By this machine's clock. */
  readonly delayMilliseconds?: number;
  /** The connection ends in the middle of the body. */
  readonly breaksOff?: true;
}

/** A continuing answer: a watch. Every chunk is one event with its line feed. */
export interface StreamedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly chunks: (signal: AbortSignal) => AsyncIterable<string>;
}

const shared = { 'cache-control': 'no-cache, private' };

export const json = (status: number, body: object, contentType?: string): Answer =>
  jsonText(status, JSON.stringify(body), contentType);

export function jsonText(status: number, text: string, contentType = 'application/json'): Answer {
  return { status, headers: { ...shared, 'content-type': contentType }, body: `${text}\n` };
}

export function plainText(status: number, body: string): Answer {
  const headers = { 'content-type': 'text/plain; charset=utf-8', 'x-content-type-options': 'nosniff' };
  return { status, headers: { ...shared, ...headers }, body };
}

export function stream(chunks: StreamedAnswer['chunks']): StreamedAnswer {
  return { status: 200, headers: { ...shared, 'content-type': 'application/json' }, chunks };
}

/** The `Status` of a refusal, with its `Retry-After`; any other exception is a fault of this server. */
export function refusal(error: unknown): Answer {
  const said = error instanceof StatusError ? error.status : internalError(error).status;
  const { status, headers, body } = json(said.code, said);
  const seconds = said.details?.retryAfterSeconds ?? 0;
  return { status, headers: seconds > 0 ? { ...headers, 'retry-after': String(seconds) } : headers, body };
}

function internalError(error: unknown): StatusError {
  const said = error instanceof Error ? error.message : String(error);
  const message = `Internal error occurred: ${said}`;
  return new StatusError(500, { reason: 'InternalError', message, details: { causes: [{ message: said }] } });
}
