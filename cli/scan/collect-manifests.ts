import { isUtf8 } from 'node:buffer';
import fs from 'node:fs';
import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import type { Observation } from '../../core/scan/judge/observation.ts';
import { MAX_FILE_SIZE } from '../../core/scan/manifest/limits.ts';
import { observeTemplate } from '../../core/scan/manifest/observe-template.ts';
import { scanText } from '../../core/scan/manifest/scan-text.ts';
import { isTemplateText } from '../../core/scan/manifest/template-text.ts';
import type { Coverage } from '../../core/scan/report/report-schema.ts';
import type { Io } from '../io.ts';
import { counted, some } from '../output/print.ts';
import { type ManifestPath, manifestPaths } from './manifest-paths.ts';
import { Progress } from './progress.ts';
import type { Collected } from './scan-options.ts';

/** Reads what a person named, one file after the other. One that cannot be read is a gap, and costs nothing but itself. */
export async function collectManifests(io: Io, named: readonly string[]): Promise<Collected> {
  const { files, problems, leftOut } = await manifestPaths(named.filter((path) => path !== '-'));
  const paths: ManifestPath[] = [...(named.includes('-') ? [{ path: '-', named: true }] : []), ...files];
  const observations: Observation[] = [];
  const tally = new Tally();
  for (const { path, problem } of problems) tally.gap(path, problem);
  if (leftOut.length > 0) tally.leaveOut(leftOut);
  const progress = new Progress(io);
  const { interrupted } = io;
  let done = 0;
  for (const file of paths) {
    if (interrupted.aborted) break;
    progress.tell(() => `Scanned ${done} of ${paths.length} files, ${observations.length} observations so far.`);
    const read = file.path === '-' ? await readStream(io.stdinChunks(), interrupted) : readTextFile(file.path);
    done += 1;
    // Now and then the rest of the process has its turn: a person may have pressed Ctrl-C.
    if (done % FILES_AT_ONCE === 0) await setImmediate();
    if ('problem' in read) tally.gap(wordsOf(file.path), `It was not read: ${read.problem}.`);
    else if (file.chart !== undefined && isTemplateText(read.text)) {
      tally.template(file.chart);
      observations.push(...observeTemplate(file.path, read.text));
    } else if (file.named !== true && !read.text.includes('apiVersion')) tally.other();
    else if (read.stray !== undefined) tally.gap(`${wordsOf(file.path)}:${read.stray}`, NOT_UTF8);
    else {
      const scan = scanText(file.path, read.text);
      observations.push(...scan.observations);
      tally.add(scan.coverage);
    }
  }
  const left = paths.length - done;
  if (left > 0) tally.gap(counted(left, 'file'), 'The scan was interrupted before they were read.');
  // A shell makes thousands of paths of one asterisk.
  const subject = some(named.map(wordsOf));
  if (paths.length === 0 && problems.length === 0) tally.gap(subject, 'There is no YAML or JSON file in it.');
  return { subject, clusters: [], observations, coverage: tally.coverage(subject), interrupted: interrupted.aborted };
}

const FILES_AT_ONCE = 100;

const wordsOf = (path: string): string => (path === '-' ? 'standard input' : path);

/** Coverage of many files: what was read is counted, every gap is named. */
class Tally {
  readonly #gaps: Coverage[] = [];
  readonly #templates = new Map<string, number>();
  #files = 0;
  #objects = 0;
  #others = 0;
  readonly #notes: string[] = [];

  add(coverage: readonly Coverage[]): void {
    this.#files += 1;
    for (const entry of coverage) {
      if (entry.status === 'read') {
        this.#objects += entry.count;
        if (entry.detail !== '' && this.#notes.length < MOST_NOTES) this.#notes.push(`${entry.what}: ${entry.detail}`);
      } else if (entry.status === 'skipped') this.#others += 1;
      else this.#gaps.push(entry);
    }
  }

  /** A file that lies beside manifests and is none: it need not even be YAML or JSON. */
  other(): void {
    this.#files += 1;
    this.#others += 1;
  }

  gap(what: string, detail: string): void {
    this.#gaps.push({ what, source: 'manifest', status: 'error', detail, count: 0 });
  }

  /** Folders that nobody looked into, by name. */
  leaveOut(folders: readonly string[]): void {
    const detail =
      'Folders of other people’s files and links to folders are not entered. Name them to have them scanned.';
    this.#gaps.push({ what: some(folders), source: 'manifest', status: 'skipped', detail, count: 0 });
  }

  template(chart: string): void {
    this.#templates.set(chart, (this.#templates.get(chart) ?? 0) + 1);
  }

  coverage(subject: string): Coverage[] {
    const templates = [...this.#templates].map(([chart, count]): Coverage => {
      const render = `helm template ${chart} | liftlock scan --manifests -`;
      const were = count === 1 ? 'template of it was' : 'of its templates were';
      const detail = `${count} ${were} not rendered: say --render, or pipe them: ${render}`;
      return { what: `chart ${chart}`, source: 'manifest', status: 'not-rendered', detail, count: 0 };
    });
    const detail = [`${counted(this.#files, 'file')}.`, ...this.#notes].join(' ');
    const read: Coverage = { what: subject, source: 'manifest', status: 'read', detail, count: this.#objects };
    const others: Coverage = {
      what: `files without Kubernetes objects in ${subject}`,
      source: 'manifest',
      status: 'skipped',
      detail: `${counted(this.#others, 'file')} ${this.#others === 1 ? 'has' : 'have'} no document with an apiVersion and a kind.`,
      count: this.#others,
    };
    // An empty pipe and a wrong path must not look like a fleet without problems.
    if (this.#objects === 0 && templates.length === 0 && this.#gaps.every(({ status }) => status === 'skipped'))
      this.gap(subject, 'No Kubernetes object was found in it. Is this what was meant?');
    return [read, ...(this.#others === 0 ? [] : [others]), ...templates, ...this.#gaps];
  }
}

const MOST_NOTES = 20;

/** `stray`: line and column of a byte that is not UTF-8. */
type ReadText = { readonly text: string; readonly stray?: string } | { readonly problem: string };

const NOT_UTF8 =
  'It was not read: a byte there is not UTF-8, and kubectl takes nothing else. Convert it: iconv -f ISO-8859-1 -t UTF-8.';

/** What is asked of the file system. */
interface Files {
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

/** UTF-8, or UTF-16 where a byte order mark says so: what PowerShell writes for `>`. */
function decode(bytes: Buffer): string {
  if (!isUtf16(bytes)) return bytes.toString('utf8');
  return new TextDecoder(bytes[0] === 0xff ? 'utf-16le' : 'utf-16be').decode(bytes);
}

const isUtf16 = ([first, second]: Buffer): boolean =>
  (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
