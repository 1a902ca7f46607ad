import { hash } from 'node:crypto';

/** A key of HMAC with SHA-256, as it is hashed before and behind each text. */
export interface HmacKey {
  readonly inner: Buffer;
  readonly outer: Buffer;
}

const BLOCK = 64;

export function hmacKey(key: Buffer): HmacKey {
  const short = key.length > BLOCK ? sha256(key) : key;
  return { inner: padded(short, 0x36), outer: padded(short, 0x5c) };
}

/**
 * HMAC with SHA-256 in two calls (definition: RFC 2104): Node takes 3 µs for a streaming object, and 11 µs to find out that the bytes of a key are no
 * key object. Every request is signed and verified. `npm run bench -- start-command` shows the difference.
 */
export const hmac = ({ inner, outer }: HmacKey, ...texts: readonly Buffer[]): Buffer =>
  sha256(outer, sha256(inner, ...texts));

export const sha256 = (...parts: readonly Buffer[]): Buffer =>
  hash('sha256', parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts), 'buffer');

function padded(key: Buffer, pad: number): Buffer {
  const block = Buffer.allocUnsafe(BLOCK);
  for (let index = 0; index < BLOCK; index += 1) block[index] = (key[index] ?? 0) ^ pad;
  return block;
}
