import { parseArgs } from 'node:util';
import { play } from './play.ts';

const { values } = parseArgs({
  options: {
    worlds: { type: 'string', default: '8' },
    seed: { type: 'string', default: '1' },
    days: { type: 'string', default: '20' },
    verbose: { type: 'boolean', default: false },
  },
});

/**
 * `npm run people -- [--worlds 8] [--seed 1] [--days 20] [--verbose]`: people act by chance, then follow what is printed (play.ts). Last line:
 * N passed, N failed.
 */
let failed = 0;
const worlds = Number(values.worlds);
for (let seed = Number(values.seed); seed < Number(values.seed) + worlds; seed += 1) {
  const { problems, history, followed } = await play(seed, { days: Number(values.days) });
  if (values.verbose || problems.length > 0) for (const line of history) console.log(`  ${line}`);
  for (const problem of problems)
    console.log(`FAIL npm run people -- --worlds 1 --seed ${seed} --days ${values.days}\n  ${problem}`);
  if (problems.length > 0) failed += 1;
  else console.log(`world ${seed}: whole, ${history.length} acts, ${followed} commands followed`);
}
console.log(`${worlds - failed} passed, ${failed} failed`);
if (failed > 0) process.exitCode = 1;
