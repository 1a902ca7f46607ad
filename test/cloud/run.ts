/**
 * `npm run e2e:cloud`: the synthesized templates in the local cloud. Two clusters with everything that people do to them, held against the
 * committed recording of what a run uses; then a plan that changes while its writer dies, waves that people vote on between two restores, every verb of the
 * command line, the audit rewritten in every way, and the small fleet with the whole process killed twice. `--record` writes the recording anew.
 * Last line: `N passed, N failed`.
 */
import { writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesize } from '../../simulator/cloud/kept-assembly.ts';
import { auditEvidence } from './audit-evidence.ts';
import { everyVerb } from './every-verb.ts';
import { killedRun } from './kill/killed-run.ts';
import { lost, RECORDING, readRecording } from './recording.ts';
import { replannedRun } from './replanned.ts';
import { smallRun } from './small-run.ts';
import { SMALL_SETTINGS } from './small-settings.ts';
import { votedWaves } from './voted-waves.ts';

/** Virtual minutes: in the first cluster's control plane, and later in what follows it. */
const KILLS = [12, 50];

const folder = await mkdtemp(join(tmpdir(), 'liftlock-e2e-'));
const results: boolean[] = [];
try {
  const assembly = await synthesize(folder, SMALL_SETTINGS);
  await scenario('everything people do', async () => {
    const { problems, recording } = await smallRun(assembly);
    if (process.argv.includes('--record') && problems.length === 0)
      writeFileSync(RECORDING, `${JSON.stringify(recording, undefined, 2)}\n`);
    const expected = readRecording();
    const added = lost(recording, expected);
    console.log(`${recording.edges.length} ways and ${recording.permissions.length} permissions were used.`);
    return [
      ...problems,
      ...lost(expected, recording),
      ...added.map((text) => `not in the recording (npm run e2e:cloud -- --record): ${text}`),
    ];
  });
  await scenario('a plan of 200 clusters changed, its writer killed after each write', () =>
    replannedRun(assembly, 200),
  );
  await scenario('waves that people vote on, and two restores', () => votedWaves(assembly));
  await scenario('every verb, as the least of those who may', () => everyVerb(assembly));
  await scenario('the audit, rewritten in every way', () => auditEvidence(assembly));
  await scenario(`killed at minutes ${KILLS.join(' and ')}`, () => killedRun(folder, KILLS));
} finally {
  await rm(folder, { recursive: true, force: true });
}
const failed = results.filter((passed) => !passed).length;
console.log(`${results.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

async function scenario(name: string, run: () => Promise<readonly string[]>): Promise<void> {
  const began = performance.now();
  const problems = await run();
  for (const problem of problems) console.error(`  ${problem}`);
  console.log(
    `${problems.length === 0 ? 'ok  ' : 'FAIL'} ${name} (${((performance.now() - began) / 1000).toFixed(1)} s)`,
  );
  results.push(problems.length === 0);
}
