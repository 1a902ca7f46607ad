import { readFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { readRecordings } from './cases.ts';
import { count, type Row, reportLines } from './report.ts';
import { runCase, runInvalid } from './run-case.ts';
import { withEventTypes } from './snapshots.ts';

/** The share of recordings that are not refused and must agree. */
const leastShare = 0.95;

const { positionals, values } = parseArgs({
  allowPositionals: true,
  options: { verbose: { type: 'boolean' }, localstack: { type: 'string' } },
});
const [folder] = positionals;
if (folder === undefined) {
  console.error(
    'Usage: npm run conformance -- <folder with cases.json and invalid.json> [--localstack <clone>] [--verbose]',
  );
  process.exit(2);
}

const { cases, invalid } = readRecordings(folder);
const rows: Row[] = [];
const { localstack } = values;
for (const recorded of localstack === undefined ? cases : withEventTypes(cases, localstack))
  rows.push({ group: recorded.group, name: recorded.name, verdict: await runCase(recorded) });
for (const recorded of invalid) {
  rows.push({ group: 'invalid definitions', name: recorded.name, verdict: runInvalid(recorded) });
}

const floor: { passed: number } = JSON.parse(readFileSync(new URL('floor.json', import.meta.url), 'utf8'));
const { passed, failed } = count(rows);
if (passed < floor.passed) console.log(`fewer agree than before: ${passed} instead of ${floor.passed}`);
for (const line of reportLines(rows, values.verbose ?? false)) console.log(line);
process.exitCode = passed < floor.passed || passed < leastShare * (passed + failed) ? 1 : 0;
