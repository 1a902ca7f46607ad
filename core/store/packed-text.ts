import { fromBase64, gunzip, gzip, toBase64 } from '../encoding/bytes.ts';

/** Base64 characters in one item: a table's item holds 400 KiB, keys and the rest included. */
const PART_CHARACTERS = 300_000;

/** Characters of a text that is kept as it is: packing takes longer than it saves where DynamoDB counts whole kilobytes. */
const PLAIN_CHARACTERS = 4_000;

/** What gzip begins with, in base64. */
const isPacked = (part: string): boolean => part.startsWith('H4sI');

/** Text as parts that each fit into one item: a short one as it is, any other as gzip in base64. */
export async function packText(text: string): Promise<string[]> {
  if (text.length <= PLAIN_CHARACTERS && !isPacked(text)) return [text];
  const packed = toBase64(await gzip(text));
  const parts: string[] = [];
  for (let at = 0; at < packed.length; at += PART_CHARACTERS) parts.push(packed.slice(at, at + PART_CHARACTERS));
  return parts;
}

/** @throws when the parts are not those of one text. */
export async function unpackText(parts: readonly string[]): Promise<string> {
  const [only = ''] = parts;
  if (parts.length === 1 && !isPacked(only)) return only;
  return new TextDecoder().decode(await gunzip(fromBase64(parts.join(''))));
}
