/** `npm run data:check`: says everything that is wrong with the tables of core/scan/data, and exits with 1 when there is something. */

import { tables } from '../../core/scan/data/tables.ts';
import { checkData } from './check-data.ts';

const problems = checkData(tables);
for (const { table, entry, message } of problems) console.error(`${table}: ${entry}: ${message}.`);
const sizes = Object.entries(tables).flatMap(([name, table]) =>
  Array.isArray(table) ? [`${table.length} ${name}`] : [],
);
console.log(`${sizes.join(', ')}. ${problems.length} problems.`);
process.exitCode = problems.length === 0 ? 0 : 1;
