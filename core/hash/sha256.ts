import { sha256 } from '@noble/hashes/sha2.js';
import { bytesToHex, utf8ToBytes } from '@noble/hashes/utils.js';

/** What every hash begins with, and what it is made in: making them anew takes as long as hashing a short text. */
const begun = sha256.create();
const hasher = sha256.create();
const digest = new Uint8Array(sha256.outputLen);
const bytes = new Uint8Array(16 * 1024);
const encoder = new TextEncoder();

/** SHA-256 of the text's UTF-8 bytes: 64 lower-case hexadecimal digits. A pure library, since core has no `node:*`. */
export function sha256Hex(text: string): string {
  begun._cloneInto(hasher);
  hasher.update(encoded(text)).digestInto(digest);
  return bytesToHex(digest);
}

/** One UTF-16 unit is at most three bytes. */
const encoded = (text: string): Uint8Array =>
  text.length * 3 > bytes.length ? utf8ToBytes(text) : bytes.subarray(0, encoder.encodeInto(text, bytes).written);
