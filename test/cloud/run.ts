/**
 * `npm run e2e:cloud`: two clusters through the local cloud, from the synthesized templates, and whether the run used of them what the
 * committed recording says. `--record` writes the recording anew. Last line: `N passed, N failed`.
 */
import { writeFileSync } from 'node:fs';
import { lost, RECORDING, readRecording } from './recording.ts';
import { smallRun } from './small-run.ts';

const began = performance.now();
const { problems, recording } = await smallRun();
const seconds = ((performance.now() - began) / 1000).toFixed(1);
if (process.argv.includes('--record') && problems.length === 0)
  writeFileSync(RECORDING, `${JSON.stringify(recording, undefined, 2)}\n`);
const expected = readRecording();
const stale = [
  ...lost(expected, recording),
  ...lost(recording, expected).map((text) => `not in the recording (npm run e2e:cloud -- --record): ${text}`),
];
for (const problem of [...problems, ...stale]) console.error(problem);
console.log(`${recording.edges.length} ways and ${recording.permissions.length} permissions were used in ${seconds} s.`);
console.log(`${problems.length + stale.length === 0 ? 1 : 0} passed, ${problems.length + stale.length === 0 ? 0 : 1} failed`);
process.exitCode = problems.length + stale.length === 0 ? 0 : 1;
