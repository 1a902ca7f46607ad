/**
 * `npm run mutate:core`: changes the code of the product in one place at a time (Stryker's mutants, words left out) and runs the tests that
 * execute that place: those beside the file, or those of test/behaviour where none beside it does. `-- core/store` takes files with these
 * words in their path; `--near` leaves test/behaviour out; `--sample 100 [--seed S]` takes so many of a few files by chance, others when the code has changed. Exit code 1 when an area is below its floor.
 */
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { AREAS, isFar, isNear, NOT_MUTATED, roomOf } from './areas.ts';
import type { Begin, Cover, Covered, TestsOfFile, Tried, Try } from './child.ts';
import { chosenBy, seedOfMutants } from './chosen.ts';
import { equivalentTo, type Outcome, staleEquivalents } from './equivalents.ts';
import { instrument, type Mutant } from './instrument.ts';
import { reaching } from './reach.ts';
import { printScores } from './scores.ts';
import { testsFor } from './tests-for.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sample: { type: 'string' },
    seed: { type: 'string' },
    near: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
  },
});
/** What a process may hold before the next mutants get a new one: modules that are loaded anew are never forgotten. */
const MEGABYTES = 1400;
/** The mutated place may be passed so many times what it was without a mutant, then it is taken for an endless loop. */
const HIT_TIMES = 100;
const LEAST_HITS = 20_000;

const began = performance.now();
const seconds = (): number => Math.round((performance.now() - began) / 1000);
const areaOf = new Map<string, string>();
for (const { name, files } of AREAS)
  for (const file of globSync([...files], { cwd: root }).sort())
    if (!areaOf.has(file) && !NOT_MUTATED.test(file)) areaOf.set(file, name);
const words = positionals.length === 0 ? [''] : positionals;
const files = [...areaOf.keys()].filter((file) => words.some((word) => file.includes(word)));
const { mutants } = await instrument(root, files);
const seed = values.seed ?? seedOfMutants(mutants);
const wanted = new Set(chosenBy(mutants, { sample: values.sample, seed }));
if (values.sample !== undefined) console.log(`${wanted.size} of ${mutants.length} mutants, seed ${seed}`);
const reached = reaching(root);

const outcomes: Outcome[] = [];
for (const [room, inRoom] of Map.groupBy(files, roomOf)) {
  const chosen = mutants.filter((one) => wanted.has(one) && inRoom.includes(one.file));
  if (chosen.length > 0) await tryRoom(room, inRoom, chosen);
}
process.exitCode = printScores(outcomes, areaOf, {
  isWhole: values.sample === undefined,
  stale: values.sample === undefined ? staleEquivalents(outcomes, files) : [],
});
console.log(`${outcomes.length} mutants in ${seconds()} s`);

/** All mutants of a room in one process, as long as it lives. */
async function tryRoom(room: string, inRoom: readonly string[], chosen: readonly Mutant[]): Promise<void> {
  const ids = new Map((await instrument(root, inRoom)).mutants.map((one, at) => [at, one.id]));
  const all = mutants.filter(({ file }) => inRoom.includes(file));
  const idOf = new Map(all.map((one, at) => [one, ids.get(at) ?? '']));
  const sources = [...new Set(chosen.map(({ file }) => file))];
  const tests = new Set(sources.flatMap((file) => [...reached(file)].filter((one) => one.endsWith('.test.ts'))));
  const near = [...tests].filter((test) => sources.some((file) => isNear(test, file))).sort();
  let child = await start(inRoom);
  let covered = (await child.ask({ type: 'cover', tests: near })) as Covered;
  const missed = chosen.filter((one) => testsFor(one, idOf, covered, all, reached(one.file)).length === 0);
  const far = new Set(missed.flatMap(({ file }) => [...reached(file)].filter(isFar)));
  if (far.size > 0 && !values.near) covered = (await child.ask({ type: 'cover', tests: [...far].sort() })) as Covered;
  if (covered.failed.length > 0)
    throw new Error(`Without a mutant, tests of ${room} fail:\n${covered.failed.join('\n')}`);
  console.log(
    `\n${room} ${chosen.length} mutants, ${Object.keys(covered.milliseconds).length} files of tests, ${seconds()} s`,
  );
  for (const mutant of chosen) {
    const asked = testsFor(mutant, idOf, covered, all, reached(mutant.file));
    const id = idOf.get(mutant) ?? '';
    const hits = Math.max(0, ...Object.values(covered.perTest).map((one) => one[id] ?? 0), covered.static[id] ?? 0);
    const hitLimit = Math.max(LEAST_HITS, HIT_TIMES * hits);
    const order: Try = { type: 'try', mutant: id, file: mutant.file, tests: asked, hitLimit };
    const said = asked.length === 0 ? undefined : ((await child.ask(order, longest(asked))) as Tried | 'died');
    const died = said === 'died';
    const tried = died ? undefined : said;
    const hung = tried?.killedBy?.why.includes('Exceeded timeout') === true;
    const killer = died ? 'the process did not end' : tried?.killedBy?.file;
    outcomes.push({
      mutant,
      killer,
      equivalent: equivalentTo(mutant),
      isCovered: asked.length > 0,
      isByTime: died || hung,
    });
    if (killer === undefined || values.verbose) {
      const verdict =
        killer === undefined
          ? asked.length === 0
            ? 'not run '
            : 'SURVIVED'
          : `killed by ${killer} ${tried?.killedBy?.test} ${tried?.killedBy?.why.slice(0, 100)}`;
      const { file, line, kind, was, becomes } = mutant;
      console.log(`${verdict} ${file}:${line} ${kind} (${tried?.seconds.toFixed(1)} s)\n    ${was}\n    ${becomes}`);
    }
    if (died || hung || (tried?.megabytes ?? 0) > MEGABYTES) {
      child.end();
      child = await start(inRoom);
    }
  }
  child.end();
}

/** The milliseconds after which a process that does not answer is ended. */
function longest(tests: readonly TestsOfFile[]): number {
  return 60_000 + 5 * tests.flatMap(({ milliseconds }) => milliseconds).reduce((sum, one) => sum + one, 0);
}

/** A new process with the mutants of these files. */
async function start(inRoom: readonly string[]) {
  const child = fork(new URL('./child.ts', import.meta.url), {
    cwd: root,
    execArgv: ['--disable-warning=ExperimentalWarning', '--no-warnings', '--max-old-space-size=2048'],
    stdio: ['ignore', 'ignore', values.verbose ? 'inherit' : 'ignore', 'ipc'],
  });
  const ask = async (message: Begin | Cover | Try, milliseconds = 600_000): Promise<unknown> => {
    if (!child.connected) return 'died';
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), milliseconds);
    child.send(message);
    const { signal } = stop;
    const answer = await Promise.race([
      once(child, 'message', { signal }).then(([said]) => said),
      once(child, 'exit', { signal }).then(() => 'died'),
    ]).catch(() => 'died');
    clearTimeout(timer);
    stop.abort();
    return answer;
  };
  if ((await ask({ type: 'begin', root, files: inRoom })) === 'died')
    throw new Error('The process of the mutants ended as it began; --verbose shows why.');
  return { ask, end: () => void child.kill('SIGKILL') };
}
