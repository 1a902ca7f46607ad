import fs from 'node:fs';
import { Readable } from 'node:stream';
import { MAX_FILE_SIZE } from '../../core/scan/manifest/limits.ts';

export type ReadText = { readonly text: string } | { readonly problem: string };

/** What is asked of the file system. */
export interface Files {
  readonly statSync: (path: string) => { readonly size: number };
  readonly readFileSync: (path: string) => Buffer;
}

const TOO_LARGE = `it is larger than ${MAX_FILE_SIZE / 1024 / 1024} MiB; split it`;

/**
 * A file's text, or why there is none. What is too large is not read at all. Reads at once: for ten thousand small files the way through
 * the thread pool takes longer than the reading.
 */
export function readTextFile(path: string, { statSync, readFileSync }: Files = fs): ReadText {
  try {
    if (statSync(path).size > MAX_FILE_SIZE) return { problem: TOO_LARGE };
    return textOf(readFileSync(path));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return { problem: code === 'EACCES' ? 'you may not read it' : `it cannot be read (${code ?? 'unknown error'})` };
  }
}

/** Reads to the end, or until it is too much or a person has had enough: a pipe may never end. */
export async function readStream(stream: AsyncIterable<Buffer | string>, interrupted: AbortSignal): Promise<ReadText> {
  const chunks: Buffer[] = [];
  let size = 0;
  const iterator = stream[Symbol.asyncIterator]();
  const stopped = new Promise<'stopped'>((resolve) => {
    if (interrupted.aborted) resolve('stopped');
    interrupted.addEventListener('abort', () => resolve('stopped'), { once: true });
  });
  for (;;) {
    const next = await Promise.race([iterator.next(), stopped]);
    if (next === 'stopped') {
      // A pipe that is waited for would keep the process.
      if (stream instanceof Readable) stream.destroy();
      return { problem: 'the scan was interrupted' };
    }
    if (next.done === true) break;
    const bytes = typeof next.value === 'string' ? Buffer.from(next.value) : next.value;
    size += bytes.length;
    if (size > MAX_FILE_SIZE) {
      // Whoever writes on is told by a closed pipe, not by waiting for ever.
      await iterator.return?.();
      return { problem: TOO_LARGE };
    }
    chunks.push(bytes);
  }
  return textOf(Buffer.concat(chunks, size));
}

/** No text has zeros in it: then it is UTF-16 or UTF-32 without a mark, or no text at all. */
function textOf(bytes: Buffer): ReadText {
  const text = decode(bytes);
  return text.includes('\0') ? { problem: 'it is neither UTF-8 nor UTF-16 with a byte order mark' } : { text };
}

/** UTF-8, or UTF-16 where a byte order mark says so: what PowerShell writes for `>`. */
function decode(bytes: Buffer): string {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return new TextDecoder('utf-16le').decode(bytes);
  if (first === 0xfe && second === 0xff) return new TextDecoder('utf-16be').decode(bytes);
  return bytes.toString('utf8');
}
