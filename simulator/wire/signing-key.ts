import { createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import type { CredentialScope } from './signature.ts';

const keys = new Map<string, KeyObject>();
const MOST_KEYS = 1000;

/** The key of Signature Version 4 for one day, Region and service. Kept, since making it costs four times what a signature costs. */
export function signingKey(secretAccessKey: string, { date, region, service }: CredentialScope): KeyObject {
  const name = [secretAccessKey, date, region, service].join('\n');
  const known = keys.get(name);
  if (known !== undefined) return known;
  if (keys.size >= MOST_KEYS) keys.clear();
  const parts = [date, region, service, 'aws4_request'];
  const key = createSecretKey(
    parts.reduce<Buffer>(
      (so, part) => createHmac('sha256', so).update(part).digest(),
      Buffer.from(`AWS4${secretAccessKey}`),
    ),
  );
  keys.set(name, key);
  return key;
}
