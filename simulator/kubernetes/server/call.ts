import type { ClusterRecord } from '../../eks/state/fake-eks-state.ts';
import type { User } from '../permissions.ts';
import { StatusError } from '../status-error.ts';
import type { Memory } from './histories.ts';
import { protobufType, readProtobuf } from './protobuf/read-protobuf.ts';
import { badRequest, unsupportedMediaType } from './refusals.ts';

/** A request with its whole body. */
export interface ApiRequest {
  readonly method: string;
  /** It has the cluster's prefix until the cluster is known. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

/** An admitted request with its cluster. */
export interface Call extends ApiRequest {
  readonly cluster: ClusterRecord;
  readonly user: User;
  /** Epoch milliseconds of the fake cloud. */
  readonly now: number;
  /** `v1.34.4-eks-b3126f4` */
  readonly gitVersion: string;
  readonly memory: Memory;
  /** Reads a later state of the cluster; for watches. */
  readonly later: <T>(read: (cluster: ClusterRecord, now: number) => T) => Promise<T>;
  readonly pollMilliseconds: number;
}

/** The object in the body. @throws StatusError 415 for another format than JSON or Protocol Buffers, 400 for a body that is no object. */
export function readBody({ headers, body }: ApiRequest): Readonly<Record<string, unknown>> {
  const format = (headers['content-type'] ?? 'application/json').split(';')[0]?.trim() ?? '';
  if (format === protobufType) return readProtobuf(body);
  if (!/^application\/([\w-]+\+)?json$/.test(format)) throw unsupportedMediaType();
  const value = parse(body.toString());
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw badRequest('the body of the request is not a JSON object');
}

/** Whether nothing is to be changed. @throws StatusError 400 for another value than `All`. */
export function isDryRun(query: URLSearchParams, options: { readonly dryRun?: unknown } = {}): boolean {
  const values = [...query.getAll('dryRun'), ...(Array.isArray(options.dryRun) ? options.dryRun : [])];
  if (values.some((value) => value !== 'All' && value !== ''))
    throw badRequest(`Invalid value: ${JSON.stringify(values)}: dryRun: supported values: "All"`);
  return values.includes('All');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw badRequest(`the body of the request is not JSON: ${error instanceof Error ? error.message : ''}`);
  }
}

/** An answer over the wire. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly delivery?: Delivery;
}

/** The delivery of an answer, where it is not sent at once and as a whole. */
interface Delivery {
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
