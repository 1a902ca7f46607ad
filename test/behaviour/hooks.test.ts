import { retryCluster } from '../../core/operations/hold-switch.ts';
import { requestUpgrade } from '../../core/operations/requests.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { scansOf } from '../../core/scan/fleet/report-store.ts';
import { attributesClass, OLD } from '../material/kubernetes/attributes-class.ts';
import { answering, at, calls, cluster, events, fleet, hook, minutesLater, untilAsked } from './hooked-fleet.ts';
import {
  beginByHand,
  clusterArn,
  discover,
  memberOf,
  PERSON,
  recordOf,
  rolloutIdOf,
  run,
  smallFleet,
  startByHand,
  upgradesOf,
  versionOf,
} from './small-fleet.ts';

test('each moment is asked once where go is said, in order, and before what it is about', async () => {
  const world = await fleet({
    hooks: [
      hook('before', 'upgrade-cluster', { name: 'a' }),
      hook('before', 'upgrade-control-plane', { name: 'b' }),
      hook('after', 'upgrade-control-plane', { name: 'c' }),
      hook('before', 'update-addons', { name: 'before-addons' }),
      hook('after', 'update-addons', { name: 'after-addons' }),
      hook('before', 'roll-node-group', { name: 'd' }),
      hook('after', 'roll-node-group', { name: 'e' }),
      hook('before', 'smoke-check', { name: 'f' }),
      hook('after', 'smoke-check', { name: 'g' }),
      hook('after', 'upgrade-cluster', { name: 'h' }),
    ],
  });
  const asked = answering(world, 'go');
  await run(world);
  expect(asked.map(({ hook, nodegroup }) => (nodegroup === undefined ? hook : `${hook} ${nodegroup}`))).toEqual([
    'a',
    'b',
    'c',
    'd blue',
    'e blue',
    'd green',
    'e green',
    'before-addons',
    'after-addons',
    'f',
    'g',
    'h',
  ]);
  expect(new Set(asked.map(({ key }) => key)).size).toBe(asked.length);
  const when = (name: string, group?: string) =>
    asked.find(({ hook, nodegroup }) => hook === name && nodegroup === group)?.now ?? 0;
  expect(when('a')).toBeLessThan(at(world, 'UpdateClusterVersion'));
  expect(when('b')).toBeLessThan(at(world, 'UpdateClusterVersion'));
  expect(when('c')).toBeGreaterThan(at(world, 'UpdateClusterVersion'));
  expect(when('d', 'blue')).toBeLessThan(at(world, 'UpdateNodegroupVersion'));
  expect(await memberOf(world, 'web')).toMatchObject({ status: 'Succeeded' });
  expect(asked[1]).toMatchObject({
    schema: 'liftlock.hook/v1',
    at: 'before',
    step: 'upgrade-control-plane',
    blocking: true,
    cluster: { arn: clusterArn('web'), name: 'web', account: '111111111111', region: 'eu-central-1' },
    from: '1.36',
    to: '1.37',
    rollout: await rolloutIdOf(world),
    wave: 'all',
  });
});

test('wait delays the change, and is asked again after the seconds that it says', async () => {
  const world = await fleet({ hooks: [hook('before', 'upgrade-control-plane')] });
  const asked = answering(world, { answer: 'wait', seconds: 300 }, { answer: 'wait', seconds: 300 }, 'go');
  await run(world);
  const [first, second, third] = asked;
  expect(asked).toHaveLength(3);
  expect((second?.now ?? 0) - (first?.now ?? 0)).toBeGreaterThanOrEqual(300_000);
  expect((third?.now ?? 0) - (second?.now ?? 0)).toBeLessThan(310_000);
  expect(at(world, 'UpdateClusterVersion')).toBeGreaterThan(third?.now ?? 0);
  // The same question, word for word, so that a receiver can tell a repetition.
  expect(new Set(asked.map(({ now: _, ...request }) => JSON.stringify(request))).size).toBe(1);
  expect(versionOf(world, 'web')).toBe('1.37');
});

test.each<[string, string | object, string]>([
  ['words', { answer: 'go', message: `${'x'.repeat(298)}🚀 all is well` }, `${'x'.repeat(298)}…`],
  ['a wrong answer', `{"schema": "liftlock.hook/v1", "answer": "${'x'.repeat(39)}🚀"}`, `“${'x'.repeat(39)}…”`],
])('%s that are cut within an emoji are kept without its half', async (_, answer, kept) => {
  const world = await fleet({ hooks: [hook('before', 'upgrade-control-plane', { blocking: false })] });
  answering(world, answer);
  await run(world);
  expect(versionOf(world, 'web')).toBe('1.37');
  const answered = (await world.auditTimeline()).find(({ event }) => event === 'HookAnswered');
  expect(answered?.detail.message).toContain(kept);
});

test('stop before the first change blocks the cluster untouched, and a retry asks anew under another key', async () => {
  const world = await fleet({ hooks: [hook('before', 'upgrade-cluster')] });
  const asked = answering(world, { answer: 'stop', message: 'no \u001b[31mticket' }, 'go');
  await run(world);
  expect(calls(world)).toEqual([]);
  const member = await memberOf(world, 'web');
  const message = expect.stringMatching(/: liftlock retry cluster web$/);
  expect(member).toMatchObject({ status: 'Blocked', reasons: [{ code: 'HookRefused', message }] });
  expect(member.reasons[0]?.message).toMatch(
    /^The hook before-it before upgrade-cluster said stop at \S+: “no \[31mticket”\. Ask who runs it; once/,
  );
  expect(asked).toHaveLength(1);
  await retryCluster(world.ports, member.clusterKey, PERSON);
  await run(world);
  expect(versionOf(world, 'web')).toBe('1.37');
  expect(asked.map(({ key }) => key === asked[0]?.key)).toEqual([true, false]);
});

test('stop after the control plane fails the upgrade before its nodes, and holds the cluster', async () => {
  const world = await fleet({ hooks: [hook('after', 'upgrade-control-plane')] });
  answering(world, 'stop');
  await run(world);
  expect(calls(world)).toEqual(['UpdateClusterVersion']);
  const { status, reasons } = await memberOf(world, 'web');
  expect([status, reasons.map(({ code }) => code)]).toEqual(['Failed', ['HookRefused', 'Upgraded']]);
  expect((await upgradesOf(world))[0]?.steps['upgrade-control-plane']?.status).toBe('failed');
  const { held } = await explainCluster(world.ports, await recordOf(world, 'web'));
  expect(held?.reason.code).toBe('HookRefused');
});

test.each<[string, 'upgrade-control-plane' | 'roll-node-group', string[]]>([
  ['after the control plane', 'upgrade-control-plane', ['stop', 'stop', 'go']],
  ['after a node group', 'roll-node-group', ['stop', 'stop', 'go']],
])(
  'who has said stop %s is asked by each retry, though that has nothing more to change there',
  async (_, step, answers) => {
    const world = await fleet({ hooks: [hook('after', step)] });
    const asked = answering(world, ...answers);
    await run(world);
    const { clusterKey } = await memberOf(world, 'web');
    const before = calls(world);
    await retryCluster(world.ports, clusterKey, PERSON);
    await run(world);
    expect([(await memberOf(world, 'web')).status, asked.length, calls(world)]).toEqual(['Failed', 2, before]);
    await retryCluster(world.ports, clusterKey, PERSON);
    await run(world);
    expect((await memberOf(world, 'web')).status).toBe('Succeeded');
    expect(calls(world).length).toBeGreaterThan(before.length);
  },
);

test.each(['before', 'after'] as const)('stop %s the first node group lets no other one begin', async (when) => {
  const world = await fleet({ hooks: [hook(when, 'roll-node-group')] });
  answering(world, 'stop', 'go');
  await run(world);
  const rolled = when === 'before' ? [] : ['UpdateNodegroupVersion'];
  expect(calls(world)).toEqual(['UpdateClusterVersion', ...rolled]);
  expect(await memberOf(world, 'web')).toMatchObject({ status: 'Failed' });
});

test('stop before the first of several groups is one to all of them, also where nothing was changed yet', async () => {
  const behind = {
    ...cluster,
    version: '1.37',
    nodegroups: ['blue', 'green'].map((name) => ({ name, version: '1.36' })),
  };
  const world = await smallFleet({
    clusters: [behind],
    policy: { hooks: [hook('before', 'roll-node-group')], trigger: 'manual' },
  });
  await discover(world);
  const asked = answering(world, 'stop', 'go');
  const input = { cluster: clusterArn('web'), targetVersion: '1.37' };
  const { status, error } = await startByHand(world, 'roll-node-group', input);
  expect([status, error, calls(world), asked.length]).toEqual(['FAILED', 'Blocked', [], 1]);
});

test.each([
  ['says nothing', '', 'HookTimedOut'],
  ['says what is no answer', '{"schema":"liftlock.hook/v2","answer":"go"}', 'HookTimedOut'],
  ['says wait', 'wait', 'HookTimedOut'],
])('one that only ever %s stops the step when its time is over', async (_, answer, code) => {
  const world = await fleet({ hooks: [hook('before', 'upgrade-control-plane', { timeout: '20m' })] });
  const asked = answering(world, answer);
  await run(world);
  expect(calls(world)).toEqual([]);
  const { reasons } = await memberOf(world, 'web');
  expect(reasons.map((one) => one.code)).toEqual([code]);
  const [first] = asked;
  const last = asked.at(-1);
  expect(asked.length).toBeGreaterThan(10);
  expect((last?.now ?? 0) - (first?.now ?? 0)).toBeLessThanOrEqual(20 * 60_000);
});

test('an advisory one is asked once, recorded, and nothing waits for it', async () => {
  const world = await fleet({
    hooks: [
      hook('before', 'upgrade-control-plane', { blocking: false }),
      hook('after', 'smoke-check', { blocking: false }),
    ],
  });
  const asked = answering(world, { answer: 'stop', message: 'not for me' });
  await run(world);
  expect([versionOf(world, 'web'), asked.length]).toEqual(['1.37', 2]);
  expect(await events(world)).toEqual(['HookAsked', 'HookAnswered', 'HookAsked', 'HookAnswered']);
  const [upgrade] = await upgradesOf(world);
  expect(upgrade?.hooks?.['before-it/before/upgrade-control-plane']).toMatchObject({ answer: 'stop' });
  const answered = (await world.auditTimeline()).find(({ event }) => event === 'HookAnswered');
  expect(answered?.detail.message).toBe('not for me');
});

test('only clusters that the selector takes are asked about', async () => {
  const selector = { matchLabels: { stage: 'prod' } };
  const world = await smallFleet({
    clusters: [cluster, { ...cluster, name: 'shop', tags: { stage: 'prod' } }],
    policy: { hooks: [hook('before', 'upgrade-control-plane', { selector })] },
  });
  const asked = answering(world, 'go');
  await run(world);
  expect(asked.map((one) => one.cluster.name)).toEqual(['shop']);
});

test('while it waits, explain says for which hook, since when, and what it says', async () => {
  const world = await fleet({ hooks: [hook('before', 'upgrade-control-plane')] });
  const asked = answering(world, { answer: 'wait', message: 'the board meets at two', seconds: 900 });
  await untilAsked(world, asked, 1);
  await minutesLater(world, 1);
  const { state, reasons } = await explainCluster(world.ports, await recordOf(world, 'web'));
  const waits = reasons.find(({ code }) => code === 'HookWaits');
  expect([state, waits?.message]).toEqual([
    'Upgrading',
    expect.stringMatching(
      /^The hook before-it before upgrade-control-plane is asked since \S+; it says wait: “the board meets at two”\. Without a go by \S+ the step stops\.$/,
    ),
  ]);
});

test('whoever is asked before an upgrade is told what its scan has found, and nobody else is', async () => {
  const world = await smallFleet({
    clusters: [{ ...cluster, objects: [attributesClass(OLD)] }],
    policy: {
      scan: { failOn: 'none' },
      hooks: [
        ...[hook('before', 'upgrade-cluster'), hook('before', 'upgrade-control-plane', { name: 'step' })],
        hook('after', 'upgrade-cluster'),
      ],
    },
  });
  const asked = answering(world, 'go');
  await run(world);
  const [first, ...others] = asked;
  const [scan] = await scansOf(world.table, (await recordOf(world, 'web')).clusterKey);
  const { scannedAt, warnings, infos, waived, causes = [] } = scan ?? {};
  expect(first?.scan).toMatchObject({ scannedAt, errors: 1, warnings, infos, waived });
  expect(first?.scan?.causes).toEqual(
    causes.map(({ severity, cause, findings, ids }) => ({ severity, cause, findings, ids })),
  );
  expect(first?.scan?.causes[0]).toMatchObject({ severity: 'error', ids: [expect.stringMatching(/^[0-9a-f]+$/)] });
  expect(others.map(({ at, step, scan: told }) => [at, step, told])).toEqual([
    ['before', 'upgrade-control-plane', undefined],
    ['after', 'upgrade-cluster', undefined],
  ]);
});

test('a machine that a person starts asks the hooks of its own step, and none of the whole upgrade', async () => {
  const world = await fleet({
    hooks: [hook('before', 'upgrade-control-plane'), hook('before', 'upgrade-cluster', { name: 'whole' })],
    policy: { trigger: 'manual' },
  });
  await discover(world);
  const asked = answering(world, 'go');
  await startByHand(world, 'upgrade-control-plane', { cluster: clusterArn('web'), targetVersion: '1.37' });
  expect(asked.map((one) => [one.hook, one.rollout])).toEqual([['before-it', undefined]]);
  expect(versionOf(world, 'web')).toBe('1.37');
});

test('an upgrade that a person has begun and a hook has stopped says what that person runs: no retry takes it', async () => {
  const world = await fleet({ hooks: [hook('before', 'upgrade-cluster')], policy: { trigger: 'manual' } });
  await discover(world);
  answering(world, 'stop', 'go');
  const order = async () =>
    requestUpgrade(world.ports, await recordOf(world, 'web'), '1.37', PERSON, { approve: true });
  await order();
  await minutesLater(world, 30);
  const [upgrade] = await upgradesOf(world);
  expect([upgrade?.status, upgrade?.reasons[0]?.message]).toEqual([
    'Blocked',
    expect.stringMatching(/once it would say go: liftlock upgrade cluster web --to 1\.37 --approve$/),
  ]);
  await expect(retryCluster(world.ports, upgrade?.clusterKey ?? '', PERSON)).rejects.toThrow('web is not held');
  await order();
  await run(world);
  expect(versionOf(world, 'web')).toBe('1.37');
});

test('what only looks, started by hand, asks nobody', async () => {
  const world = await fleet({ hooks: [hook('before', 'smoke-check')], policy: { trigger: 'manual' } });
  await discover(world);
  const asked = answering(world, 'stop');
  await beginByHand(world, 'smoke-check', { cluster: clusterArn('web'), targetVersion: '1.36' });
  await minutesLater(world, 30);
  expect(asked).toEqual([]);
});

test('before a node group its first change waits, which may be its update settings; nobody is asked before they are put back', async () => {
  const updateConfig = { maxUnavailable: 3 };
  const world = await fleet({ hooks: [hook('before', 'roll-node-group')], policy: { nodes: { updateConfig } } });
  const asked = answering(world, { answer: 'wait', seconds: 600 }, 'go', 'go', 'stop');
  await untilAsked(world, asked, 1);
  expect(calls(world)).toEqual(['UpdateClusterVersion']);
  await run(world);
  expect(asked.map(({ nodegroup }) => nodegroup)).toEqual(['blue', 'blue', 'green']);
  const ofGroup = ['UpdateNodegroupConfig', 'UpdateNodegroupVersion', 'UpdateNodegroupConfig'];
  expect(calls(world).slice(0, 7)).toEqual(['UpdateClusterVersion', ...ofGroup, ...ofGroup]);
});

test('a hook after a node group hears of it when its own settings are back', async () => {
  const updateConfig = { maxUnavailable: 3 };
  const world = await fleet({ hooks: [hook('after', 'roll-node-group')], policy: { nodes: { updateConfig } } });
  const asked = answering(world, 'stop');
  await run(world);
  expect(asked.map(({ nodegroup }) => nodegroup)).toEqual(['blue']);
  expect(calls(world)).toEqual([
    ...['UpdateClusterVersion', 'UpdateNodegroupConfig', 'UpdateNodegroupVersion', 'UpdateNodegroupConfig'],
  ]);
});

test.each([
  ['says stop', 'stop', '1h'],
  ['does not answer', 'wait', '20m'],
])(
  'until when a hop can be taken back is known also where a hook that is asked about it %s',
  async (_, answer, timeout) => {
    const world = await fleet({ hooks: [hook('after', 'upgrade-control-plane', { timeout })] });
    answering(world, answer);
    await run(world);
    expect((await memberOf(world, 'web')).status).toBe('Failed');
    expect(versionOf(world, 'web')).toBe('1.37');
    const { rollback } = await explainCluster(world.ports, await recordOf(world, 'web'));
    expect(rollback).toMatchObject({ to: '1.36', until: expect.any(String) });
  },
);
