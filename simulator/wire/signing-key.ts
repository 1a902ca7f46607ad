import { type HmacKey, hmac, hmacKey } from './hmac.ts';
import type { CredentialScope } from './signature.ts';

const keys = new Map<string, HmacKey>();
const MOST_KEYS = 1000;

/** The key of Signature Version 4 for one day, Region and service. It is cached, since making it costs four times as much as a signature. */
export function signingKey(secretAccessKey: string, { date, region, service }: CredentialScope): HmacKey {
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
