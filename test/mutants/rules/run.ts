/**
 * `npm run mutate:rules`: takes each rule of docs/protocol.md's table away, alone. The direct test fails for each cell of the table; the
 * checks of the simulation notice at least four rules in five within a thousand small worlds with heavy faults, and unseen.json says of the
 * others why they cannot. `--direct` simulates nothing; `--runs 50` looks at fewer worlds; words choose rules. Exit code 1 when something went unnoticed.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { VETOES } from '../../../core/protocol/vetoes.ts';
import { reaching } from '../reach.ts';
import { beginGeneration, runFile, serve } from '../warm-tests.ts';
import { breakRule } from './broken-rule.ts';
import type { Noticed, Search } from './simulate-broken.ts';

const CORES = 2;
const FIRST_SEED = 500_001;
/** Of a hundred rules. */
const LEAST_SEEN = 80;
const LIST = 'core/protocol/vetoes.ts';
const DIRECT = 'core/protocol/vetoes.test.ts';
const OF_ROLLBACKS = 'core/protocol/vetoes-of-rollbacks.test.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { direct: { type: 'boolean', default: false }, runs: { type: 'string', default: '1000' } },
});
const root = new URL('../../../', import.meta.url);
const unseen = JSON.parse(readFileSync(new URL('./unseen.json', import.meta.url), 'utf8')) as Record<string, string>;
const rules = VETOES.filter(({ rule }) => positionals.every((word) => rule.includes(word)));
const failures: string[] = [];

await tryDirect();
if (!values.direct) await trySimulation();
for (const failure of failures) console.log(`FAIL ${failure}`);
process.exitCode = failures.length === 0 ? 0 : 1;

/** Whether the test beside the list fails, for each cell. */
async function tryDirect(): Promise<void> {
  serve(new Map());
  const reached = reaching(fileURLToPath(root))(LIST);
  for (const file of [DIRECT, OF_ROLLBACKS]) {
    const { killer } = await runFile(file, 'all');
    if (killer !== undefined) throw new Error(`${file} fails without a broken rule: ${killer}`);
  }
  const cells = rules.flatMap(({ rule, asked }) => asked.map((moment) => ({ rule, moment })));
  for (const [at, cell] of cells.entries()) {
    beginGeneration(reached);
    const { VETOES: own } = (await import(`${new URL(LIST, root).href}?generation=${at + 1}`)) as {
      VETOES: typeof VETOES;
    };
    breakRule(own, cell);
    const file = cell.moment.startsWith('rollback') ? OF_ROLLBACKS : DIRECT;
    const { killer } = await runFile(file, 'all');
    if (killer === undefined) failures.push(`${file} passes without "${cell.rule}" (${cell.moment})`);
  }
  console.log(`${cells.length} cells, ${cells.length - failures.length} noticed by ${DIRECT} and ${OF_ROLLBACKS}`);
}

/** Whether a check notices, for each rule; what it says is nothing where the rule is not broken. */
async function trySimulation(): Promise<void> {
  const runs = Number(values.runs);
  const waiting = [...rules];
  let seen = 0;
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const { rule } = next;
      const began = performance.now();
      const noticed = await simulate({ broken: { rule }, firstSeed: FIRST_SEED, runs });
      const by = noticed === undefined ? `nobody in ${runs} worlds` : `seed ${noticed.seed}: ${noticed.problem}`;
      console.log(`${rule}\n    ${by.slice(0, 300)} (${Math.round((performance.now() - began) / 1000)} s)`);
      if (noticed === undefined) {
        if (unseen[rule] === undefined) failures.push(`no check notices that "${rule}" is not asked`);
        continue;
      }
      seen += 1;
      if (unseen[rule] !== undefined) failures.push(`unseen.json says that nobody can notice "${rule}"`);
      const otherwise = await simulate({ firstSeed: noticed.seed, runs: 1 });
      if (otherwise !== undefined)
        failures.push(`seed ${noticed.seed} fails with every rule in place: ${otherwise.problem}`);
    }
  };
  await Promise.all(Array.from({ length: CORES }, work));
  console.log(`${seen} of ${rules.length} rules noticed by the simulation`);
  if (seen * 100 < rules.length * LEAST_SEEN) failures.push(`less than ${LEAST_SEEN} % of the rules were noticed`);
}

function simulate(workerData: Search): Promise<Noticed | undefined> {
  const worker = new Worker(new URL('./simulate-broken.ts', import.meta.url), {
    workerData,
    resourceLimits: { maxYoungGenerationSizeMb: 64 },
  });
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}
