import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { runInProcess } from '../material/cli/run-in-process.ts';

// Whole rollouts, on machines that may be busy.
jest.setTimeout(60_000);

const PROGRAM = fileURLToPath(new URL('../../bin/liftlock', import.meta.url));
const COMMAND = ['simulate', '--clusters', '6', '--target', '1.37', '-o', 'json'];

/** The document of one command in a process of its own. */
function inOwnProcess(argv: readonly string[]): string {
  return execFileSync(PROGRAM, argv, { encoding: 'utf8' });
}

/** What `wallMs` says is nobody's but the machine's. */
const withoutWall = (text: string): string => text.replaceAll(/"wallMs": \d+/g, '"wallMs": 0');

test.each(['none', 'light', 'heavy'])(
  'the same seed gives the same run to the byte, in any process: %s',
  async (level) => {
    const argv = [...COMMAND, '--seed', '4', '--faults', level];
    const here = await runInProcess(argv);
    const again = await runInProcess(argv);
    expect(withoutWall(again.out)).toBe(withoutWall(here.out));
    expect(withoutWall(inOwnProcess(argv))).toBe(withoutWall(here.out));
  },
);

test('a run of several seeds is those runs, one after the other', async () => {
  const both = JSON.parse((await runInProcess([...COMMAND, '--seed', '7', '--runs', '2', '--faults', 'light'])).out);
  const second = JSON.parse((await runInProcess([...COMMAND, '--seed', '8', '--faults', 'light'])).out);
  expect(Object.keys(both)).toEqual(['runs']);
  expect(both.runs).toHaveLength(2);
  expect({ ...both.runs[1], wallMs: 0 }).toEqual({ ...second, wallMs: 0 });
});
