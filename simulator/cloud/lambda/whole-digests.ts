import type { BinaryToTextEncoding, Encoding } from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { type HmacKey, hmac, hmacKey, sha256 } from '../../wire/hmac.ts';

type Text = Uint8Array | string;

/** The part of node:crypto's Hash that the SDK uses: it collects the input, and hashes it at once at the end. */
class WholeHash {
  readonly #parts: Buffer[];

  constructor(parts: readonly Buffer[] = []) {
    this.#parts = [...parts];
  }

  update(text: Text, encoding?: Encoding): this {
    this.#parts.push(bytesOf(text, encoding));
    return this;
  }

  copy(): WholeHash {
    return new WholeHash(this.#parts);
  }

  digest(encoding?: BinaryToTextEncoding): Buffer | string {
    return digestOf(sha256(...this.#parts), encoding);
  }
}

/** The part of node:crypto's Hmac that the SDK uses. */
class WholeHmac {
  readonly #key: HmacKey;
  readonly #parts: Buffer[] = [];

  constructor(key: Text) {
    this.#key = hmacKey(bytesOf(key));
  }

  update(text: Text, encoding?: Encoding): this {
    this.#parts.push(bytesOf(text, encoding));
    return this;
  }

  digest(encoding?: BinaryToTextEncoding): Buffer | string {
    return digestOf(hmac(this.#key, ...this.#parts), encoding);
  }
}

/** Computes SHA-256 for functions in one call for each digest. Other algorithms, and the host, use Node's own. */
export function digestAtOnce(isFunction: () => boolean): void {
  const crypto = process.getBuiltinModule('node:crypto') as unknown as Record<
    'createHash' | 'createHmac',
    (...given: unknown[]) => unknown
  >;
  const { createHash, createHmac } = crypto;
  crypto.createHash = (algorithm, ...options) =>
    algorithm === 'sha256' && options.length === 0 && isFunction()
      ? new WholeHash()
      : createHash(algorithm, ...options);
  crypto.createHmac = (algorithm, key, ...options) =>
    algorithm === 'sha256' && isText(key) && options.length === 0 && isFunction()
      ? new WholeHmac(key)
      : createHmac(algorithm, key, ...options);
  syncBuiltinESMExports();
}

const isText = (value: unknown): value is Text => typeof value === 'string' || value instanceof Uint8Array;

const bytesOf = (text: Text, encoding?: Encoding): Buffer =>
  typeof text === 'string' ? Buffer.from(text, encoding) : Buffer.from(text.buffer, text.byteOffset, text.byteLength);

const digestOf = (digest: Buffer, encoding: BinaryToTextEncoding | undefined): Buffer | string =>
  encoding === undefined ? digest : digest.toString(encoding);
