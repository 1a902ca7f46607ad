/**
 * `npm run test:rooms`: the tests of each folder of core by itself, with the seconds that somebody waits who changes it. Exit code 1 when a
 * folder takes longer than its limit or fails.
 */
import { spawnSync } from 'node:child_process';
import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const LIMIT_SECONDS = 5;
const root = fileURLToPath(new URL('../..', import.meta.url));
const jest = fileURLToPath(new URL('../../node_modules/jest/bin/jest.js', import.meta.url));
const files = globSync('core/*/**/*.test.ts', { cwd: root });
const rooms = Map.groupBy(files, (file) => file.split('/').slice(0, 2).join('/'));

for (const [room, tests] of [...rooms].sort()) {
  const begin = performance.now();
  const { status, stderr } = spawnSync(process.execPath, [jest, `${root}${room}/`], { cwd: root, encoding: 'utf8' });
  const seconds = (performance.now() - begin) / 1000;
  const verdict = status !== 0 ? 'FAILED' : seconds > LIMIT_SECONDS ? 'OVER' : 'ok';
  console.log(
    `${room.padEnd(18)} ${String(tests.length).padStart(4)} files ${seconds.toFixed(1).padStart(6)} s  ${verdict}`,
  );
  if (status !== 0) console.log(stderr);
  if (verdict !== 'ok') process.exitCode = 1;
}
console.log(`The limit is ${LIMIT_SECONDS} s for each.`);
