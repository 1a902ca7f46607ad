import { hash } from 'node:crypto';
import { compareTexts } from '../../core/model/compare-texts.ts';
import type { HttpRequest } from './http-message.ts';
import { pairsOf, splitTarget } from './query-string.ts';
import type { Signature } from './signature.ts';

type Signed = Pick<Signature, 'place' | 'scope' | 'signedHeaders'>;

/**
 * The text that Signature Version 4 signs ("Create a canonical request" in the IAM user guide). Undefined when the request cannot have been signed
 * like that: a signed header is absent, or an escape is broken. Bodies signed in chunks (`STREAMING-…`, only in S3) are not supported: their
 * signatures will not match.
 */
export function canonicalRequest(request: HttpRequest, signed: Signed): string | undefined {
  const { path, query } = splitTarget(request.target);
  const headers = canonicalHeaders(request.headers, signed.signedHeaders);
  if (headers === undefined) return undefined;
  try {
    return [
      request.method,
      signed.scope.service === 's3' ? path : canonicalPath(path),
      canonicalQuery(query, signed.place),
      headers,
      signed.signedHeaders.join(';'),
      payloadHash(request, signed),
    ].join('\n');
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

/** Without empty, `.` and `..` segments, and encoded once more than it was sent; S3 signs its paths as they are. */
function canonicalPath(path: string): string {
  const segments: string[] = [];
  for (const segment of path.split('/')) {
    if (segment === '..') segments.pop();
    else if (segment !== '' && segment !== '.') segments.push(encode(segment));
  }
  return `/${segments.join('/')}${segments.length > 0 && path.endsWith('/') ? '/' : ''}`;
}

function canonicalQuery(query: string, place: Signature['place']): string {
  // A space is signed as %20, "not as +": AWS takes a plus for itself (github.com/curl/curl/issues/20543).
  // Sorted as texts, which equals the order of bytes, because encoded names and values are ASCII.
  return pairsOf(query.replaceAll('+', '%2B'))
    .filter(([name]) => place === 'header' || name !== 'X-Amz-Signature')
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort(([name, value], [otherName, otherValue]) => compareTexts(name, otherName) || compareTexts(value, otherValue))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

function canonicalHeaders(headers: HttpRequest['headers'], names: readonly string[]): string | undefined {
  if (names.some((name) => headers[name] === undefined)) return undefined;
  return names.map((name) => `${name}:${(headers[name] ?? '').trim().replace(/\s+/g, ' ')}\n`).join('');
}

const UNSIGNED = 'UNSIGNED-PAYLOAD';

/** The hash of the received body, whatever hash a header declares. */
function payloadHash({ headers, body }: HttpRequest, { scope, place }: Signed): string {
  const declared = headers['x-amz-content-sha256'];
  const isUnsigned = declared === UNSIGNED || (declared === undefined && scope.service === 's3' && place === 'query');
  return isUnsigned ? UNSIGNED : hash('sha256', body);
}

/** RFC 3986, stricter than `encodeURIComponent`. */
const encode = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (letter) => `%${letter.charCodeAt(0).toString(16).toUpperCase()}`);
