import { DRAIN_KINDS } from '../../core/scan/live/unit-discovery.ts';
import type { StoredObject } from '../../simulator/kubernetes/resources/stored-object.ts';
import { runInProcess } from '../material/cli/run-in-process.ts';
import { gapsOf, type LiveCluster, rowsOf, startLiveCluster } from './live-cluster.ts';

let live: LiveCluster;
beforeEach(async () => {
  live = await startLiveCluster();
});
afterEach(() => live.close());

/** Everything that one drain is decided by, as an API server gives it. */
function plant(): void {
  const { kubernetes } = live.under.cluster;
  const node = kubernetes.nodes[0]?.name ?? '';
  const labels = { app: 'gateway', 'pod-template-hash': '6f7' };
  const metadata = (name: string) => ({ namespace: 'payments', name });
  const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'gateway-6f7', uid: 'r', controller: true };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'gateway', image: 'gateway:1' }] } };
  const selector = { matchLabels: { app: 'gateway' } };
  const objects = [
    {
      ...{ apiVersion: 'apps/v1', kind: 'Deployment' },
      metadata: { ...metadata('gateway'), labels: { team: 'payments-core' } },
      spec: { replicas: 2, selector, template },
    },
    ...['a', 'b'].map((name) => ({
      ...{ apiVersion: 'v1', kind: 'Pod' },
      metadata: { ...metadata(name), labels, ownerReferences: [owner] },
      spec: { nodeName: node, containers: template.spec.containers },
      status: { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] },
    })),
    {
      ...{ apiVersion: 'policy/v1', kind: 'PodDisruptionBudget' },
      metadata: { ...metadata('gateway'), generation: 1 },
      spec: { selector, minAvailable: '100%' },
    },
  ];
  live.put(...(objects as unknown as StoredObject[]));
}

test('a drain that cannot succeed fails the scan, with budget, Deployment, owner, node and repair', async () => {
  plant();
  const { code, report } = await live.scan();
  expect([code, report.verdict, gapsOf(report)]).toEqual([3, 'fail', []]);
  expect(rowsOf(report).filter((row) => row.includes('Drain'))).toEqual([
    'error preflight drain policy/v1 PodDisruptionBudget payments/gateway (payments-core, high) DrainStuck',
  ]);
  const found = report.findings.find(({ rule }) => rule === 'DrainStuck');
  expect(found).toMatchObject({
    message: expect.stringContaining('never lets a pod of Deployment payments/gateway go'),
    fix: expect.stringContaining('kubectl -n payments patch pdb gateway'),
    evidence: expect.arrayContaining([
      'minAvailable 100%: 2 pods expected, 2 must be healthy, 2 are: 0 may be evicted.',
      expect.stringContaining(live.under.cluster.kubernetes.nodes[0]?.name ?? '?'),
    ]),
  });
});

test('what `failOn` says of removed APIs does not let a drain pass, and leaving the drains out does', async () => {
  plant();
  expect((await live.scan(['--fail-on', 'none'])).code).toBe(3);
  const { code, report } = await live.scan(['--skip', 'drain']);
  expect([code, report.verdict]).toEqual([0, 'pass']);
});

const titles = [...DRAIN_KINDS].map((kind) => kind.split('/').reverse().filter(Boolean).join('.'));

test.each(titles)(
  'where %s may not be listed nothing is said of drains, and the scan is incomplete by its name',
  async (title) => {
    plant();
    live.fail({ kind: 'forbidden', on: title });
    const { code, report } = await live.scan();
    expect([code, gapsOf(report)]).toEqual([4, expect.arrayContaining([`denied ${title}`])]);
    expect(report.findings.filter(({ source }) => source === 'drain')).toEqual([]);
  },
);

test('liftlock readiness --kubeconfig answers for each group, and ends with 6 where a drain is stuck', async () => {
  const path = await live.writeKubeconfig();
  const ask = (...more: string[]) =>
    runInProcess(['readiness', '--kubeconfig', path, ...more], { sleep: async () => {} });
  const free = await ask();
  expect([free.code, free.err]).toEqual([0, '']);
  expect(free.out).toMatch(/^shop: drains\n\nGROUP {4}/);
  plant();
  const stuck = await ask();
  expect([stuck.code, stuck.out]).toEqual([
    6,
    expect.stringMatching(/ {2}DrainStuck: [\s\S]*owner: payments-core[\s\S]*fix: /),
  ]);
  const { nodes, verdict } = JSON.parse((await ask('-o', 'json')).out);
  expect([verdict, new Set(nodes.map(({ verdict: one }: { verdict: string }) => one))]).toEqual([
    'stuck',
    new Set(['stuck', 'drains']),
  ]);
  live.fail({ kind: 'forbidden', on: 'pods' });
  const unread = await ask();
  expect([unread.code, unread.out]).toEqual([
    4,
    expect.stringMatching(/^shop: incomplete[\s\S]*Not read:\n {2}pods: /),
  ]);
});

test.each([
  [['cluster', 'web'], 'leave out names'],
  [['--to', '1.37'], 'leave out names'],
  [['-l', 'a=b'], 'leave out names'],
])('--kubeconfig with %j is refused', async (more, said) => {
  const { code, err } = await runInProcess(['readiness', '--kubeconfig', 'x', ...more]);
  expect([code, err]).toEqual([2, expect.stringContaining(said)]);
});
