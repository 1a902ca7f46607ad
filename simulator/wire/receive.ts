import type { IncomingMessage } from 'node:http';
import type { HttpRequest } from './http-message.ts';

/**
 * Reads a request to its end. Undefined when its body is longer than the limit; the rest is read nevertheless and dropped, since clients read the
 * answer only after they have sent everything.
 */
export async function receive(message: IncomingMessage, limit: number): Promise<HttpRequest | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length <= limit) chunks.push(chunk);
    else chunks.length = 0;
  }
  if (length > limit) return undefined;
  return {
    method: message.method ?? 'GET',
    target: message.url ?? '/',
    headers: headersOf(message),
    body: chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks),
  };
}

/** From the raw list: Node drops duplicates of some headers, and signatures cover all of them. */
export function headersOf({ rawHeaders }: IncomingMessage): Readonly<Record<string, string>> {
  const headers: Record<string, string> = Object.create(null);
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const name = (rawHeaders[index] ?? '').toLowerCase();
    const value = rawHeaders[index + 1] ?? '';
    const before = headers[name];
    headers[name] = before === undefined ? value : `${before},${value}`;
  }
  return headers;
}
