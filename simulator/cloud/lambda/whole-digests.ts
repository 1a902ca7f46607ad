import type { BinaryToTextEncoding, Encoding } from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { type HmacKey, hmac, hmacKey, sha256 } from '../../wire/hmac.ts';

type Text = Uint8Array | string;

/** As much of node:crypto's Hash as the SDK uses: what is hashed is remembered, and hashed at once at the end. */
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

/** As much of node:crypto's Hmac as the SDK uses. */
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

/** Gives SHA-256 to functions in one call for each digest. Everything else, and whoever is no function, has Node's own. */
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
