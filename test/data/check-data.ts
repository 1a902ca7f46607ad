import type { DataTables } from '../../core/scan/data/data-tables.ts';
import { checkControllers } from './check-controllers.ts';
import { checkDuplicates } from './check-duplicates.ts';
import { checkGroups } from './check-groups.ts';
import { checkOrder } from './check-order.ts';
import { checkReplacements } from './check-replacements.ts';
import { checkRules } from './check-rules.ts';
import { checkShape } from './check-shape.ts';
import { checkSources } from './check-sources.ts';
import type { DataProblem } from './problem.ts';

const checks = [
  checkOrder,
  checkDuplicates,
  checkGroups,
  checkReplacements,
  checkSources,
  checkRules,
  checkControllers,
];

/**
 * Everything that is wrong with the tables, the worst first: where an entry has not even the shape of its type, that is all that is said,
 * since the other checks read fields. Empty when the data is sound. `npm run data:check` prints it.
 */
export function checkData(tables: DataTables): DataProblem[] {
  const misshapen = checkShape(tables);
  return misshapen.length > 0 ? misshapen : checks.flatMap((check) => check(tables));
}
