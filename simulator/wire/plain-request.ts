import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { AwsFault } from './aws-call.ts';
import type { PlainRequest } from './dialect.ts';
import type { HttpRequest } from './http-message.ts';
import { splitTarget } from './query-string.ts';

const unzip = promisify(gunzip);

/** Undoes `content-encoding: gzip`, which the SDK uses for large PutMetricData. Throws faults for broken and for oversized bodies. */
export async function plainRequest(
  { method, target, headers, body }: HttpRequest,
  limit: number,
): Promise<PlainRequest> {
  const encoding = headers['content-encoding']?.trim().toLowerCase() ?? 'identity';
  const plain = encoding === 'identity' || body.length === 0 ? body : await decode(body, encoding, limit);
  return { method, headers, body: plain.toString('utf8'), ...splitTarget(target) };
}

async function decode(body: Buffer, encoding: string, limit: number): Promise<Buffer> {
  if (encoding !== 'gzip')
    throw new AwsFault('SerializationException', `content-encoding ${encoding} is not supported`);
  try {
    return await unzip(body, { maxOutputLength: limit });
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE') throw tooLarge(limit);
    throw new AwsFault('SerializationException', 'the body is not what content-encoding says');
  }
}

export const tooLarge = (limit: number): AwsFault =>
  new AwsFault('RequestEntityTooLargeException', `The request body is longer than ${limit} bytes`);
