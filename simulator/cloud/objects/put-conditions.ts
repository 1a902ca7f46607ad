import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { AwsFault } from '../../wire/aws-call.ts';
import type { HttpRequest } from '../../wire/http-message.ts';

/** Headers of PutObject that ask for more than is understood here. */
const MORE =
  /^(?:if-match|x-amz-(?:object-lock-|acl|grant-|copy-|server-side-encryption|tagging|storage-class|website-))/;

/**
 * Refuses a put as S3 would for what it says of itself. Sources: conditional-writes, object-lock-managing and checking-object-integrity in the
 * S3 user guide.
 */
export function checkPut({ headers, body }: HttpRequest, { locks }: { readonly locks: boolean }): void {
  const more = Object.keys(headers).find((name) => MORE.test(name));
  if (more !== undefined || (headers['content-encoding'] ?? '').includes('aws-chunked'))
    throw fault('NotImplemented', `${more ?? 'aws-chunked'} is not understood by the local cloud`, 501);
  const condition = headers['if-none-match'];
  if (condition !== undefined && condition !== '*')
    throw fault('NotImplemented', 'A header you provided implies functionality that is not implemented', 501);
  const md5 = headers['content-md5'];
  const checksums = Object.keys(headers).filter((name) => /^x-amz-checksum-(?!type)/.test(name));
  if (locks && md5 === undefined && checksums.length === 0)
    throw fault(
      'InvalidRequest',
      'Content-MD5 OR x-amz-checksum- HTTP header is required for Put Object requests with Object Lock parameters',
      400,
    );
  if (md5 !== undefined && md5 !== createHash('md5').update(body).digest('base64'))
    throw fault('BadDigest', 'The Content-MD5 you specified did not match what we received.', 400);
  const given = headers['x-amz-checksum-crc32'];
  if (given !== undefined && given !== crc32Text(body))
    throw fault('BadDigest', 'The CRC32 you specified did not match the calculated checksum.', 400);
}

function crc32Text(body: Buffer): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32(body));
  return bytes.toString('base64');
}

const fault = (name: string, message: string, status: number) => new AwsFault(name, message, { status });
