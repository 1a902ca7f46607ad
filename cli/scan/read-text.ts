import { isUtf8 } from 'node:buffer';
import fs from 'node:fs';
import { Readable } from 'node:stream';
import { MAX_FILE_SIZE } from '../../core/scan/manifest/manifest-object.ts';

/** `stray`: line and column of a byte that is not UTF-8. */
type ReadText = { readonly text: string; readonly stray?: string } | { readonly problem: string };

/** The functions of the file system that are used. */
interface Files {
  readonly statSync: (path: string) => { readonly size: number };
  readonly readFileSync: (path: string) => Buffer;
}

const TOO_LARGE = `it is larger than ${MAX_FILE_SIZE / 1024 / 1024} MiB; split it`;

/**
 * A file's text, or why there is none. A file that is too large is not read at all. It reads synchronously: for ten thousand small files the thread
 * pool takes longer than the reading.
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

/** Reads to the end, to the size limit, or until Ctrl-C: a pipe may never end. */
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
      // A pipe that is still open would keep the process running.
      if (stream instanceof Readable) stream.destroy();
      return { problem: 'the scan was interrupted' };
    }
    if (next.done === true) break;
    const bytes = typeof next.value === 'string' ? Buffer.from(next.value) : next.value;
    size += bytes.length;
    if (size > MAX_FILE_SIZE) {
      // A closed pipe ends the writer, which would otherwise wait for ever.
      await iterator.return?.();
      return { problem: TOO_LARGE };
    }
    chunks.push(bytes);
  }
  return textOf(Buffer.concat(chunks, size));
}

/** Text has no zero bytes, so a text with one is UTF-16 or UTF-32 without a mark, or no text at all. */
function textOf(bytes: Buffer): ReadText {
  const text = decode(bytes);
  if (text.includes('\0')) return { problem: 'it is neither UTF-8 nor UTF-16 with a byte order mark' };
  if (!text.includes('\ufffd') || isUtf16(bytes) || isUtf8(bytes)) return { text };
  return { text, stray: strayByte(bytes) };
}

/** `line:column` of the first byte that is not UTF-8. The byte of a line end is never part of another character. */
function strayByte(bytes: Buffer): string {
  let line = 1;
  let begin = 0;
  for (;;) {
    const end = bytes.indexOf(10, begin);
    const part = bytes.subarray(begin, end === -1 ? bytes.length : end);
    if (!isUtf8(part)) return `${line}:${part.toString('utf8').indexOf('\ufffd') + 1}`;
    line += 1;
    begin = end + 1;
  }
}

/** Decodes UTF-8, or UTF-16 with a byte order mark, which PowerShell writes for `>`. */
function decode(bytes: Buffer): string {
  if (!isUtf16(bytes)) return bytes.toString('utf8');
  return new TextDecoder(bytes[0] === 0xff ? 'utf-16le' : 'utf-16be').decode(bytes);
}

const isUtf16 = ([first, second]: Buffer): boolean =>
  (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
