import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Test files as somebody gets them wrong, each with what the run must say of it. */
const cases: Readonly<Record<string, { readonly text: string; readonly says: string }>> = {
  fails: { text: `it('x', () => expect(1).toBe(2));`, says: 'Expected: 2' },
  'imports what is not there': { text: `import './nothing.ts'; it('x', () => {});`, says: 'Cannot find module' },
  'throws while it loads': { text: `it('x', () => {}); throw new Error('at load');`, says: 'at load' },
  'has no tests': { text: `export const none = 0;`, says: 'must contain at least one test' },
  'leaves a rejection': {
    text: `it('x', () => { void Promise.reject(new Error('left alone')); });`,
    says: 'left alone',
  },
  'leaves a rejection a turn after its end': {
    text: `it('x', () => { setImmediate(() => { void Promise.reject(new Error('left late')); }); });`,
    says: 'left late',
  },
  'throws outside of a test': {
    text: `it('x', async () => { setTimeout(() => { throw new Error('in a timer'); }); await new Promise((ready) => setTimeout(ready, 20)); });`,
    says: 'in a timer',
  },
  'leaves the process': { text: `it('x', () => process.exit(0));`, says: 'process.exit(0) was called in a test' },
  hangs: { text: `it('x', () => new Promise(() => {}), 50);`, says: 'Exceeded timeout of 50 ms' },
  'hangs for the time of its file': {
    text: `jest.setTimeout(60); it('x', () => new Promise(() => {}));`,
    says: 'Exceeded timeout of 60 ms',
  },
  'counts its assertions': {
    text: `it('x', () => { expect.assertions(2); expect(1).toBe(1); });`,
    says: 'Expected two assertions',
  },
  'fails before all': {
    text: `beforeAll(() => { throw new Error('before all'); }); it('x', () => {});`,
    says: 'before all',
  },
  'fails after all': {
    text: `afterAll(() => { throw new Error('after all'); }); it('x', () => {});`,
    says: 'after all',
  },
};

/** Finds the process as it was, and changes it; two such files, so that one of them is the later one. */
const changing = `it('x', async () => {
  expect([process.env.LEFT, process.cwd()]).toEqual([undefined, ${JSON.stringify(process.cwd())}]);
  await new Promise((ready) => setTimeout(ready, 20));
  process.env.LEFT = '1';
  process.chdir('/');
});
`;

let folder: string;
let ran: { status: number | null; files: Map<string, { status: string; message: string }> };

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'liftlock-runner-'));
  const texts = Object.entries(cases).map(([name, { text }]) => [name, text] as const);
  for (const [name, text] of [...texts, ['changes', changing], ['changes too', changing]] as const)
    writeFileSync(join(folder, `${name}.test.ts`), text);
  ran = runJest();
});
afterAll(() => rmSync(folder, { recursive: true }));

/** In one process, one file after the other. */
function runJest() {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const ours = JSON.parse(readFileSync(join(root, 'jest.config.json'), 'utf8')) as { [option: string]: string };
  const here = (path: string | undefined) => path?.replace('<rootDir>', root);
  const config = {
    ...ours,
    rootDir: folder,
    reporters: [],
    runtime: here(ours.runtime),
    testEnvironment: here(ours.testEnvironment),
    globalSetup: here(ours.globalSetup),
  };
  const jest = join(root, 'node_modules/jest/bin/jest.js');
  const { status, stdout } = spawnSync(
    process.execPath,
    [jest, '--runInBand', '--json', '--config', JSON.stringify(config)],
    { cwd: root, encoding: 'utf8' },
  );
  const { testResults } = JSON.parse(stdout) as { testResults: { name: string; status: string; message: string }[] };
  const files = testResults.map((one) => [one.name.slice(folder.length + 1, -'.test.ts'.length), one] as const);
  return { status, files: new Map(files) };
}

test.each(Object.entries(cases))('a test file that %s fails, and why is said', (name, { says }) => {
  expect(ran.files.get(name)).toMatchObject({ status: 'failed', message: expect.stringContaining(says) });
});

test('what a file changed of the process is as before for the next one', () => {
  expect(['changes', 'changes too'].map((name) => ran.files.get(name)?.status)).toEqual(['passed', 'passed']);
  expect(ran.status).toBe(1);
});
