import { memberItem } from '../../test/material/items/rollout-items.ts';
import { policyWith } from '../../test/material/policy/policies.ts';
import { cluster, KEY, NOON } from '../../test/material/protocol/one-upgrade.ts';
import {
  checked,
  type Given,
  GROUP,
  looks,
  NOTHING,
  node,
  scanned,
} from '../../test/material/steps/checked-cluster.ts';
import {
  daemonSetObject,
  deploymentObject,
  type ProbedObjects,
  podObject,
} from '../../test/material/steps/probed-objects.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import { ClusterAccessError } from '../ports/cluster-access.ts';

test('a cluster that works is done', async () => {
  expect(await checked({ nodes: [node('a')] })).toMatchObject({
    ...{ status: 'done', waitSeconds: undefined, told: [] },
    looked: expect.stringMatching(/^EKS says 1.37; .*; nodes: 1; .*\.$/),
  });
});

test.each<[string, Partial<Upgrade>, string]>([
  ['has changed its cluster', { mutated: true }, 'parked'],
  ['has changed nothing', { mutated: false }, 'done'],
  ['rolls nodes alone, by hand', { mutated: true, machine: 'roll-node-group' }, 'done'],
])('an upgrade that %s is watched or not, for so long as its wave says', async (_, of, expected) => {
  const waves = [{ ...policyWith({ name: 'p' }).spec.waves[0], watch: '6h' }];
  const { status, told, upgrade: kept } = await checked({ nodes: [node('a')], of, spec: { waves } });
  expect(status).toBe(expected);
  const said =
    /^Watching: All of web is at 1\.37, and was found no worse than before at \S+Z; it is watched for 6h, and/;
  expect(told).toEqual(expected === 'parked' ? [expect.stringMatching(said)] : []);
  expect(kept?.steps['smoke-check']?.detail?.wellSince !== undefined).toBe(expected === 'parked');
});

test('one that works says what was looked at, and one that was not asked says so', async () => {
  const { looked } = await checked({
    nodes: [node('a'), node('b')],
    has: {
      pods: [podObject('shop/a', 'web'), podObject('shop/b', 'web')],
      deployments: [deploymentObject('kube-system/dns', 2), deploymentObject('shop/web', 2)],
    },
    smoke: { deployments: ['shop/web'], urls: ['https://shop.example/'] },
    urls: { 'https://shop.example/': 200 },
  });
  expect(looked).toBe(
    'EKS says 1.37; the API server is ready and says v1.37.1; nodes: 2; workloads: 2; owners of pods: 1; Services: 0; Jobs: 0; 1 URL asked.',
  );
  expect((await checked({ spec: { verification: 'eks-api' } })).looked).toBe('EKS says 1.37.');
  expect((await checked({ nodes: [node('a', { ready: false })] })).looked).toBeUndefined();
});

test.each<[string, Given, readonly string[]]>([
  ['is at another version', { version: '1.36' }, ['WrongVersion: web is at 1.36, not at 1.37.']],
  [
    'is not ready',
    { ready: { ok: false, failed: ['etcd', 'dns'] } },
    ['ApiServerNotReady: /readyz says no: etcd, dns.'],
  ],
  ['answers with another version', { server: 'v1.36.2' }, ['WrongVersion: The API server says v1.36.2.']],
  ['answers with no version', { server: 'odd' }, ['WrongVersion: The API server says odd.']],
  [
    'cannot be reached',
    { ready: new ClusterAccessError('ClusterUnreachable', 'no route.') },
    ['ClusterUnreachable: The API server of web could not be read: no route. Run: liftlock access check'],
  ],
  ...(
    [
      [
        { endpointPublicAccess: false },
        ' Its endpoint is private: only its VPC, and networks with a way there, reach it.',
      ],
      [
        { publicAccessCidrs: ['203.0.113.0/24', '198.51.100.7/32'] },
        ' Its endpoint is open to 203.0.113.0/24, 198.51.100.7/32 only.',
      ],
      [{ publicAccessCidrs: ['0.0.0.0/0', '198.51.100.7/32'] }, ''],
    ] as const
  ).map(([resourcesVpcConfig, closed]): [string, Given, readonly string[]] => [
    `cannot be reached, with ${JSON.stringify(resourcesVpcConfig)}`,
    {
      cluster: { version: '1.37', resourcesVpcConfig },
      ready: new ClusterAccessError('ClusterUnreachable', 'connect ETIMEDOUT'),
    },
    [
      `ClusterUnreachable: The API server of web could not be read: connect ETIMEDOUT.${closed} Run: liftlock access check`,
    ],
  ]),
  [
    'has no endpoint',
    { cluster: { version: '1.37', endpoint: undefined as never } },
    ['NoEndpoint: EKS gives no endpoint for web.'],
  ],
  [
    'has no certificate',
    { cluster: { version: '1.37', certificateAuthority: {} } },
    ['NoEndpoint: EKS gives no endpoint for web.'],
  ],
  [
    'has a node that is not ready',
    { nodes: [node('a', { ready: false }), node('b')] },
    ['NodeNotReady: Node a: not Ready.'],
  ],
  [
    'has many nodes that are not ready',
    { nodes: ['a', 'b', 'c', 'd'].map((name) => node(name, { ready: false })) },
    ['NodeNotReady: Node a: not Ready, Node b: not Ready, Node c: not Ready and 1 more.'],
  ],
  [
    'has lost a workload of its own, and nobody knows how it was before',
    { has: { daemonsets: [daemonSetObject('kube-system/dns', 1)] } },
    ['WorkloadUnavailable: DaemonSet kube-system/dns has 1 of 2 available.'],
  ],
  [
    'lets nobody read its pods',
    { has: { pods: 403 } },
    [
      'ClusterForbidden: The API server of web could not be read: The API server answered 403: the role needs list of pods. Run: liftlock access check',
    ],
  ],
  [
    'has lost a workload that its policy names',
    {
      smoke: { deployments: ['shop/web', 'shop/api', 'shop/cart'] },
      has: {
        deployments: [
          deploymentObject('shop/web', 0),
          deploymentObject('shop/other', 0),
          deploymentObject('shop/api', 2),
        ],
      },
    },
    [
      'WorkloadUnavailable: Deployment shop/web, which the policy names, has 0 of 2 available.',
      'WorkloadMissing: The policy names the Deployment shop/cart, and it does not exist.',
    ],
  ],
  [
    'has URLs that do not answer well',
    {
      smoke: { urls: ['https://a/', 'https://b/', 'https://c/', 'https://d/', 'https://e/?token=t'] },
      urls: { 'https://a/': 200, 'https://b/': 299, 'https://c/': 300, 'https://d/': 199 },
    },
    [
      'UrlFailed: The URL c/, which the policy wants to answer with success after a hop, does not: it answered 300.',
      'UrlFailed: The URL d/, which the policy wants to answer with success after a hop, does not: it answered 199.',
      'UrlFailed: The URL e/, which the policy wants to answer with success after a hop, does not: no route.',
    ],
  ],
])('a cluster that %s gets a quarter of an hour, and fails then', async (_, given, told) => {
  expect(await checked(given)).toMatchObject({ status: 'wait', waitSeconds: 30, told });
  expect(await checked({ ...given, minutes: 14 })).toMatchObject({ status: 'wait', waitSeconds: 105 });
  expect(await checked({ ...given, minutes: 15 })).toMatchObject({ status: 'failed', told });
});

test.each<[string, Given, string]>([
  ['its API server', { ready: new ClusterAccessError('ClusterUnauthorized', '401') }, 'ClusterUnauthorized'],
  ['its pods', { has: { pods: 403 } }, 'ClusterForbidden'],
])('what nobody may read of a changed cluster, %s, fails no hop and passes none: it parks', async (_, given, code) => {
  const denied = { ...given, of: { mutated: true }, minutes: 15 };
  const { status, told } = await checked(denied);
  expect([status, told]).toEqual(['parked', [expect.stringMatching(`^${code}: .*Run: liftlock access check$`)]]);
  const down = await checked({ ...denied, smoke: { urls: ['https://a/'] } });
  expect([down.status, down.told]).toEqual(['failed', [expect.stringMatching(/^UrlFailed/), ...told]]);
});

const lags = (name: string, group?: string) =>
  node(name, { kubeletVersion: 'v1.36.0', labels: group === undefined ? {} : { [GROUP]: group } });

const custom = { ...cluster, nodegroups: [{ name: 'g', status: 'ACTIVE', amiType: 'CUSTOM', issues: [] }] };
const others = 'Liftlock rolls no node group that they belong to.';
test.each<[string, Given, readonly string[]]>([
  [
    'nodes of nobody’s group lag',
    { nodes: [lags('a'), lags('b'), node('c', { kubeletVersion: 'odd' })] },
    [
      `OldKubelet: 2 nodes (a, b) are at kubelet v1.36.0, not 1.37. ${others}`,
      `OldKubelet: The node c is at kubelet odd, not 1.37. ${others}`,
    ],
  ],
  [
    'nodes of several owners lag',
    {
      nodes: [
        lags('a'),
        ...[lags('b'), lags('c')].map((one) => ({ ...one, labels: { 'karpenter.sh/nodepool': 'p' } })),
      ],
    },
    [
      `OldKubelet: The node a is at kubelet v1.36.0, not 1.37. ${others}`,
      `OldKubelet: 2 nodes (b, c) are at kubelet v1.36.0, not 1.37. ${others}`,
    ],
  ],
  [
    'nodes of a group with images of its own lag',
    { nodes: [lags('a', 'g')], kept: { cluster: custom } },
    [`OldKubelet: The node a is at kubelet v1.36.0, not 1.37. ${others}`],
  ],
  [
    'nodes that were older before the hop that was taken back lag',
    { nodes: [lags('a', 'g')], of: { machine: 'rollback-cluster', from: '1.38', to: '1.37' } },
    ['OldKubelet: The node a is at kubelet v1.36.0, not 1.37. So it was before the hop that was taken back.'],
  ],
  [
    'nodes wait for a later hop',
    {
      nodes: [lags('a', 'g')],
      spec: { waves: [{ name: 'all', rollNodes: 'whenSkewRequires' }] },
      kept: { member: memberItem({ clusterKey: KEY, waveIndex: 1, to: '1.38' }) },
    },
    ['OldKubelet: The node a is at kubelet v1.36.0, not 1.37. The policy lets nodes wait for a later hop.'],
  ],
  [
    'pods are not well and nobody knows how they were before',
    { has: { pods: [podObject('shop/a', 'web', { phase: 'Pending' })] } },
    ['NoBaseline: Deployment shop/web: 1 of 1 pods Pending; there is no scan from before to compare with.'],
  ],
  [
    'no more is not well than before',
    {
      has: { pods: [podObject('shop/b', 'web', { phase: 'Pending' })] },
      of: scanned({ pods: { count: 1, unwell: { 'Deployment shop/web': 'down' } } }),
    },
    [],
  ],
  [
    'what is not well was deployed since the scan',
    {
      has: { deployments: [deploymentObject('shop/web', 0, 2, { creationTimestamp: '2026-11-20T11:30:00Z' })] },
      of: scanned({}),
    },
    [
      'ChangedMeanwhile: 1 thing that is not well was made or changed by somebody since the scan, and not compared: Deployment shop/web.',
    ],
  ],
  [
    'nobody may read its Services',
    { has: { services: 403 }, of: scanned({}) },
    [
      'ProbeInconclusive: Not compared with before the hop: services: The API server answered 403: the role needs list of services.',
    ],
  ],
  [
    'its policy lets nobody look inside',
    { spec: { verification: 'eks-api' }, ready: new Error('asked') },
    [
      'NotVerified: The policy verifies through the EKS API only: readiness, nodes, pods and workloads were not checked.',
    ],
  ],
])('a cluster works, and it is told, where %s', async (_, given, told) => {
  expect(await checked(given)).toMatchObject({ status: 'done', told });
});

const down: ProbedObjects = { deployments: [deploymentObject('shop/web', 0, 2, { labels: { team: 'payments' } })] };
const WORSE = 'Deployment shop/web (was well, now 0 of 2 available, owner payments)';

test('what was well and is not is waited for a quarter of an hour, and fails then by its name and owner', async () => {
  const once = await looks({ has: down }, 0);
  expect(once).toMatchObject({
    status: 'wait',
    told: [expect.stringMatching(/^ProbeInconclusive: .*2026-11-20 12:05 UTC/)],
  });
  expect(once.told[0]).toContain(WORSE);
  const wanted = { status: 'wait', told: [`WorkloadUnavailable: Worse than before the hop: ${WORSE}.`] };
  expect(await looks({ has: down }, 0, 5)).toMatchObject(wanted);
  const failed = await looks({ has: down }, 0, 15);
  expect(failed).toMatchObject({ ...wanted, status: 'failed' });
  expect(failed.compared?.verdicts.find(({ probe }) => probe === 'workloads')).toMatchObject({ result: 'fail' });
});

test('what is found first at the end of the wait is looked at once more, and what comes later is not waited for', async () => {
  expect(await looks({ has: down }, 14, 16)).toMatchObject({ status: 'wait' });
  expect(await looks({ has: down }, 14, 19)).toMatchObject({ status: 'failed' });
  const late = await looks({ has: down }, 16);
  expect(late).toMatchObject({ status: 'done', told: [expect.stringMatching(/^ProbeInconclusive: /)] });
});

test('a look of an execution before this one is no earlier half of two', async () => {
  const { steps } = (await looks({ has: down }, 0)).upgrade ?? { steps: {} };
  const old = JSON.parse(JSON.stringify(steps).replaceAll('2026-11-20T12:00', '2026-11-20T11:50')) as Upgrade['steps'];
  expect(await looks({ has: down, of: { steps: old } }, 15)).toMatchObject({ status: 'wait' });
});

test('Jobs that fail are told, are not waited for and fail no upgrade', async () => {
  const failed = { conditions: [{ type: 'Failed', status: 'True', reason: 'Backoff' }] };
  const metadata = { namespace: 'shop', name: 'n-2', ownerReferences: [{ kind: 'CronJob', name: 'n' }] };
  const given: Given = { has: { jobs: [{ metadata, status: failed }] } };
  expect(await looks(given, 0)).toMatchObject({ status: 'done', told: [expect.stringMatching(/^ProbeInc.*shop\/n/)] });
  const waiting = await looks({ has: { ...given.has, ...down } }, 0);
  const twice = await looks({ ...given, of: { steps: waiting.upgrade?.steps ?? {} } }, 15);
  expect([twice.status, twice.told[0]]).toEqual(['done', expect.stringMatching(/^JobFailed: .*CronJob shop\/n/)]);
});

/** A Job of the policy that began this number of minutes after the smoke check. */
const testJob = (minute: number, type: 'Complete' | 'Failed' | undefined) => {
  const at = new Date(NOON.getTime() + minute * 60_000).toISOString();
  const conditions = type === undefined ? [] : [{ type, status: 'True', reason: 'Backoff', lastTransitionTime: at }];
  const metadata = { namespace: 'shop', name: `t${minute}`, creationTimestamp: at, labels: { test: 'checkout' } };
  return { metadata, status: { conditions } };
};
const tested = (jobs: object[], before: object | undefined = NOTHING): Given => ({
  has: { jobs },
  smoke: { jobs: [{ name: 'checkout', namespace: 'shop', labels: { test: 'checkout' }, wait: '30m' }] },
  of: scanned({ 'test-jobs': before as never }),
});

test('a Job that tests the cluster is waited for until one that began after the hop has ended', async () => {
  const early = testJob(-1, 'Complete');
  expect(await looks(tested([early, testJob(5, undefined)]), 0, 20)).toMatchObject({
    status: 'wait',
    told: [expect.stringMatching(/^ProbeInconclusive: Of the Jobs of the policy .*none that began .*2026-11-20 12:30/)],
  });
  expect(await looks(tested([early, testJob(5, 'Complete')]), 0, 20)).toMatchObject({ status: 'done', told: [] });
  const over = await looks(tested([early]), 0, 30);
  expect(over).toMatchObject({
    status: 'done',
    told: [expect.stringMatching(/^ProbeInconclusive: .*none that began/)],
  });
});

test('a Job that tests the cluster and was well before fails the upgrade alone once another run fails too, however late that ends', async () => {
  const failed = tested([testJob(20, 'Failed')]);
  const once =
    /^ProbeInconclusive: Of the Jobs of the policy .*One run failed.* Jobs shop\/checkout \(was well, now t20/;
  expect(await looks(failed, 21, 26, 29)).toMatchObject({ status: 'wait', told: [expect.stringMatching(once)] });
  expect(await looks(failed, 21, 26, 30)).toMatchObject({ status: 'done', told: [expect.stringMatching(once)] });
  expect(await looks(tested([testJob(20, 'Failed'), testJob(22, 'Complete')]), 23)).toMatchObject({ status: 'done' });
  expect(await looks(tested([testJob(20, 'Failed'), testJob(22, 'Failed')]), 23)).toMatchObject({
    ...{ status: 'failed' },
    told: ['JobFailed: Worse than before the hop: Jobs shop/checkout (was well, now t22 failed: Backoff).'],
  });
  const before = { count: 1, unwell: { 'Jobs shop/checkout': 'down' } };
  expect(await looks(tested([testJob(20, 'Failed')], before), 21)).toMatchObject({ status: 'done' });
});

test('of a watched cluster all Jobs count that began since it was well, and none is waited for', async () => {
  const { of, ...given } = tested([testJob(-50, 'Complete')]);
  const steps = { ...of?.steps, 'smoke-check': { ...WATCHED, detail: { wellSince: '2026-11-20T11:00:00.000Z' } } };
  expect(await looks({ ...given, of: { steps } }, 0)).toMatchObject({ status: 'done', told: [] });
  const late = await looks({ ...given, has: { jobs: [testJob(-70, 'Complete')] }, of: { steps } }, 0);
  expect([late.status, late.told.length]).toEqual(['done', 1]);
  const justNow = { ...of, steps: JSON.parse(JSON.stringify(steps).replace('T11:00:00.000Z"}', 'T11:55:00.000Z"}')) };
  const none = await looks({ ...given, has: { jobs: [testJob(-6, 'Complete')] }, of: justNow }, 0);
  expect([none.status, none.told.length]).toEqual(['done', 1]);
  const once = await looks({ ...given, has: { jobs: [testJob(-50, 'Failed')] }, of: { steps } }, 0);
  expect([once.status, once.told]).toEqual(['done', [expect.stringMatching(/^ProbeInconclusive: .*One run failed/)]]);
  const twice = { ...given, has: { jobs: [testJob(-50, 'Failed'), testJob(-20, 'Failed')] }, of: { steps } };
  expect((await looks(twice, 0, 15)).status).toBe('failed');
});
const WATCHED = { status: 'parked' as const, reasons: [], startedAt: '2026-11-20T10:59:00.000Z' };

test.each([
  ['could not be asked for a fault', 'fault', 'wait', 30],
  ['has no data, or may not be read', 'unknown', 'done', undefined],
] as const)(
  'an alarm that %s is asked again, or not, for as long as things settle, and told',
  async (_, said, ...first) => {
    const given: Given = { spec: { scan: { alarms: ['errors'] } }, of: scanned({ alarms: NOTHING }) };
    const look = await looks({ ...given, alarms: { errors: said } }, 0);
    expect([look.status, look.waitSeconds]).toEqual(first);
    const last = await looks({ ...given, alarms: { errors: said } }, 15);
    expect([last.status, last.told]).toEqual(['done', look.told]);
    expect(last.told).toEqual([expect.stringMatching(/^ProbeInconclusive: The alarm errors could not be compared/)]);
  },
);

test('an alarm that was OK before the hop and has no data now is asked again until things have settled', async () => {
  const alarms = { ...NOTHING, known: ['alarm errors'] };
  const given: Given = { spec: { scan: { alarms: ['errors'] } }, of: scanned({ alarms }) };
  expect(await looks({ ...given, alarms: { errors: 'unknown' } }, 0)).toMatchObject({
    status: 'wait',
    waitSeconds: 30,
  });
  const { status, told } = await looks({ ...given, alarms: { errors: 'unknown' } }, 15);
  expect([status, told]).toEqual(['done', [expect.stringMatching(/^ProbeInconclusive: The alarm errors/)]]);
});

test('a fault of the check is a fault, and a cluster that somebody changes is not checked', async () => {
  await expect(checked({ ready: new TypeError('x') })).rejects.toThrow('x');
  const { status, told } = await checked({ cluster: { version: '1.37', status: 'UPDATING' } });
  expect([status, told[0]]).toEqual([
    'parked',
    'ForeignUpdate: web is UPDATING, not ACTIVE: somebody else changes it.',
  ]);
});
