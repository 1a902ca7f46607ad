import { runInProcess } from '../../test/material/cli/run-in-process.ts';
import { budget, scanFolder } from '../../test/material/cli/scan-folder.ts';
import { collectManifests } from './collect-manifests.ts';
import { readStream } from './read-text.ts';

test('Ctrl-C prints what was covered until then, and ends with 130', async () => {
  const files = Object.fromEntries(Array.from({ length: 250 }, (_, index) => [`${index}.yaml`, budget(`n${index}`)]));
  const folder = scanFolder(files);
  const controller = new AbortController();
  // Ctrl-C is noticed at the first break between files.
  setImmediate(() => controller.abort());
  try {
    const argv = ['scan', '--manifests', folder.path, '--target', '1.36'];
    const { code, out } = await runInProcess(argv, { interrupted: controller.signal });
    expect(code).toBe(130);
    expect(out).toMatch(/^ {2}\d+ files: The scan was interrupted before they were read\.$/m);
    expect(out).toMatch(/^(FAIL|INCOMPLETE): /m);
  } finally {
    folder.remove();
  }
});

test('a pipe that never ends does not hold the scan', async () => {
  const controller = new AbortController();
  const endless = (async function* () {
    yield budget();
    await new Promise(() => {});
  })();
  setTimeout(() => controller.abort(), 20);
  expect(await readStream(endless, controller.signal)).toEqual({ problem: 'the scan was interrupted' });
});

test('a pipe with too much is let go of after the limit', async () => {
  let pieces = 0;
  let closed = false;
  const piece = Buffer.alloc(8 * 1024 * 1024, ' ');
  const large = (async function* () {
    try {
      for (; pieces < 1_000; pieces += 1) yield piece;
    } finally {
      closed = true;
    }
  })();
  const read = await readStream(large, new AbortController().signal);
  expect(read).toEqual({ problem: 'it is larger than 64 MiB; split it' });
  expect([closed, pieces]).toEqual([true, 8]);
});

test('progress goes to stderr, every other second', async () => {
  const files = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`${index}.yaml`, budget(`n${index}`)]));
  const folder = scanFolder(files);
  const told: string[] = [];
  let seconds = 0;
  try {
    const io = {
      ...{
        out: () => {},
        err: (text: string) => void told.push(text),
        clear: () => {},
        env: {},
        isTerminal: false,
        columns: undefined,
      },
      ...{ stdin: async () => '', stdinChunks: async function* () {}, interrupted: new AbortController().signal },
      sleep: async () => {},
      now: () => new Date(Date.parse('2026-11-20T08:00:00Z') + seconds++ * 1_000),
    };
    await collectManifests(io, [folder.path]);
    expect(told).toEqual([1, 3, 5, 7, 9].map((done) => expect.stringMatching(`^Scanned ${done} of 10 files, `)));
  } finally {
    folder.remove();
  }
});
