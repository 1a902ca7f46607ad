import type { ClusterRecord } from '../../eks/state/cluster-record.ts';
import type { User } from '../permissions.ts';
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
