import { type BinaryToTextEncoding, type Encoding, hash } from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';

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

  digest(): Buffer;
  digest(encoding: BinaryToTextEncoding): string;
  digest(encoding?: BinaryToTextEncoding): Buffer | string {
    return digestOf(hashOf(...this.#parts), encoding);
  }
}

const BLOCK = 64;

/** As much of node:crypto's Hmac as the SDK uses. Definition: RFC 2104. */
class WholeHmac {
  readonly #outer: Buffer;
  readonly #inner: WholeHash;

  constructor(key: Text) {
    const given = bytesOf(key);
    const short = given.length > BLOCK ? hashOf(given) : given;
    this.#outer = padded(short, 0x5c);
    this.#inner = new WholeHash([padded(short, 0x36)]);
  }

  update(text: Text, encoding?: Encoding): this {
    this.#inner.update(text, encoding);
    return this;
  }

  digest(): Buffer;
  digest(encoding: BinaryToTextEncoding): string;
  digest(encoding?: BinaryToTextEncoding): Buffer | string {
    return digestOf(hashOf(this.#outer, this.#inner.digest()), encoding);
  }
}

/**
 * Gives SHA-256 to functions in one call for each digest: Node takes 7 µs for an object that hashes bit by bit and 11 µs to find out that the
 * bytes of a key are none of its key objects, and every signed request needs two of each. Everything else, and whoever is no function, has
 * Node's own. `npm run bench -- start-command` shows the difference.
 */
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

const hashOf = (...parts: readonly Buffer[]): Buffer =>
  hash('sha256', parts.length === 1 && parts[0] !== undefined ? parts[0] : Buffer.concat(parts), 'buffer');

const digestOf = (digest: Buffer, encoding: BinaryToTextEncoding | undefined): Buffer | string =>
  encoding === undefined ? digest : digest.toString(encoding);

function padded(key: Buffer, pad: number): Buffer {
  const block = Buffer.allocUnsafe(BLOCK);
  for (let index = 0; index < BLOCK; index += 1) block[index] = (key[index] ?? 0) ^ pad;
  return block;
}
