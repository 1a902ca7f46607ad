import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { shellWord } from '../../core/model/shell-word.ts';
import { counted, some } from '../../core/model/words.ts';
import type { Observation } from '../../core/scan/judge/observation.ts';
import type { KindList } from '../../core/scan/listed/kind-list.ts';
import { mappingOf, mappingsOf, textOf } from '../../core/scan/manifest/manifest-object.ts';
import { observeTemplate } from '../../core/scan/manifest/observe-template.ts';
import { parseDocument } from '../../core/scan/manifest/parse-document.ts';
import { scanText, type TextScan } from '../../core/scan/manifest/scan-text.ts';
import { isTemplateText } from '../../core/scan/manifest/template-text.ts';
import { readOf, unreadOf } from '../../core/scan/report/coverage.ts';
import type { Coverage } from '../../core/scan/report/report-schema.ts';
import type { Io } from '../command/io.ts';
import { Progress } from '../output/progress.ts';
import { type ManifestPath, manifestPaths } from './manifest-paths.ts';
import { readStream, readTextFile } from './read-text.ts';
import type { Collected } from './scan-options.ts';

/** Scans the rendered templates of a chart, or says why they could not be rendered. */
export type RenderChart = (chart: string) => Promise<TextScan | { readonly problem: string }>;

/** Reads the named files, one after the other. A file that cannot be read is a gap and does not affect the others. */
export async function collectManifests(
  io: Io,
  named: readonly string[],
  { render, lists = [] }: { readonly render?: RenderChart; readonly lists?: readonly KindList[] } = {},
): Promise<Collected> {
  const { files, charts, problems, leftOut } = await manifestPaths(named.filter((path) => path !== '-'));
  const paths: ManifestPath[] = [...(named.includes('-') ? [{ path: '-', named: true }] : []), ...files];
  const observations: Observation[] = [];
  const tally = new Tally();
  for (const { path, problem } of problems) tally.gap(path, problem);
  if (leftOut.length > 0) tally.leaveOut(leftOut);
  const progress = new Progress(io);
  const { interrupted } = io;
  const rendered = new Set<string>();
  for (const chart of charts) {
    if (interrupted.aborted) break;
    if (render === undefined) {
      const absent = absentCharts(chart, charts);
      if (absent.length > 0) tally.dependsOn(chart, absent);
      continue;
    }
    progress.tell(() => `Rendering ${chart}.`);
    const read = await render(chart);
    if ('problem' in read) tally.gap(`chart ${chart}`, read.problem);
    else {
      rendered.add(chart);
      observations.push(...read.observations);
      tally.add(read.coverage);
    }
  }
  let done = 0;
  const isRendered = ({ root }: ManifestPath) => root !== undefined && rendered.has(root);
  const unread = paths.filter((file) => !isRendered(file));
  const answered = new Set([...rendered, ...paths.filter(isRendered).map(nameOf)]);
  for (const file of unread) {
    if (interrupted.aborted) break;
    const before = tally.found;
    progress.tell(() => `Scanned ${done} of ${unread.length} files, ${observations.length} observations so far.`);
    const read = file.path === '-' ? await readStream(io.stdinChunks(), interrupted) : readTextFile(file.path);
    done += 1;
    // The event loop gets a turn now and then, because a user may have pressed Ctrl-C.
    if (done % FILES_AT_ONCE === 0) await setImmediate();
    if ('problem' in read) tally.gap(wordsOf(file.path), `It was not read: ${read.problem}.`);
    else if (file.chart !== undefined && isTemplateText(read.text)) {
      tally.template(file.chart);
      observations.push(...observeTemplate(file.path, read.text, { lists }));
    } else if (file.named !== true && !read.text.includes('apiVersion')) tally.other();
    else if (read.stray !== undefined) tally.gap(`${wordsOf(file.path)}:${read.stray}`, NOT_UTF8);
    else {
      const scan = scanText(file.path, read.text, lists);
      observations.push(...scan.observations);
      tally.add(scan.coverage);
    }
    const isBeside = file.named === true && 'text' in read && CONTENT.test(read.text);
    if (tally.found > before || isBeside) answered.add(nameOf(file));
  }
  const left = unread.length - done;
  if (left > 0) tally.gap(counted(left, 'file'), 'The scan was interrupted before they were read.');
  // A shell turns one asterisk into thousands of paths.
  const subject = some(named.map(wordsOf));
  const filled = new Set(paths.map(nameOf));
  for (const path of interrupted.aborted || problems.length > 0 ? [] : named)
    if (!answered.has(path))
      tally.gap(wordsOf(path), filled.has(path) ? NO_OBJECT : 'There is no YAML or JSON file in it.');
  return { subject, clusters: [], observations, coverage: tally.coverage(subject), interrupted: interrupted.aborted };
}

const FILES_AT_ONCE = 100;

/** The path that a user named: the file itself, or its folder. */
const nameOf = ({ path, under = path }: ManifestPath): string => under;

/** A line with content. An asterisk of a shell also names files that are no manifests, and those are not empty. */
const CONTENT = /^(?!\s*(?:#|---\s*$|$))/m;

const wordsOf = (path: string): string => (path === '-' ? 'standard input' : path);

/** The charts that the chart depends on whose templates are neither in its folder `charts` nor among those that are scanned. */
function absentCharts(chart: string, scanned: readonly string[]): string[] {
  // Charts for Helm 2 have a file of their own for it.
  const named = ['Chart.yaml', 'requirements.yaml'].flatMap((name) => {
    const read = readTextFile(join(chart, name));
    if (!('text' in read)) return [];
    const parsed = parseDocument(read.text);
    return 'value' in parsed ? mappingsOf(mappingOf(parsed.value).dependencies) : [];
  });
  return named.flatMap(({ name, repository }) => {
    const [own, from] = [textOf(name), textOf(repository)];
    if (own === undefined || existsSync(join(chart, 'charts', own, 'Chart.yaml'))) return [];
    const beside = from?.startsWith('file://') ? resolve(chart, from.slice('file://'.length)) : undefined;
    return scanned.some((one) => resolve(one) === beside) ? [] : [own];
  });
}

/** Coverage of many files: files that were read are counted, every gap is named. */
class Tally {
  readonly #gaps: Coverage[] = [];
  readonly #templates = new Map<string, number>();
  #files = 0;
  #objects = 0;
  #others = 0;
  readonly #notes: string[] = [];

  /** Number of objects found, plus the parts that are reported as unread. */
  get found(): number {
    return this.#objects + this.#gaps.length + this.#templates.size;
  }

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

  /** A file beside manifests that is none; it need not be YAML or JSON. */
  other(): void {
    this.#files += 1;
    this.#others += 1;
  }

  gap(what: string, detail: string): void {
    this.#gaps.push(unreadOf(what, 'manifest', 'error', detail));
  }

  /** Folders that were not entered, by name. */
  leaveOut(folders: readonly string[]): void {
    const detail =
      'Folders of other people’s files and links to folders are not entered. Name them to have them scanned.';
    this.#gaps.push(unreadOf(some(folders), 'manifest', 'skipped', detail));
  }

  /** A chart that installs others, which are not here, or are packed. */
  dependsOn(chart: string, others: readonly string[]): void {
    const render = `helm dependency build ${shellWord(chart)} && ${renderedScan(chart)}`;
    const detail = `It installs ${some(others, 5)} too, whose templates were not read: say --render, or pipe them: ${render}`;
    this.#gaps.push(unreadOf(`charts that ${chart} depends on`, 'manifest', 'not-rendered', detail));
  }

  template(chart: string): void {
    this.#templates.set(chart, (this.#templates.get(chart) ?? 0) + 1);
  }

  coverage(subject: string): Coverage[] {
    const templates = [...this.#templates].map(([chart, count]) => {
      const were = count === 1 ? 'template of it was' : 'of its templates were';
      const detail = `${count} ${were} not rendered: say --render, or pipe them: ${renderedScan(chart)}`;
      return unreadOf(`chart ${chart}`, 'manifest', 'not-rendered', detail);
    });
    const detail = [`${counted(this.#files, 'file')}.`, ...this.#notes].join(' ');
    const read = readOf(subject, 'manifest', this.#objects, detail);
    const others: Coverage = {
      what: `files without Kubernetes objects in ${subject}`,
      source: 'manifest',
      status: 'skipped',
      detail: `${counted(this.#others, 'file')} ${this.#others === 1 ? 'has' : 'have'} no document with an apiVersion and a kind.`,
      count: this.#others,
    };
    // An empty pipe or a wrong path must not look like a fleet without problems.
    if (this.#objects === 0 && templates.length === 0 && this.#gaps.every(({ status }) => status === 'skipped'))
      this.gap(subject, NO_OBJECT);
    return [read, ...(this.#others === 0 ? [] : [others]), ...templates, ...this.#gaps];
  }
}

/** The names of folders are those of whoever wrote what is scanned. */
const renderedScan = (chart: string): string => `helm template ${shellWord(chart)} | liftlock scan --manifests -`;

const MOST_NOTES = 20;
const NO_OBJECT = 'No Kubernetes object was found in it. Is this what was meant?';

const NOT_UTF8 =
  'It was not read: a byte there is not UTF-8, and kubectl takes nothing else. Convert it: iconv -f ISO-8859-1 -t UTF-8.';
