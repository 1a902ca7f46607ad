import { resolveImport } from './check-imports.ts';
import { type Finding, isTest } from './finding.ts';
import type { Import } from './imports.ts';

export interface ImportingFile {
  readonly path: string;
  readonly imports: readonly Import[];
}

interface Edge {
  readonly to: string;
  readonly finding: Omit<Finding, 'message'>;
}

/** What a file is part of, where circles are looked for. */
type PartOf = (path: string) => string | undefined;

/** A folder right below core or cli, with all that is in it; what lies in cli itself is one too, which the others may not need. */
const roomOf: PartOf = (path) => /^(?:core|cli)\/[^/]+(?=\/)|^cli(?=\/)/.exec(path)?.[0];
const itself: PartOf = (path) => path;

/**
 * Reports folders of core and cli that load each other in a circle, at once or when something is asked for: neither can be tested, or moved,
 * without the other. Of folders types are left out: a port may well name a contract whose field is typed by another port. Of files they count:
 * nobody can read one of the circle without all the others.
 */
export function checkCycles(files: readonly ImportingFile[]): Finding[] {
  return [...circles(files, roomOf, 'Folders'), ...circles(files, itself, 'Files')];
}

function circles(files: readonly ImportingFile[], partOf: PartOf, parts: 'Folders' | 'Files'): Finding[] {
  const graph = new Map<string, Map<string, Edge>>();
  for (const file of files) {
    const from = partOf(file.path);
    if (from === undefined || isTest(file.path)) continue;
    const edges = graph.get(from) ?? new Map<string, Edge>();
    graph.set(from, edges);
    for (const { specifier, line, typeOnly } of file.imports) {
      if (typeOnly && parts === 'Folders') continue;
      const to = partOf(resolveImport(file.path, specifier) ?? '');
      if (to !== undefined && to !== from && !edges.has(to)) edges.set(to, { to, finding: { file: file.path, line } });
    }
  }
  const found = [...graph.keys()].sort().flatMap((part) => circleFrom(part, graph));
  return found.map(({ finding, way }) => ({ ...finding, message: `${parts} import in a circle: ${way.join(' → ')}.` }));
}

interface Circle {
  readonly way: readonly string[];
  readonly finding: Edge['finding'];
}

/** The shortest circle through `start`, told once: at the part that comes first in the alphabet. */
function circleFrom(start: string, graph: ReadonlyMap<string, ReadonlyMap<string, Edge>>): Circle[] {
  const queue: Edge[][] = [...(graph.get(start)?.values() ?? [])].map((edge) => [edge]);
  const seen = new Set<string>();
  for (let way = queue.shift(); way !== undefined; way = queue.shift()) {
    const last = way.at(-1)?.to ?? start;
    if (last === start) {
      const parts = [start, ...way.map((edge) => edge.to)];
      const told = parts.every((part) => start <= part);
      return told && way[0] ? [{ way: parts, finding: way[0].finding }] : [];
    }
    if (seen.has(last)) continue;
    seen.add(last);
    for (const edge of graph.get(last)?.values() ?? []) queue.push([...way, edge]);
  }
  return [];
}
