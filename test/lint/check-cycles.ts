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

/**
 * Reports folders of core that load each other in a circle: neither can be tested, or moved, without the other. Types are
 * left out: they are erased, and a port may well name a contract whose field is typed by another port.
 */
export function checkCycles(files: readonly ImportingFile[]): Finding[] {
  const graph = new Map<string, Map<string, Edge>>();
  for (const file of files) {
    const from = roomOf(file.path);
    if (from === undefined || isTest(file.path)) continue;
    const edges = graph.get(from) ?? new Map<string, Edge>();
    graph.set(from, edges);
    for (const { specifier, line, typeOnly } of file.imports) {
      if (typeOnly) continue;
      const to = roomOf(resolveImport(file.path, specifier) ?? '');
      if (to !== undefined && to !== from && !edges.has(to)) edges.set(to, { to, finding: { file: file.path, line } });
    }
  }
  return [...graph.keys()].sort().flatMap((room) => cycleFrom(room, graph));
}

/** The shortest circle through `start`, told once: at the room that comes first in the alphabet. */
function cycleFrom(start: string, graph: ReadonlyMap<string, ReadonlyMap<string, Edge>>): Finding[] {
  const queue: Edge[][] = [...(graph.get(start)?.values() ?? [])].map((edge) => [edge]);
  const seen = new Set<string>();
  for (let way = queue.shift(); way !== undefined; way = queue.shift()) {
    const last = way.at(-1)?.to ?? start;
    if (last === start) {
      const rooms = [start, ...way.map((edge) => edge.to)];
      const told = rooms.every((room) => start <= room);
      const first = way[0];
      return told && first ? [{ ...first.finding, message: `Folders import in a circle: ${rooms.join(' → ')}.` }] : [];
    }
    if (seen.has(last)) continue;
    seen.add(last);
    for (const edge of graph.get(last)?.values() ?? []) queue.push([...way, edge]);
  }
  return [];
}

function roomOf(path: string): string | undefined {
  return /^core\/[^/]+(?=\/)/.exec(path)?.[0];
}
