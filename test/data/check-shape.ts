import type { DataTables } from '../../core/scan/data/data-tables.ts';
import { type DataProblem, kindName } from './problem.ts';
import { shapes } from './shapes.ts';

/** Reports entries that have a field too many, a field too few, or one that holds no such thing. */
export function checkShape(tables: DataTables): DataProblem[] {
  return (Object.keys(shapes) as (keyof typeof shapes)[]).flatMap((table) => {
    const entries: readonly unknown[] = table === 'coverage' ? [tables.coverage] : tables[table];
    return entries.flatMap((entry, index) => {
      const result = shapes[table].safeParse(entry);
      const issues = result.success ? [] : result.error.issues;
      return issues.map(({ path, message }) => ({
        table,
        entry: entryName(entry, index),
        message: path.length === 0 ? message : `${path.join('.')}: ${message}`,
      }));
    });
  });
}

/** What to call an entry of any table in a problem: its id, component or kind, or its place where it has none of them. */
function entryName(entry: unknown, index: number): string {
  if (typeof entry !== 'object' || entry === null) return `entry ${index}`;
  const { id, component, group, version, kind } = entry as Record<string, unknown>;
  if (typeof id === 'string') return id;
  if (typeof group === 'string' && typeof version === 'string') {
    return kindName({ group, version, kind: typeof kind === 'string' ? kind : '' }).trimEnd();
  }
  return typeof component === 'string' ? component : `entry ${index}`;
}
