import { promoteRollout } from '../../core/operations/promote-rollout.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { stuckUpgrades } from '../../core/rollout/reconcile-rollouts.ts';
import { runWorld } from '../../simulator/process/run-world.ts';
import {
  hours,
  memberOf,
  membersOf,
  mutationsOf,
  PERSON,
  recordOf,
  rolloutsOf,
  run,
  smallFleet,
  upgradesOf,
  versionOf,
  wavesOf,
} from './small-fleet.ts';
import { staged } from './staged-fleet.ts';

type World = Awaited<ReturnType<typeof smallFleet>>;

const at = (text: string) => Date.parse(text);
const nightly = { timeZone: 'Europe/Berlin', windows: [{ name: 'nights', schedule: '0 22 * * *', duration: '6h' }] };
const commitsOf = async (world: World, name: string) =>
  (await world.auditTimeline())
    .filter(({ event, subject }) => event === 'MutationCommitted' && subject.includes(`/${name}@`))
    .map((item) => at(item.at));
const startedOf = (world: World, name: string) =>
  Math.min(
    ...mutationsOf(world)
      .filter((one) => one.clusterArn.endsWith(`/${name}`))
      .map((one) => one.at),
  );
const until = (world: World, text: string) => runWorld(world, { until: new Date(text), quietHours: 1_000 });

describe('a window', () => {
  test('lets nothing begin before it opens, and everything that fits end in it', async () => {
    const world = await smallFleet({
      clusters: staged('dev', ['d1', 'd2']),
      calendars: { prod: nightly },
      policy: { waves: [{ name: 'all', calendar: 'prod', maxConcurrency: 2 }] },
    });
    await run(world, 5, 1);
    expect(versionOf(world, 'd1')).toBe('1.37');
    for (const name of ['d1', 'd2']) {
      for (const commit of await commitsOf(world, name)) {
        expect(commit).toBeGreaterThanOrEqual(at('2026-11-20T21:00:00Z'));
        expect(commit).toBeLessThan(at('2026-11-21T03:00:00Z'));
      }
    }
    expect(startedOf(world, 'd1')).toBeLessThan(at('2026-11-20T21:05:00Z'));
  });

  test('that is too short for an upgrade is passed by, unless the wave may overrun', async () => {
    const short = {
      windows: [
        { name: 'short', schedule: '0 12 * * *', duration: '45m' },
        { name: 'long', schedule: '0 12 22 * *', duration: '3h' },
      ],
    };
    const wave = { name: 'all', calendar: 'prod' };
    const patient = await smallFleet({
      clusters: staged('dev', ['d1']),
      calendars: { prod: short },
      policy: { waves: [wave] },
    });
    await run(patient);
    expect(startedOf(patient, 'd1')).toBeGreaterThanOrEqual(at('2026-11-22T12:00:00Z'));
    const hasty = await smallFleet({
      clusters: staged('dev', ['d1']),
      calendars: { prod: short },
      policy: { waves: [{ ...wave, mayOverrun: true }] },
    });
    await run(hasty);
    expect(startedOf(hasty, 'd1')).toBeLessThan(at('2026-11-20T12:05:00Z'));
  });

  test('that an upgrade fits into lets it begin, however long the scan before it takes', async () => {
    const world = await smallFleet({
      clusters: staged('dev', ['d1']),
      calendars: { prod: { windows: [{ name: 'lunch', schedule: '0 12 * * *', duration: '1h' }] } },
      policy: { waves: [{ name: 'all', calendar: 'prod' }] },
      requestMilliseconds: 12_000,
    });
    await run(world, 5);
    const [upgrade] = await upgradesOf(world);
    expect(upgrade?.status).toBe('Succeeded');
    expect(startedOf(world, 'd1')).toBeGreaterThan(at('2026-11-20T12:15:00Z'));
    expect(startedOf(world, 'd1')).toBeLessThan(at('2026-11-20T12:30:00Z'));
  });

  test('that a scan leaves too little of, again and again, is told with what to change', async () => {
    // Each kind is a list more to read, and each request takes its time.
    const kinds = Array.from({ length: 99 }, (_, index) => ({
      ...{ apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition' },
      metadata: { name: `k${index}s.example.com` },
      spec: {
        ...{ group: 'example.com', scope: 'Cluster' },
        names: { kind: `K${index}`, plural: `k${index}s`, singular: `k${index}`, listKind: `K${index}List` },
        versions: [{ name: 'v1', served: true, storage: true }],
      },
    }));
    const world = await smallFleet({
      clusters: staged('dev', ['d1']),
      calendars: { prod: { windows: [{ name: 'lunch', schedule: '0 12 * * *', duration: '40m' }] } },
      policy: { waves: [{ name: 'all', calendar: 'prod' }], estimates: { upgrade: '40m' } },
      requestMilliseconds: 12_000,
      prepare: ({ clusters }) => {
        for (const { kubernetes } of Object.values(clusters)) kubernetes.objects = kinds;
      },
    });
    await hours(world, 34);
    const [upgrade] = await upgradesOf(world);
    expect(upgrade).toMatchObject({
      status: 'Parked',
      mutated: false,
      parkedFor: { code: 'WindowTooShort', times: 2 },
    });
    expect(stuckUpgrades(await upgradesOf(world), world.clock.now())).toHaveLength(1);
    const { reasons } = await explainCluster(world.ports, await recordOf(world, 'd1'));
    expect(reasons.map(({ code, message }) => `${code}: ${message}`)).toContainEqual(
      expect.stringMatching(
        /^WindowTooShort: In 2 windows in a row since .* the scan left no time for the first change\. Lengthen the windows, /,
      ),
    );
  });

  test('that closes in the middle parks the rest of the hop until it opens again', async () => {
    const world = await smallFleet({
      clusters: staged('dev', ['d1']),
      calendars: { prod: { windows: [{ name: 'lunch', schedule: '0 12 * * *', duration: '20m' }] } },
      policy: { waves: [{ name: 'all', calendar: 'prod', mayOverrun: true }] },
    });
    await run(world, 10);
    expect(versionOf(world, 'd1')).toBe('1.37');
    expect((await memberOf(world, 'd1')).status).toBe('Succeeded');
    const commits = await commitsOf(world, 'd1');
    for (const commit of commits) {
      const minutes = (commit / 60_000) % 1440;
      expect(minutes).toBeGreaterThanOrEqual(12 * 60);
      expect(minutes).toBeLessThanOrEqual(12 * 60 + 19);
    }
    // What was begun in one window went on in the next one.
    expect(new Set(commits.map((commit) => Math.floor(commit / 86_400_000))).size).toBeGreaterThan(1);
  });

  test('that closes while EKS works on a cluster does not break that off, and its step says so', async () => {
    const world = await smallFleet({
      clusters: staged('dev', ['d1']),
      calendars: { prod: { windows: [{ name: 'lunch', schedule: '0 12 * * *', duration: '20m' }] } },
      policy: { waves: [{ name: 'all', calendar: 'prod', mayOverrun: true }] },
    });
    await run(world, 10);
    const [upgrade] = await upgradesOf(world);
    expect(upgrade?.status).toBe('Succeeded');
    const told = Object.values(upgrade?.steps ?? {}).flatMap((step) => step.reasons.map(({ code }) => code));
    expect(told).toContain('RanPastWindow');
  });

  test('wins over nothing: a freeze closes it, and what waits says until when', async () => {
    const frozen = {
      ...nightly,
      freezes: [{ name: 'fair', from: '2026-11-20T00:00', to: '2026-11-23T00:00', reason: 'trade fair' }],
    };
    const world = await smallFleet({
      clusters: staged('dev', ['d1']),
      calendars: { prod: frozen },
      policy: { waves: [{ name: 'all', calendar: 'prod' }] },
    });
    await run(world);
    expect(startedOf(world, 'd1')).toBeGreaterThanOrEqual(at('2026-11-22T23:00:00Z'));
  });
});

test('a calendar that is not applied keeps everything closed, and says so', async () => {
  const world = await smallFleet({
    clusters: staged('dev', ['d1']),
    policy: { waves: [{ name: 'all', calendar: 'nowhere' }] },
  });
  await run(world);
  expect(mutationsOf(world)).toEqual([]);
  const { reasons } = await explainCluster(world.ports, await recordOf(world, 'd1'));
  expect(reasons.map(({ code }) => code)).toContain('NoCalendar');
});

describe('a soak', () => {
  const waves = [
    { name: 'dev', selector: { matchLabels: { stage: 'dev' } }, maxConcurrency: 2, soak: '6h' },
    { name: 'prod', selector: { matchLabels: { stage: 'prod' } } },
  ];
  const clusters = [...staged('dev', ['d1', 'd2']), ...staged('prod', ['p1'])];

  test('keeps the next wave back for its length after the last success', async () => {
    const world = await smallFleet({ clusters, policy: { waves } });
    await run(world);
    const [dev] = await wavesOf(world);
    const soaked = at(dev?.lastSuccessAt ?? '') + 6 * 3_600_000;
    expect(startedOf(world, 'p1')).toBeGreaterThanOrEqual(soaked);
    expect(startedOf(world, 'p1')).toBeLessThan(soaked + 300_000);
    expect((await rolloutsOf(world)).map(({ status }) => status)).toEqual(['Completed']);
  });

  test('starts again while a gate is red, and never ends on one that is unknown', async () => {
    const gated = [{ ...waves[0], gates: [{ alarm: 'errors' }] }, waves[1]];
    const world = await smallFleet({ clusters, policy: { waves: gated } });
    await until(world, '2026-11-20T12:00:00Z');
    world.gates.set('errors', 'unknown');
    await until(world, '2026-11-20T14:00:00Z');
    world.gates.set('errors', 'green');
    await run(world);
    expect(startedOf(world, 'p1')).toBeGreaterThanOrEqual(at('2026-11-20T19:58:00Z'));
    expect(startedOf(world, 'p1')).toBeLessThan(at('2026-11-20T20:05:00Z'));
  });

  test('is skipped by a person, on the record', async () => {
    const world = await smallFleet({ clusters, policy: { waves } });
    await until(world, '2026-11-20T10:00:00Z');
    const [rollout] = await rolloutsOf(world);
    await promoteRollout(world.ports, rollout?.id ?? '', PERSON, 'urgent fix');
    await run(world);
    expect(startedOf(world, 'p1')).toBeLessThan(at('2026-11-20T10:05:00Z'));
    const [audit] = (await world.auditTimeline()).filter(({ event }) => event === 'WavePromoted');
    expect(audit).toMatchObject({ principal: PERSON, detail: { wave: 'dev' } });
  });
});

test('a bake parks the upgrade between control plane and nodes, and keeps its place in the wave, not in the account', async () => {
  const world = await smallFleet({
    clusters: staged('dev', ['d1', 'd2']),
    caps: { total: 1 },
    policy: { waves: [{ name: 'all', maxConcurrency: 2, bake: '4h' }] },
  });
  await run(world);
  const rolls = (name: string) =>
    mutationsOf(world).filter(
      (one) => one.clusterArn.endsWith(`/${name}`) && one.operation === 'UpdateNodegroupVersion',
    );
  const upgrades = (name: string) =>
    mutationsOf(world).filter((one) => one.clusterArn.endsWith(`/${name}`) && one.operation === 'UpdateClusterVersion');
  for (const name of ['d1', 'd2']) {
    const [roll] = rolls(name);
    const [upgrade] = upgrades(name);
    expect((roll?.at ?? 0) - (upgrade?.at ?? 0)).toBeGreaterThan(4 * 3_600_000);
  }
  // The second cluster does not wait for the bake of the first, although only one upgrade may run at once.
  expect((upgrades('d2')[0]?.at ?? 0) - (upgrades('d1')[0]?.at ?? 0)).toBeLessThan(2 * 3_600_000);
  expect((await membersOf(world)).map(({ status }) => status)).toEqual(['Succeeded', 'Succeeded']);
});

test('nodes follow only as often as they must over several hops', async () => {
  const world = await smallFleet({
    clusters: staged('dev', ['d1'], '1.34'),
    policy: { waves: [{ name: 'all', rollNodes: 'whenSkewRequires' }] },
  });
  await run(world);
  expect(versionOf(world, 'd1')).toBe('1.37');
  expect((await memberOf(world, 'd1')).status).toBe('Succeeded');
  const rolls = mutationsOf(world).filter((one) => one.operation === 'UpdateNodegroupVersion');
  expect(rolls).toHaveLength(1);
});

test.each([
  ['between two hops', '1.35', { rollNodes: 'whenSkewRequires' }],
  ['while it bakes', '1.36', { bake: '2h' }],
] as const)('whose nodes wait is called so %s, and up to date only when it is whole', async (_, version, wave) => {
  const nights = { timeZone: 'UTC', windows: [{ name: 'nights', schedule: '0 22 * * *', duration: '70m' }] };
  const world = await smallFleet({
    clusters: staged('dev', ['d1'], version),
    calendars: { nights },
    policy: { waves: [{ name: 'all', calendar: 'nights', ...wave }] },
  });
  const states: string[] = [];
  for (let half = 0; half < 2 * 24 * 2; half += 1) {
    await hours(world, 0.5, 1);
    const { state } = await explainCluster(world.ports, await recordOf(world, 'd1'));
    if (states.at(-1) !== state) states.push(state);
  }
  // From one night to the next.
  expect(states).toEqual(['Waiting', 'Upgrading', 'NodesKept', 'Upgrading', 'UpToDate']);
});

test('a budget that lets no node be drained stops the hop whose nodes are rolled, and not those before', async () => {
  const workload = { kind: 'Deployment', namespace: 'shop', name: 'web', labels: { app: 'web' } } as const;
  const budget = { namespace: 'shop', name: 'web', matchLabels: { app: 'web' }, minAvailable: 1 };
  const world = await smallFleet({
    clusters: staged('dev', ['d1'], '1.34').map((cluster) => ({
      ...cluster,
      workloads: [{ ...workload, replicas: 1, image: 'web' }],
      podDisruptionBudgets: [budget],
    })),
    policy: { waves: [{ name: 'all', rollNodes: 'whenSkewRequires' }] },
  });
  await run(world);
  expect(mutationsOf(world).filter(({ operation }) => operation === 'UpdateNodegroupVersion')).toEqual([]);
  const { status, reasons } = await memberOf(world, 'd1');
  expect([versionOf(world, 'd1'), status, reasons[0]?.code]).toEqual(['1.36', 'Blocked', 'DrainStuck']);
});

test('new nodes without addresses stop the hop whose nodes are rolled, and not those before', async () => {
  const world = await smallFleet({
    clusters: staged('dev', ['d1'], '1.34'),
    policy: { waves: [{ name: 'all', rollNodes: 'whenSkewRequires' }] },
  });
  const [cluster] = Object.values(world.eks.state.clusters);
  for (const { description } of cluster?.nodegroups ?? []) description.subnets = ['subnet-full'];
  world.eks.state.freeAddresses = { 'subnet-full': 0 };
  await run(world);
  const { status, reasons } = await memberOf(world, 'd1');
  expect([versionOf(world, 'd1'), status, reasons[0]?.message]).toEqual([
    ...['1.36', 'Blocked', expect.stringContaining('its subnets have 0 free addresses')],
  ]);
});

test('who waits is told for what and until when: the soak first, then the window at that time', async () => {
  const world = await smallFleet({
    clusters: [...staged('dev', ['d1']), ...staged('prod', ['p1'])],
    calendars: { prod: nightly },
    policy: {
      waves: [
        { name: 'canary', selector: { matchLabels: { stage: 'dev' } }, soak: '6h' },
        { name: 'prod', selector: { matchLabels: { stage: 'prod' } }, calendar: 'prod' },
      ],
    },
  });
  await until(world, '2026-11-20T10:00:00Z');
  const explained = await explainCluster(world.ports, await recordOf(world, 'p1'));
  expect(explained.reasons.map(({ code }) => code)).toEqual(['Soaking', 'WindowClosed']);
  expect(explained.reasons[0]?.message).toMatch(
    /^The wave canary soaks until 2026-11-20T15:\d\d(:\d\d)?\+01:00: 6h after/,
  );
  expect(explained.reasons[1]?.message).toMatch(/^Then: .*nights.*22:00/);
  expect(explained.when.at).toBe('2026-11-20T21:00:00.000Z');
  await until(world, '2026-11-20T15:00:00Z');
  const closed = await explainCluster(world.ports, await recordOf(world, 'p1'));
  expect(closed.reasons.map(({ code }) => code)).toEqual(['WindowClosed']);
  await run(world);
});

test.each([
  // Its windows are 21:00 to 03:00 and the hop begins at 21:00.
  [
    'outside of every window says when the next one opens',
    '7h',
    '2026-11-21T21:00:00.000Z',
    ['WindowClosed', 'Baking', 'ResumesLater'],
  ],
  ['within a window says when it ends', '4h', '2026-11-21T01:', ['Baking', 'ResumesLater']],
])('who bakes and is through %s', async (_, bake, at, codes) => {
  const world = await smallFleet({
    clusters: staged('dev', ['d1']),
    calendars: { dev: nightly },
    policy: { waves: [{ name: 'all', calendar: 'dev', bake }] },
  });
  await until(world, '2026-11-21T00:00:00Z');
  const { when, reasons } = await explainCluster(world.ports, await recordOf(world, 'd1'));
  expect([when.at, reasons.map(({ code }) => code)]).toEqual([expect.stringContaining(at), codes]);
  await run(world);
  const [, next] = mutationsOf(world);
  expect((next?.at ?? 0) - Date.parse(when.at ?? '')).toBeLessThan(15 * 60_000);
  expect(next?.at).toBeGreaterThanOrEqual(Date.parse(when.at ?? ''));
});
