import type { DataTables } from '../data-tables.ts';
import { entryName } from './entry-name.ts';
import type { DataProblem } from './problem.ts';
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
