import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { type Figure, isOver } from './figure.ts';
import { MEASUREMENT_NAMES, MEASUREMENTS, type MeasurementName } from './measurements.ts';
import { formatFigures } from './table.ts';

/**
 * `npm run bench [-- words of a name] [--date 2026-11-20T08:00:00Z]`: measures, prints a table, and writes `bench/results.json` when
 * everything was measured. Exit code 1 when a limit is exceeded or a measurement fails.
 */
const run = promisify(execFile);
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const { values, positionals } = parseArgs({ allowPositionals: true, options: { date: { type: 'string' } } });
const measuredAt = new Date(values.date ?? Date.now()).toISOString();
const wanted = MEASUREMENT_NAMES.filter(
  (name) => positionals.length === 0 || positionals.some((word) => name.includes(word)),
);
if (wanted.length === 0) {
  console.error(
    `No measurement has ${positionals.join(' or ')} in its name. There are: ${MEASUREMENT_NAMES.join(', ')}`,
  );
  process.exit(2);
}

async function figuresOf(name: MeasurementName): Promise<Figure[]> {
  const options = [...MEASUREMENTS[name], '--disable-warning=ExperimentalWarning', here('measure-one.ts'), name];
  await run(process.execPath, [...options, '--load'], { cwd: here('..') });
  const { stdout } = await run(process.execPath, options, { cwd: here('..'), maxBuffer: 64 * 1024 * 1024 });
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '[]') as Figure[];
}

const measured: { measurement: MeasurementName; figures: Figure[] }[] = [];
const failures: { measurement: MeasurementName; error: string }[] = [];
for (const measurement of wanted) {
  process.stderr.write(`measuring ${measurement} …\n`);
  try {
    measured.push({ measurement, figures: await figuresOf(measurement) });
  } catch (error) {
    failures.push({ measurement, error: error instanceof Error ? error.message : String(error) });
  }
}

const figures = measured.flatMap((one) => one.figures);
console.log(formatFigures(figures));
for (const { measurement, error } of failures) console.log(`FAILED ${measurement}: ${error}`);
const over = figures.filter(isOver);
console.log(`${figures.length} figures, ${over.length} over their limit, ${failures.length} measurements failed.`);
if (wanted.length === MEASUREMENT_NAMES.length) {
  const { platform, arch, version: node } = process;
  const machine = { node, platform, arch, cores: availableParallelism() };
  const results = { measuredAt, ...machine, failures, measurements: measured };
  await writeFile(here('results.json'), `${JSON.stringify(results, undefined, 2)}\n`);
}
if (over.length > 0 || failures.length > 0) process.exitCode = 1;
