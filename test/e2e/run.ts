import { performance } from 'node:perf_hooks';
import { CRASH_SCENARIOS } from './crash-scenarios.ts';
import { PEOPLE_SCENARIOS } from './people-scenarios.ts';
import { RANDOM_SCENARIOS } from './random-scenarios.ts';
import { RESTORE_SCENARIO } from './restore-scenario.ts';
import { type Outcome, runScenario } from './run-scenario.ts';
import type { Scenario } from './scenario.ts';

/** `npm run e2e [-- words of a name]`: the example fleet without faults, then with every fault. Last line: N passed, N failed. */
const filter = process.argv.slice(2).join(' ');
const started = performance.now();
const baseline = await runScenario({ name: 'without faults', faults: [] }, undefined);
let passed = 0;
let failed = 0;

function report({ scenario, problems }: Outcome): void {
  if (problems.length === 0) passed += 1;
  else failed += 1;
  console.log(`${problems.length === 0 ? 'ok  ' : 'FAIL'} ${scenario}`);
  for (const problem of problems.slice(0, 12)) console.log(`       ${problem}`);
}

report(baseline);
const scenarios: readonly Scenario[] = [...CRASH_SCENARIOS, ...PEOPLE_SCENARIOS, RESTORE_SCENARIO, ...RANDOM_SCENARIOS];
for (const scenario of scenarios.filter((one) => one.name.includes(filter))) {
  try {
    report(await runScenario(scenario, baseline.end));
  } catch (error) {
    failed += 1;
    console.log(
      `FAIL ${scenario.name}\n       ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
  }
}
console.log(`${Math.round((performance.now() - started) / 1000)} s`);
console.log(`${passed} passed, ${failed} failed`);
if (failed > 0) process.exitCode = 1;
