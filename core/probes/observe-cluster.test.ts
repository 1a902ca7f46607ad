import {
  daemonSetObject,
  deploymentObject,
  LONG_AGO,
  nodeObject,
  podObject,
} from '../../test/material/steps/probed-objects.ts';
import {
  type ClusterProbe,
  type ListName,
  OBSERVED,
  observeNothing,
  observeObject,
  type TestJobs,
} from './observe-cluster.ts';

const NOON = new Date('2026-11-20T12:00:00Z');
const JUST_NOW = '2026-11-20T11:59:00Z';

function observed(probe: ClusterProbe, lists: Partial<Record<ListName, readonly object[]>>, moved: string[] = []) {
  const seen = observeNothing(NOON, moved);
  for (const [list, items = []] of Object.entries(lists))
    for (const item of items) observeObject(list as ListName, item as never, seen);
  return OBSERVED[probe](seen);
}

test('a node is down that is not Ready, and degraded under pressure; one on its way out is not looked at', () => {
  const leaving = nodeObject('d', { Ready: false });
  const nodes = [
    nodeObject('a'),
    nodeObject('b', { Ready: false, DiskPressure: true }),
    nodeObject('c', { Ready: true, DiskPressure: true }),
    { ...leaving, metadata: { ...leaving.metadata, deletionTimestamp: JUST_NOW } },
  ];
  expect(observed('nodes', { nodes })).toEqual([
    { identity: 'Node a', said: 'Ready' },
    { identity: 'Node b', is: 'down', said: 'not Ready' },
    { identity: 'Node c', is: 'degraded', said: 'DiskPressure' },
  ]);
});

test('a workload is degraded with some of what it wants, and down with none of it', () => {
  const owned = deploymentObject('shop/api', 1, 2, { labels: { team: 'payments' } });
  const deployments = [owned, deploymentObject('shop/web', 2), deploymentObject('shop/idle', 0, 0)];
  const daemonsets = [daemonSetObject('kube-system/dns', 0)];
  const all = observed('workloads', { deployments, daemonsets });
  expect(all.map(({ identity, is, said, owner }) => [identity, is, said, owner])).toEqual([
    ['Deployment shop/api', 'degraded', '1 of 2 available', 'payments'],
    ['Deployment shop/web', undefined, '2 of 2 available', undefined],
    ['Deployment shop/idle', undefined, '0 of 0 available', undefined],
    ['DaemonSet kube-system/dns', 'down', '0 of 2 available', undefined],
  ]);
});

/** EKS writes the objects of its add-ons like this, by server-side apply. */
const BY_EKS = { manager: 'eks', operation: 'Apply', time: JUST_NOW };
const writtenBy = (entries: readonly object[]) => deploymentObject('shop/api', 0, 2, { managedFields: entries });
const template = { 'f:spec': { 'f:template': {} } };
test.each<[string, object, string | undefined]>([
  ['it was made', deploymentObject('shop/api', 0), LONG_AGO],
  ['its template was written', writtenBy([{ time: JUST_NOW, fieldsV1: template }]), JUST_NOW],
  ['nobody says what was written', writtenBy([{ time: JUST_NOW, fieldsV1: {} }]), JUST_NOW],
  ['somebody scaled it', writtenBy([{ time: JUST_NOW, subresource: 'scale', fieldsV1: template }]), LONG_AGO],
  ['only labels were written', writtenBy([{ time: JUST_NOW, fieldsV1: { 'f:metadata': {} } }]), LONG_AGO],
  ['EKS has written it, whose add-on it is', writtenBy([{ ...BY_EKS, fieldsV1: template }]), LONG_AGO],
  ['it is of the cluster itself', deploymentObject('kube-system/dns', 0), undefined],
])('a workload is as old as what it runs: %s', (_, object, writtenAt) => {
  expect(observed('workloads', { deployments: [object] })[0]?.writtenAt).toBe(writtenAt);
});

test('what the hop itself moves is not excused by that', () => {
  const [one] = observed('workloads', { deployments: [deploymentObject('shop/api', 0)] }, ['Deployment shop/api']);
  expect(one?.writtenAt).toBeUndefined();
});

const restarting = (minutesAgo: number, restartCount: number, ranMinutes = 1) => {
  const pod = podObject('shop/r', 'web');
  const [finishedAt, startedAt] = [0, ranMinutes].map((ran) =>
    new Date(NOON.getTime() - (minutesAgo + ran) * 60_000).toISOString(),
  );
  const terminated = { startedAt, finishedAt };
  const status = { phase: 'Running', containerStatuses: [{ restartCount, lastState: { terminated } }] };
  return { ...pod, status };
};
const made = (creationTimestamp: string, pod: ReturnType<typeof restarting>) => ({
  ...pod,
  metadata: { ...pod.metadata, creationTimestamp },
});
test.each<[string, readonly object[], string, string | undefined, string]>([
  [
    'all crash',
    [podObject('shop/a', 'web', { waiting: 'CrashLoopBackOff' })],
    'Deployment shop/web',
    'down',
    '1 of 1 pods CrashLoopBackOff',
  ],
  [
    'one of two is Pending',
    [podObject('shop/a', 'web', { phase: 'Pending' }), podObject('shop/b', 'web')],
    'Deployment shop/web',
    'degraded',
    '1 of 2 pods Pending',
  ],
  [
    'one starts',
    [podObject('shop/a', 'web', { waiting: 'ContainerCreating' })],
    'Deployment shop/web',
    undefined,
    'running',
  ],
  ['it starts again and again', [restarting(9, 3)], 'Deployment shop/web', 'down', '1 of 1 pods restarting'],
  ['it started again long ago', [restarting(10, 3)], 'Deployment shop/web', undefined, 'running'],
  [
    'it started again once in a while, for months',
    [restarting(9, 30, 20)],
    'Deployment shop/web',
    undefined,
    'running',
  ],
  [
    'it starts again every quarter of an hour, after weeks without',
    [made('2026-11-01T12:00:00Z', restarting(9, 3, 15))],
    'Deployment shop/web',
    'down',
    '1 of 1 pods restarting',
  ],
  [
    'it starts again every quarter of an hour, since its memory fills',
    [made('2026-11-20T10:55:00Z', restarting(5, 4, 14))],
    'Deployment shop/web',
    'down',
    '1 of 1 pods restarting',
  ],
  ['it started again twice', [restarting(1, 2)], 'Deployment shop/web', undefined, 'running'],
  [
    'nobody makes it again',
    [podObject('shop/a', undefined, { phase: 'Pending' })],
    'Pod shop/a',
    'down',
    '1 of 1 pods Pending',
  ],
])('pods count for what makes them: %s', (_, pods, identity, is, said) => {
  expect(observed('pods', { pods })).toMatchObject([{ identity, said, ...(is !== undefined && { is }) }]);
  expect(observed('pods', { pods })[0]?.is).toBe(is);
});

test('pods that end, and those of Jobs, are not looked at; pods are as old as their workload', () => {
  const of = (kind: string) => ({ metadata: { name: 'p', ownerReferences: [{ kind, name: 'n', controller: true }] } });
  const ending = { ...of('StatefulSet').metadata, deletionTimestamp: JUST_NOW };
  expect(observed('pods', { pods: [of('Job'), { metadata: ending }] })).toEqual([]);
  const deployments = [writtenBy([{ time: JUST_NOW, fieldsV1: template }])];
  const [one] = observed('pods', { deployments, pods: [podObject('shop/a', 'api', { phase: 'Pending' })] });
  expect(one).toMatchObject({ identity: 'Deployment shop/api', writtenAt: JUST_NOW });
});

const service = (spec: object) => ({ metadata: { namespace: 'shop', name: 'api', creationTimestamp: LONG_AGO }, spec });
const slice = (ready?: boolean) => ({
  metadata: { namespace: 'shop', labels: { 'kubernetes.io/service-name': 'api' } },
  endpoints: [{ conditions: ready === undefined ? {} : { ready } }],
});
const selector = { app: 'api' };
test.each<[string, Partial<Record<ListName, readonly object[]>>, readonly object[]]>([
  ['an endpoint is ready', { endpointslices: [slice(true)] }, [{ said: 'has ready endpoints' }]],
  ['an endpoint says nothing', { endpointslices: [slice()] }, [{ said: 'has ready endpoints' }]],
  [
    'none is ready',
    { endpointslices: [slice(false)] },
    [{ is: 'down', said: 'no ready endpoint', writtenAt: LONG_AGO }],
  ],
  [
    'nobody wants pods',
    { deployments: [deploymentObject('shop/api', 0, 0)] },
    [{ said: 'wants no pods', isIdle: true }],
  ],
  [
    'what is behind it was changed',
    { deployments: [writtenBy([{ time: JUST_NOW, fieldsV1: template }])] },
    [{ is: 'down', writtenAt: JUST_NOW }],
  ],
])('a Service works as far as its endpoints do: %s', (_, lists, expected) => {
  expect(observed('services', { services: [service({ selector })], ...lists })).toMatchObject(expected);
});

const runner = (kind: string, phase: string) => ({
  metadata: {
    ...{ namespace: 'shop', name: 'p', labels: selector },
    ownerReferences: [{ kind, name: 'n', controller: true }],
  },
  status: { phase },
});
test.each<[string, readonly object[], boolean, object]>([
  ['run and are of a Job', [runner('Job', 'Running')], true, { said: 'has ready endpoints', isIdle: true }],
  ['run and are an operator’s', [runner('Cluster', 'Running')], true, { said: 'has ready endpoints' }],
  ['have ended', [runner('Workflow', 'Succeeded')], false, { said: 'its pods have ended', isIdle: true }],
  ['are of a Job that has failed', [runner('Job', 'Failed')], false, { said: 'its pods have ended', isIdle: true }],
  ['are of a Job and not ready', [runner('Job', 'Running')], false, { is: 'down' }],
  ['have ended in part', [runner('Rollout', 'Failed'), runner('Rollout', 'Running')], false, { is: 'down' }],
  ['are of another Service', [{ ...runner('Job', 'Failed'), metadata: { namespace: 'shop' } }], false, { is: 'down' }],
  ['are gone', [], false, { is: 'down' }],
  [
    'were to run always, and their node has ended them',
    [{ ...runner('Cluster', 'Failed'), spec: { restartPolicy: 'Always' } }],
    false,
    { is: 'down' },
  ],
  [
    'have ended, and another step of the workflow runs',
    [
      { ...runner('Workflow', 'Running'), metadata: { ...runner('Workflow', '').metadata, labels: { app: 'other' } } },
      runner('Workflow', 'Succeeded'),
    ],
    false,
    { said: 'its pods have ended', isIdle: true },
  ],
])('a Service without workloads stays when what it is for has ended: its pods %s', (_, pods, ready, expected) => {
  const [one] = observed('services', { services: [service({ selector })], pods, endpointslices: [slice(ready)] });
  const { is, said, isIdle } = one ?? {};
  expect({ said, ...(is && { is }), ...(isIdle && { isIdle }) }).toEqual({ said: 'no ready endpoint', ...expected });
});

test('Services without a selector, and names of somewhere else, have no endpoints of ours', () => {
  const services = [service({}), service({ selector, type: 'ExternalName' })];
  expect(observed('services', { services })).toEqual([]);
});

const job = (name: string, type: string | undefined, at: string, cronJob?: string) => ({
  metadata: {
    ...{ namespace: 'shop', name, creationTimestamp: at },
    ...(cronJob !== undefined && { ownerReferences: [{ kind: 'CronJob', name: cronJob }] }),
  },
  status:
    type === undefined ? {} : { conditions: [{ type, status: 'True', lastTransitionTime: at, reason: 'Backoff' }] },
});
test('of a CronJob its last run counts that has ended, in whatever order they come', () => {
  const runs = [
    job('n-1', 'Complete', LONG_AGO, 'n'),
    job('n-2', 'Failed', JUST_NOW, 'n'),
    job('n-3', undefined, '', 'n'),
  ];
  for (const jobs of [runs, runs.toReversed()])
    expect(observed('jobs', { jobs })).toMatchObject([
      { identity: 'CronJob shop/n', is: 'down', said: 'n-2 failed: Backoff' },
    ]);
  const [one] = observed('jobs', { jobs: [job('m', 'Complete', JUST_NOW)] });
  expect(one).toMatchObject({ identity: 'Job shop/m', writtenAt: JUST_NOW, said: 'well' });
});

const TEST: TestJobs = { name: 'checkout', namespace: 'shop', labels: { test: 'checkout', tier: 'web' } };
const run = (name: string, type: string | undefined, begunAt: string, more: object = {}) => {
  const { metadata, ...rest } = job(name, type, begunAt, 'checkout');
  return { ...rest, metadata: { ...metadata, labels: { ...TEST.labels, more: 'x' }, ...more } };
};

test('of a test of the policy the last Job counts that carries its labels and has ended', () => {
  const seenOf = (test: TestJobs, ...jobs: object[]) => {
    const seen = observeNothing(NOON, [], [test]);
    for (const one of jobs) observeObject('jobs', one as never, seen);
    return OBSERVED['test-jobs'](seen);
  };
  const elsewhere = run('e', 'Complete', JUST_NOW, { namespace: 'bank' });
  const unlabelled = run('u', 'Complete', JUST_NOW, { labels: { test: 'checkout' } });
  const [well, failed, running] = [
    run('1', 'Complete', LONG_AGO),
    run('2', 'Failed', '2026-11-20T11:50:00Z'),
    run('3', undefined, JUST_NOW),
  ];
  const identity = 'Jobs shop/checkout';
  const others = [elsewhere, unlabelled, running];
  expect(seenOf(TEST, well, ...others, failed)).toMatchObject([{ identity, is: 'down', said: '2 failed: Backoff' }]);
  expect(seenOf(TEST, failed, well)[0]).not.toHaveProperty('writtenAt');
  expect(seenOf(TEST, ...others)).toEqual([{ identity, is: 'down', said: 'none has ended' }]);
  const since = (instant: string) => {
    const begunAfter = { instant: new Date(instant), awaitedUntil: new Date('2026-11-20T12:20:00Z') };
    return seenOf({ ...TEST, begunAfter }, well, failed, running)[0];
  };
  expect(since('2026-11-20T11:49:59Z')).toMatchObject({
    ...{ said: '2 failed: Backoff', awaitedUntil: '2026-11-20T12:20:00.000Z' },
    runs: [{ begunAt: '2026-11-20T11:50:00Z', hasFailed: true }],
  });
  expect(since(new Date(0).toISOString())?.runs?.map(({ hasFailed }) => hasFailed)).toEqual([false, true]);
  expect(since('2026-11-20T11:50:00Z')).toEqual({
    ...{ identity, said: 'none that began after 2026-11-20T11:50:00.000Z has ended' },
    awaitedUntil: '2026-11-20T12:20:00.000Z',
  });
});

test('what somebody has deleted is not looked at, though finalizers keep it: a namespace with a load balancer goes slowly', () => {
  const leaving = { creationTimestamp: LONG_AGO, deletionTimestamp: JUST_NOW };
  const deployments = [deploymentObject('shop/api', 0, 2, leaving)];
  const services = [{ metadata: { namespace: 'shop', name: 'api', ...leaving }, spec: { selector } }];
  expect(observed('workloads', { deployments })).toEqual([]);
  expect(observed('services', { services, deployments })).toEqual([]);
});

test('of what makes pods and is no workload that is read nobody can say when it was made, while it has pods that run', () => {
  const of = (kind: string, name: string, phase = 'Running', namespace = 'shop') => {
    const ownerReferences = [{ kind, name, controller: true }];
    return { metadata: { namespace, name: `${name}-p`, ownerReferences }, status: { phase } };
  };
  const pods = [
    of('ReplicaSet', 'web-7d'),
    of('TaskRun', 'build', 'Succeeded'),
    of('Operator', 'cni', 'Running', 'kube-system'),
    podObject('shop/a', 'api'),
  ];
  const seen = observed('pods', { pods, deployments: [deploymentObject('shop/api', 2)] });
  expect(seen.map(({ identity, isUndated = false }) => [identity, isUndated])).toEqual([
    ['ReplicaSet shop/web-7d', true],
    ['TaskRun shop/build', false],
    ['Operator kube-system/cni', false],
    ['Deployment shop/api', false],
  ]);
});

test('what lacks only pods that were made a moment ago is just starting, unless they fail', () => {
  const young = (name: string, more: Parameters<typeof podObject>[2], creationTimestamp: string) => {
    const pod = podObject(name, 'api', more);
    return { ...pod, metadata: { ...pod.metadata, creationTimestamp } };
  };
  const judged = (...pods: object[]) => {
    const lists = { pods, deployments: [deploymentObject('shop/api', 1, 2)] };
    return (['workloads', 'pods'] as const).map((probe) => observed(probe, lists)[0]?.isStarting ?? false);
  };
  expect(judged(young('shop/a', { phase: 'Pending' }, JUST_NOW))).toEqual([true, true]);
  expect(judged(young('shop/a', { phase: 'Pending' }, '2026-11-20T11:55:00Z'))).toEqual([false, false]);
  expect(judged(young('shop/a', { waiting: 'ImagePullBackOff' }, JUST_NOW))).toEqual([false, false]);
  // The kubelet has rejected one, and the next one is created at once, so the newest is never old.
  const refused = young('shop/a', { phase: 'Failed' }, JUST_NOW);
  expect(judged(refused)).toEqual([false, false]);
  expect(judged(refused, young('shop/b', {}, JUST_NOW))).toEqual([false, false]);
  const ready = young('shop/a', {}, JUST_NOW);
  const conditions = [{ type: 'Ready', status: 'True' }];
  expect(judged({ ...ready, status: { ...ready.status, conditions } })).toEqual([false, false]);
});

test('what wants no pods is idle, but for what the cluster runs of its own', () => {
  const idleOf = (name: string) =>
    observed('workloads', { deployments: [deploymentObject(name, 0, 0)] })[0]?.isIdle ?? false;
  expect([idleOf('shop/api'), idleOf('kube-system/coredns')]).toEqual([true, false]);
});

test('of a Service behind which no workload stands nobody can say since when', () => {
  const services = [service({ selector })];
  const isUndated = (lists: Partial<Record<ListName, readonly object[]>>) =>
    observed('services', { services, ...lists })[0]?.isUndated ?? false;
  expect(isUndated({ endpointslices: [slice(true)] })).toBe(true);
  expect(isUndated({})).toBe(true);
  expect(isUndated({ deployments: [deploymentObject('shop/api', 0)] })).toBe(false);
  // Nobody has deleted what an add-on has lost in the hop.
  const one = service({ selector });
  const ofAddon = { ...one, metadata: { ...one.metadata, managedFields: [BY_EKS] } };
  expect(observed('services', { services: [ofAddon] })).toMatchObject([{ is: 'down' }]);
  expect(observed('services', { services: [ofAddon] })[0]?.isUndated).toBeUndefined();
});
