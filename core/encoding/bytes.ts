import { gunzipSync, gzipSync } from 'node:zlib';

/** Unpacks gzip. @throws for other bytes, and when it unpacks to more than `most` bytes, as a decompression bomb does */
export const gunzip = (bytes: Uint8Array, most?: number): Uint8Array =>
  gunzipSync(bytes, most === undefined ? {} : { maxOutputLength: most });

/** A text as gzip, in base64. */
export const pack = (text: string): string => gzipSync(text).toString('base64');

/** @throws for other texts */
export function fromBase64(text: string): Uint8Array {
  const letters = atob(text);
  const bytes = new Uint8Array(letters.length);
  for (let at = 0; at < letters.length; at += 1) bytes[at] = letters.charCodeAt(at);
  return bytes;
}
