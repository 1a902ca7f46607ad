/** Base64 characters in one item: a table's item holds 400 KiB, keys and the rest included. */
const PART_CHARACTERS = 300_000;
/** Letters that `String.fromCharCode` takes at once. */
const LETTERS = 8_192;

/** Text too large for one item as parts that each fit into one: gzip, then base64. */
export async function packText(text: string): Promise<string[]> {
  const packed = toBase64(await through(new Blob([text]), new CompressionStream('gzip')));
  const parts: string[] = [];
  for (let at = 0; at < packed.length; at += PART_CHARACTERS) parts.push(packed.slice(at, at + PART_CHARACTERS));
  return parts;
}

/** @throws when the parts are not those of one text. */
export async function unpackText(parts: readonly string[]): Promise<string> {
  const bytes = Uint8Array.from(atob(parts.join('')), (letter) => letter.charCodeAt(0));
  return new TextDecoder().decode(await through(new Blob([bytes]), new DecompressionStream('gzip')));
}

async function through(
  blob: Blob,
  transform: CompressionStream | DecompressionStream,
): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await new Response(blob.stream().pipeThrough(transform)).arrayBuffer());
}

function toBase64(bytes: Uint8Array): string {
  let letters = '';
  for (let at = 0; at < bytes.length; at += LETTERS)
    letters += String.fromCharCode(...bytes.subarray(at, at + LETTERS));
  return btoa(letters);
}
