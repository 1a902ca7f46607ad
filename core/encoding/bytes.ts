import { gunzipSync, gzipSync } from 'node:zlib';

/** Unpacks gzip. @throws for other bytes, and when it unpacks to more than `most` bytes, as a decompression bomb does */
export const gunzip = (bytes: Uint8Array, most?: number): Uint8Array =>
  gunzipSync(bytes, most === undefined ? {} : { maxOutputLength: most });

export const gzip = (text: string): Uint8Array => gzipSync(text);

/** How many letters `String.fromCharCode` takes at once. */
const LETTERS = 8_192;

export function toBase64(bytes: Uint8Array): string {
  let letters = '';
  for (let at = 0; at < bytes.length; at += LETTERS)
    letters += String.fromCharCode(...bytes.subarray(at, at + LETTERS));
  return btoa(letters);
}

/** @throws for other texts */
export function fromBase64(text: string): Uint8Array {
  const letters = atob(text);
  const bytes = new Uint8Array(letters.length);
  for (let at = 0; at < letters.length; at += 1) bytes[at] = letters.charCodeAt(at);
  return bytes;
}
