/**
 * `npm run mutate`: every single fault of what infra/ makes, each in a small run that must fail and name the cause. `-- --sample 5 [--seed S]`
 * takes five of different kinds, other ones when the templates have changed; `-- words of an id` takes those. `--limit` is how many seconds one may take; a run takes
 * a quarter of the 60 on a machine that is not busy. Last line: `N passed, N failed`.
 */
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { synthesize } from '../../../simulator/cloud/kept-assembly.ts';
import { SMALL_SETTINGS } from '../small-settings.ts';
import { EXPECTED_SURVIVORS } from './expected-survivors.ts';
import { mutationsOf } from './mutations.ts';
import { type Outcome, objection, outcomeOf, resultsOf } from './outcome.ts';
import { runInChild } from './run-in-child.ts';
import { sampleOf, seedOfMutations } from './sample.ts';

const AT_ONCE = 2;
const RESULTS = new URL('./results.json', import.meta.url);
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { sample: { type: 'string' }, seed: { type: 'string' }, limit: { type: 'string', default: '60' } },
});
const words = positionals.join(' ');
const isWhole = values.sample === undefined && words === '';

const began = performance.now();
const scratch = await mkdtemp(join(tmpdir(), 'liftlock-mutate-'));
const child = {
  assembly: join(scratch, 'assembly'),
  compileCache: join(scratch, 'compiled'),
  longestSeconds: Number(values.limit),
};
const outcomes: Outcome[] = [];
const failures: string[] = [];
try {
  const all = mutationsOf(await synthesize(child.assembly, SMALL_SETTINGS));
  const seed = values.seed ?? seedOfMutations(all);
  const chosen =
    values.sample === undefined
      ? all.filter(({ id }) => id.includes(words))
      : sampleOf(all, { count: Number(values.sample), seed, survivors: EXPECTED_SURVIVORS });
  console.log(`${chosen.length} of ${all.length} mutations${values.sample === undefined ? '' : `, seed ${seed}`}`);
  // Were the assembly at fault without any mutation, every one of them would seem to be seen.
  if (isWhole) failures.push(...(await runInChild('', child)).causes);
  const waiting = failures.length === 0 ? [...chosen] : [];
  const worker = async (): Promise<void> => {
    for (let mutation = waiting.shift(); mutation !== undefined; mutation = waiting.shift()) {
      try {
        const verdict = await runInChild(mutation.id, child);
        const outcome = outcomeOf(mutation, verdict, EXPECTED_SURVIVORS);
        outcomes.push(outcome);
        report(outcome);
      } catch (error) {
        // The others are still worth an hour.
        failures.push((error as Error).message);
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  if (isWhole) conclude(all.map(({ id }) => id));
} finally {
  await rm(scratch, { recursive: true, force: true });
}

function report(outcome: Outcome): void {
  const { mutation, verdict, reason } = outcome;
  const problem = objection(outcome);
  const sign = problem === undefined ? 'ok  ' : 'FAIL';
  const what = verdict.killed ? (verdict.didNotEnd === true ? 'did not end' : 'killed') : 'survived';
  console.log(`${sign} ${what} ${mutation.id} (${verdict.seconds} s)`);
  if (problem !== undefined) failures.push(`${mutation.id}: ${problem}`);
  if (problem !== undefined || !isWhole)
    for (const cause of verdict.causes.slice(0, 5)) console.log(`       ${cause.slice(0, 400)}`);
  if (!verdict.killed && reason !== undefined) console.log(`       ${reason}`);
}

/** What only a run of all of them can say. */
function conclude(ids: readonly string[]): void {
  for (const { id, reason } of EXPECTED_SURVIVORS)
    if (!ids.some((one) => id.test(one))) failures.push(`No mutation is ${id} any more: ${reason}`);
  outcomes.sort((left, right) => ids.indexOf(left.mutation.id) - ids.indexOf(right.mutation.id));
  const results = resultsOf(outcomes);
  writeFileSync(RESULTS, `${JSON.stringify(results, undefined, 2)}\n`);
  console.log('\nSurvivors:');
  for (const { id, reason } of results.survivors) console.log(`  ${id}\n      ${reason}`);
  console.table(results.totals);
}

for (const failure of failures) console.error(failure);
console.log(`${Math.round((performance.now() - began) / 1000)} s`);
console.log(
  `${outcomes.length - outcomes.filter((one) => objection(one) !== undefined).length} passed, ${failures.length} failed`,
);
process.exitCode = failures.length === 0 ? 0 : 1;
