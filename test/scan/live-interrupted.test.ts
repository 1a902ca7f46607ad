import { sleepUnless } from '../../cli/command/io.ts';
import { gapsOf, type LiveCluster, startLiveCluster } from './live-cluster.ts';
import { writtenAtOldVersions } from './planted-objects.ts';

let live: LiveCluster;
beforeEach(async () => {
  live = await startLiveCluster();
});
afterEach(() => live.close());

/** As soon as they have asked for runtime classes, and have no answer yet. */
const onceAsked = (): AbortSignal => {
  const controller = new AbortController();
  const timer = setInterval(() => {
    if (!live.requests.some(({ path }) => path.endsWith('/runtimeclasses'))) return;
    clearInterval(timer);
    controller.abort();
  }, 5);
  return controller.signal;
};

test.each([
  ['a slow answer', { kind: 'delay', on: 'runtimeclasses.node.k8s.io', milliseconds: 1_000 }],
  ['a throttled one', { kind: 'too-many-requests', on: 'runtimeclasses.node.k8s.io', retryAfterSeconds: 50 }],
] as const)('Ctrl-C during %s prints what was covered, and names the rest', async (_name, fault) => {
  live.put(...writtenAtOldVersions.filter(({ kind }) => kind === 'Ingress'));
  live.fail(fault);
  const interrupted = onceAsked();
  const sleep = (milliseconds: number) => sleepUnless(interrupted, milliseconds);
  const { code, report } = await live.scan([], { interrupted, sleep });
  // Whoever waited would have an answer.
  expect(live.requests.at(-1)?.path).toMatch(/runtimeclasses$/);
  expect([code, report.verdict]).toEqual([130, 'fail']);
  expect(report.findings.map(({ kind }) => kind)).toEqual(['Ingress']);
  expect(gapsOf(report)).toEqual(
    expect.arrayContaining([
      'error runtimeclasses.node.k8s.io',
      'error storageclasses.storage.k8s.io',
      'error helm releases in secrets',
    ]),
  );
});

test('Ctrl-C before anything was read', async () => {
  const { code, report } = await live.scan([], { interrupted: AbortSignal.abort() });
  expect([code, report.verdict, report.findings]).toEqual([130, 'incomplete', []]);
  expect(gapsOf(report)).toContain('error discovery of what is served');
  expect(live.requests).toEqual([]);
});
