import { closeSync, mkdtempSync, openSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { runLiftlock } from '../../bench/process/run-command.ts';

const MIB = 1024 * 1024;
const folder = mkdtempSync(join(tmpdir(), 'liftlock-large-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const scan = (path: string, input?: Readable) =>
  runLiftlock(['scan', '--manifests', path, '--target', '1.36'], input === undefined ? {} : { input });

test('a file of 200 MB is refused with a message, and never read', async () => {
  const path = join(folder, 'large.yaml');
  closeSync(openSync(path, 'w'));
  truncateSync(path, 200 * MIB);
  const { exitCode, out, peakBytes } = await scan(path);
  expect(exitCode).toBe(4);
  expect(out).toContain(`${path}: It was not read: it is larger than 64 MiB; split it.`);
  expect(peakBytes / MIB).toBeLessThan(150);
}, 30_000);

test('200 MB on standard input are refused when it is too much, whoever writes on', async () => {
  const piece = Buffer.alloc(MIB, '# text\n');
  const input = Readable.from(
    (function* () {
      for (let count = 0; count < 200; count += 1) yield piece;
    })(),
  );
  const { exitCode, out, peakBytes } = await scan('-', input);
  expect(exitCode).toBe(4);
  expect(out).toContain('standard input: It was not read: it is larger than 64 MiB; split it.');
  expect(peakBytes / MIB).toBeLessThan(300);
}, 30_000);

test.each<[string, string, RegExp]>([
  [
    'a bomb of aliases',
    `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\nl0: &l0 [x]\n${Array.from({ length: 30 }, (_, level) => `l${level + 1}: &l${level + 1} [${Array(10).fill(`*l${level}`).join(', ')}]\n`).join('')}`,
    /aliases stand for more than it could hold/,
  ],
  [
    '10,000 levels of YAML',
    `a: ${'['.repeat(10_000)}${']'.repeat(10_000)}\n# apiVersion\n`,
    /nested deeper than the 200 levels/,
  ],
  [
    '10,000 levels of JSON',
    `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`,
    /nested 10000 levels deep, and at most 200/,
  ],
])(
  '%s is refused with a message and little memory',
  async (name, text, message) => {
    const path = join(folder, `${name.replaceAll(/\W/g, '-')}.yaml`);
    writeFileSync(path, text);
    const { exitCode, out, peakBytes, seconds } = await scan(path);
    expect(exitCode).toBe(4);
    expect(out).toMatch(message);
    expect(peakBytes / MIB).toBeLessThan(150);
    expect(seconds).toBeLessThan(10);
  },
  30_000,
);
