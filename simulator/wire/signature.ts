import { hash, timingSafeEqual } from 'node:crypto';
import { compareTexts } from '../../core/model/compare-texts.ts';
import { AwsFault } from './aws-call.ts';
import { type HmacKey, hmac, hmacKey } from './hmac.ts';
import { pairsOf, parseQuery, splitTarget } from './query-string.ts';
import type { HttpRequest } from './wire-options.ts';

/** The signature of a request in Signature Version 4: in its Authorization header, or in its query when presigned. */
export interface Signature {
  readonly algorithm: typeof ALGORITHM;
  readonly place: 'header' | 'query';
  readonly scope: CredentialScope;
  /** In lower case, in the order of the signature. */
  readonly signedHeaders: readonly string[];
  /** In hexadecimal. */
  readonly signature: string;
  /** `20260928T101500Z`. It is compared with no clock, because the local cloud's time is virtual and its clients' is not. */
  readonly amzDate: string;
  /** Seconds, for presigned requests. The caller with the clock checks them. */
  readonly expires?: number;
  readonly sessionToken?: string;
}

interface CredentialScope {
  readonly accessKeyId: string;
  /** `20260928`. */
  readonly date: string;
  readonly region: string;
  readonly service: string;
}

/** A signature that lacks a part, or has one that cannot be read. */
export class IncompleteSignature extends AwsFault {
  constructor(message: string) {
    super('IncompleteSignatureException', message);
  }
}

const ALGORITHM = 'AWS4-HMAC-SHA256';

/**
 * The signature of a request; undefined when it has none of AWS's. Throws IncompleteSignature, also for AWS's other algorithm (the asymmetric one of
 * multi-Region endpoints), which is not supported. Format: "Elements of an AWS API request signature" in the IAM user guide.
 */
export function readSignature({ headers, target }: HttpRequest): Signature | undefined {
  const authorization = headers.authorization;
  if (authorization?.startsWith('AWS4-')) return readHeader(authorization, headers);
  const { query } = splitTarget(target);
  return query.includes('X-Amz-Algorithm=') ? readPresigned(query) : undefined;
}

/** Whether the key made this request's signature, whatever its age. */
export function isSignedBy(request: HttpRequest, signature: Signature, secretAccessKey: string): boolean {
  const canonical = canonicalRequest(request, signature);
  if (canonical === undefined) return false;
  const { date, region, service } = signature.scope;
  const scope = `${date}/${region}/${service}/aws4_request`;
  const signed = [signature.algorithm, signature.amzDate, scope, hash('sha256', canonical)].join('\n');
  const expected = hmac(signingKey(secretAccessKey, signature.scope), Buffer.from(signed));
  const given = Buffer.from(signature.signature, 'hex');
  return given.length === expected.length && timingSafeEqual(given, expected);
}

function readHeader(authorization: string, headers: HttpRequest['headers']): Signature {
  const space = authorization.indexOf(' ');
  const parts = new Map(
    authorization
      .slice(space < 0 ? authorization.length : space)
      .split(',')
      .map((part): [string, string] => {
        const equals = part.indexOf('=');
        return [part.slice(0, equals).trim(), part.slice(equals + 1).trim()];
      }),
  );
  const sessionToken = headers['x-amz-security-token'];
  return signatureOf('header', {
    algorithm: space < 0 ? authorization : authorization.slice(0, space),
    credential: parts.get('Credential'),
    signedHeaders: parts.get('SignedHeaders'),
    signature: parts.get('Signature'),
    amzDate: headers['x-amz-date'] ?? headers.date,
    ...(sessionToken !== undefined && { sessionToken }),
  });
}

function readPresigned(query: string): Signature {
  const parameters = parametersOf(query);
  const first = (name: string) => parameters.get(name)?.[0];
  const expires = first('X-Amz-Expires');
  if (expires !== undefined && !/^\d{1,6}$/.test(expires))
    throw new IncompleteSignature('X-Amz-Expires must be a number of seconds');
  const sessionToken = first('X-Amz-Security-Token');
  const read = signatureOf('query', {
    algorithm: first('X-Amz-Algorithm') ?? '',
    credential: first('X-Amz-Credential'),
    signedHeaders: first('X-Amz-SignedHeaders'),
    signature: first('X-Amz-Signature'),
    amzDate: first('X-Amz-Date'),
    ...(sessionToken !== undefined && { sessionToken }),
  });
  return expires === undefined ? read : { ...read, expires: Number(expires) };
}

function parametersOf(query: string): ReadonlyMap<string, readonly string[]> {
  try {
    return parseQuery(query);
  } catch {
    throw new IncompleteSignature('The query of the request is not properly encoded');
  }
}

interface Parts {
  readonly algorithm: string;
  readonly credential: string | undefined;
  readonly signedHeaders: string | undefined;
  readonly signature: string | undefined;
  readonly amzDate: string | undefined;
  readonly sessionToken?: string;
}

function signatureOf(place: Signature['place'], parts: Parts): Signature {
  const { algorithm, credential, signedHeaders, signature, amzDate, sessionToken } = parts;
  if (algorithm !== ALGORITHM) throw new IncompleteSignature(`${algorithm} is not ${ALGORITHM}`);
  if (!credential) throw lacks('Credential');
  if (!signature) throw lacks('Signature');
  if (!signedHeaders) throw lacks('SignedHeaders');
  if (!amzDate) throw lacks('X-Amz-Date');
  if (!/^\d{8}T\d{6}Z$/.test(amzDate)) throw new IncompleteSignature('Date must be in ISO-8601 basic format');
  const names = signedHeaders.toLowerCase().split(';');
  if (!names.includes('host'))
    throw new IncompleteSignature("'Host' must be a 'SignedHeader' in the AWS Authorization");
  return {
    algorithm,
    place,
    scope: scopeOf(credential, amzDate),
    signedHeaders: names,
    signature,
    amzDate,
    ...(sessionToken !== undefined && { sessionToken }),
  };
}

const lacks = (part: string) => new IncompleteSignature(`Authorization requires '${part}' parameter`);

function scopeOf(credential: string, amzDate: string): CredentialScope {
  const [accessKeyId, date, region, service, terminator, more] = credential.split('/');
  if (!accessKeyId || !date || !region || !service || terminator !== 'aws4_request' || more !== undefined)
    throw new IncompleteSignature('Credential must have five parts: key, date, region, service, aws4_request');
  if (!amzDate.startsWith(date)) throw new IncompleteSignature('Credential should be scoped to the day of X-Amz-Date');
  return { accessKeyId, date, region, service };
}

type Signed = Pick<Signature, 'place' | 'scope' | 'signedHeaders'>;

/**
 * The text that Signature Version 4 signs ("Create a canonical request" in the IAM user guide). Undefined when the request cannot have been signed
 * like that: a signed header is absent, or an escape is broken. Bodies signed in chunks (`STREAMING-…`, only in S3) are not supported: their
 * signatures will not match.
 */
function canonicalRequest(request: HttpRequest, signed: Signed): string | undefined {
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

const keys = new Map<string, HmacKey>();
const MOST_KEYS = 1000;

/** The key of Signature Version 4 for one day, Region and service. It is cached, since making it costs four times as much as a signature. */
function signingKey(secretAccessKey: string, { date, region, service }: CredentialScope): HmacKey {
  const name = [secretAccessKey, date, region, service].join('\n');
  const known = keys.get(name);
  if (known !== undefined) return known;
  if (keys.size >= MOST_KEYS) keys.clear();
  const parts = [date, region, service, 'aws4_request'];
  const key = hmacKey(
    parts.reduce<Buffer>((so, part) => hmac(hmacKey(so), Buffer.from(part)), Buffer.from(`AWS4${secretAccessKey}`)),
  );
  keys.set(name, key);
  return key;
}
