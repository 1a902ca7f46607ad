import type { Dirent } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { invalid } from '../command/failure.ts';

/** A file to scan; `chart` is the folder of the Helm chart whose template it is, `root` that of the chart which depends on it, or the same. */
export interface ManifestPath {
  readonly path: string;
  readonly chart?: string;
  readonly root?: string;
  /** True when a user named the file itself, not only its folder. */
  readonly named?: boolean;
  /** The named folder that contains it. */
  readonly under?: string;
}

/** The files and folders below the named paths. */
interface Found {
  readonly files: ManifestPath[];
  /** Folders of charts that no other chart depends on. */
  readonly charts: string[];
  /** Folders that could not be opened, and links that lead nowhere or to folders. */
  readonly problems: { readonly path: string; readonly problem: string }[];
  /** Folders that were not entered: those of third parties, and links. */
  readonly leftOut: string[];
}

const MANIFEST = /\.(?:ya?ml|json|jsonl|ndjson)$/i;
/** Folders with files of third parties, or with files that are never applied. */
const LEFT_OUT = new Set(['.git', 'node_modules', '.terraform', '.terragrunt-cache', '.venv', 'vendor']);

/** @throws Failure (2) naming every path that does not exist. */
export async function checkNamed(paths: readonly string[]): Promise<void> {
  const missing: string[] = [];
  for (const path of paths) {
    if (path === '-') continue;
    await stat(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'EACCES') missing.push(`liftlock: ${path} may not be read by you.`);
      else missing.push(`liftlock: there is no file or folder ${path}.`);
    });
  }
  if (missing.length > 0) throw invalid(missing.join('\n'));
}

/**
 * Files below the named paths, sorted by name. Links to files are read, as Kubernetes itself mounts ConfigMaps by them; links to folders are not
 * followed, since they may form a cycle. A file that is named itself is read whatever its name.
 */
export async function manifestPaths(paths: readonly string[]): Promise<Found> {
  const found: Found = { files: [], charts: [], problems: [], leftOut: [] };
  for (const path of paths) {
    if ((await stat(path)).isDirectory()) {
      const files: ManifestPath[] = [];
      await walk(path, undefined, { ...found, files });
      for (const file of files) found.files.push({ ...file, under: path });
    } else found.files.push({ path, named: true });
  }
  return found;
}

interface Chart {
  readonly folder: string;
  readonly root: string;
  readonly templates: boolean;
}

async function walk(folder: string, outer: Chart | undefined, found: Found): Promise<void> {
  const entries = await entriesOf(folder, found);
  const isChart = entries.some(({ name }) => name === 'Chart.yaml');
  // A chart in the folder `charts` of another one is rendered with it.
  const isRoot = outer === undefined || dirname(folder) !== join(outer.folder, 'charts');
  if (isChart && isRoot) found.charts.push(folder);
  const chart = isChart ? { folder, root: isRoot ? folder : outer.root, templates: false } : outer;
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (LEFT_OUT.has(entry.name)) {
        if (entry.name !== '.git') found.leftOut.push(path);
        continue;
      }
      const inTemplates =
        chart !== undefined && (chart.templates || (entry.name === 'templates' && chart.folder === folder));
      await walk(path, chart === undefined ? undefined : { ...chart, templates: inTemplates }, found);
    } else if (entry.isSymbolicLink() ? await isManifestLink(path, found) : entry.isFile() && MANIFEST.test(entry.name))
      found.files.push(chart?.templates === true ? { path, chart: chart.folder, root: chart.root } : { path });
  }
}

async function entriesOf(folder: string, found: Found): Promise<Dirent[]> {
  try {
    return (await readdir(folder, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const why = code === 'EACCES' ? 'you may not open it' : `it cannot be opened (${code ?? 'unknown error'})`;
    found.problems.push({ path: folder, problem: `The folder was not read: ${why}.` });
    return [];
  }
}

async function isManifestLink(path: string, found: Found): Promise<boolean> {
  const target = await stat(path).catch(() => undefined);
  if (target === undefined && MANIFEST.test(path))
    found.problems.push({ path, problem: 'It was not read: the link leads nowhere.' });
  if (target?.isDirectory() === true) found.leftOut.push(path);
  return target?.isFile() === true && MANIFEST.test(path);
}
