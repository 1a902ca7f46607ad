import { gunzipSync, gzipSync } from 'node:zlib';

/** Unpacks gzip. @throws when it is none, or unpacks to more than `most` bytes: a bomb. */
export const gunzip = (bytes: Uint8Array, most?: number): Uint8Array =>
  gunzipSync(bytes, most === undefined ? {} : { maxOutputLength: most });

export const gzip = (text: string): Uint8Array => gzipSync(text);

/** Letters that `String.fromCharCode` takes at once. */
const LETTERS = 8_192;

export function toBase64(bytes: Uint8Array): string {
  let letters = '';
  for (let at = 0; at < bytes.length; at += LETTERS)
    letters += String.fromCharCode(...bytes.subarray(at, at + LETTERS));
  return btoa(letters);
}

/** @throws when it is none. */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
}
