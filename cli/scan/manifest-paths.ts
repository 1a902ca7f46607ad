import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { invalid } from '../failure.ts';

/** A file to scan; `chart` is the folder of the Helm chart whose template it is. */
export interface ManifestPath {
  readonly path: string;
  readonly chart?: string;
  /** A person named the file itself, and did not only mean its folder. */
  readonly named?: boolean;
}

const MANIFEST = /\.(?:ya?ml|json|jsonl|ndjson)$/i;
/** Folders that hold other people's files, or none that anybody applies. */
const LEFT_OUT = new Set(['.git', 'node_modules', '.terraform', '.terragrunt-cache', '.venv', 'vendor']);

/** Files below what a person named, by name. Links are not followed; a file that is named itself is taken whatever its name. */
export async function manifestPaths(paths: readonly string[]): Promise<ManifestPath[]> {
  const found: ManifestPath[] = [];
  for (const path of paths) {
    try {
      if ((await stat(path)).isDirectory()) await walk(path, undefined, found);
      else found.push({ path, named: true });
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') throw invalid(`liftlock: there is no file or folder ${path}.`);
      if (code === 'EACCES') throw invalid(`liftlock: ${path} may not be read by you.`);
      throw error;
    }
  }
  return found;
}

async function walk(folder: string, outer: Chart | undefined, found: ManifestPath[]): Promise<void> {
  const entries = (await readdir(folder, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1));
  const chart = entries.some(({ name }) => name === 'Chart.yaml') ? { folder, templates: false } : outer;
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) {
      if (LEFT_OUT.has(entry.name)) continue;
      const inTemplates =
        chart !== undefined && (chart.templates || (entry.name === 'templates' && chart.folder === folder));
      await walk(path, chart === undefined ? undefined : { ...chart, templates: inTemplates }, found);
    } else if (entry.isFile() && MANIFEST.test(entry.name)) {
      found.push(chart?.templates === true ? { path, chart: chart.folder } : { path });
    }
  }
}

interface Chart {
  readonly folder: string;
  readonly templates: boolean;
}
