import { fromBase64, gunzip, gzip, toBase64 } from '../encoding/bytes.ts';

/** Base64 characters in one item: a table's item holds 400 KiB, keys and the rest included. */
const PART_CHARACTERS = 300_000;

/** Text too large for one item as parts that each fit into one: gzip, then base64. */
export async function packText(text: string): Promise<string[]> {
  const packed = toBase64(await gzip(text));
  const parts: string[] = [];
  for (let at = 0; at < packed.length; at += PART_CHARACTERS) parts.push(packed.slice(at, at + PART_CHARACTERS));
  return parts;
}

/** @throws when the parts are not those of one text. */
export async function unpackText(parts: readonly string[]): Promise<string> {
  return new TextDecoder().decode(await gunzip(fromBase64(parts.join(''))));
}
