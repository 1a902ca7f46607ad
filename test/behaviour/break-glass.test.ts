import { applyDocuments } from '../../core/operations/apply-documents.ts';
import {
  breakGlassOfCluster,
  breakGlassOfWave,
  mendGlassOfCluster,
  mendGlassOfWave,
} from '../../core/operations/break-glass.ts';
import { stopFleet } from '../../core/operations/fleet-switch.ts';
import { abortRollout } from '../../core/operations/rollout-orders.ts';
import { readCommitSnapshot } from '../../core/protocol/commit.ts';
import { loadClusterDetail } from '../../core/queries/cluster-detail.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { Upgrades, Waves } from '../../core/store/entities.ts';
import { load } from '../../core/store/entity.ts';
import { runWorld } from '../../simulator/process/run-world.ts';
import { applySpec, spec } from './changed-policy.ts';
import { PERSON, recordOf, rolloutIdOf, run, smallFleet, touched, upgradesOf, versionOf } from './small-fleet.ts';
import { staged } from './staged-fleet.ts';

type World = Awaited<ReturnType<typeof smallFleet>>;

/** Open on Sundays alone; the fleets of these tests begin on a Friday. */
const sundays = { windows: [{ name: 'sundays', schedule: '0 8 * * 0', duration: '8h' }] };
const HOUR = 3_600_000;
const ANA = 'sso:000000000000/ana';
const BEN = 'sso:000000000000/ben';

const fleet = (policy: object = {}) =>
  smallFleet({
    clusters: staged('dev', ['a', 'b']),
    calendars: { prod: sundays },
    policy: { waves: [{ name: 'all', calendar: 'prod', maxConcurrency: 2 }], ...policy },
  });
const minutes = (world: World, count: number) =>
  runWorld(world, { until: new Date(world.clock.now().getTime() + count * 60_000), quietHours: 1_000 });
const order = (by: string, milliseconds = HOUR) => ({ by, reason: 'incident 4711', milliseconds });
const eventsOf = (world: World) =>
  world.table
    .auditTimeline()
    .filter(({ event }) => event.startsWith('BreakGlass'))
    .map(({ event, principal }) => `${event} by ${principal}`);

test('one cluster goes at once, and the others wait for their window', async () => {
  const world = await fleet();
  await minutes(world, 10);
  expect(touched(world, 'a')).toBe(false);
  const answer = await breakGlassOfCluster(world.ports, await recordOf(world, 'a'), order(ANA, 4 * HOUR));
  expect(answer).toMatchObject({ of: 'cluster 111111111111.eu-central-1.a', status: 'Opened', by: [ANA] });
  await minutes(world, 200);
  expect([versionOf(world, 'a'), versionOf(world, 'b')]).toEqual(['1.37', '1.36']);
  await run(world);
  expect(versionOf(world, 'b')).toBe('1.37');
  expect(eventsOf(world)).toEqual([`BreakGlassOpened by ${ANA}`]);
});

test('what it let begin parks when its time is over', async () => {
  const world = await fleet();
  await minutes(world, 10);
  await breakGlassOfCluster(world.ports, await recordOf(world, 'a'), order(ANA, 5 * 60_000));
  await minutes(world, 120);
  const [upgrade] = await upgradesOf(world);
  expect([upgrade?.mutated, upgrade?.status, upgrade?.reasons[0]?.code]).toEqual([true, 'Parked', 'WindowClosed']);
  await expect(mendGlassOfCluster(world.ports, await recordOf(world, 'a'), PERSON, 'late')).rejects.toThrow(
    'is not broken any more: that was over at 20',
  );
  await run(world);
  expect(versionOf(world, 'a')).toBe('1.37');
});

test('who ends it early halts what it let begin before the next change', async () => {
  const world = await fleet();
  await minutes(world, 10);
  const cluster = await recordOf(world, 'a');
  await breakGlassOfCluster(world.ports, cluster, order(ANA, 10 * HOUR));
  await minutes(world, 4);
  await mendGlassOfCluster(world.ports, cluster, PERSON, 'not needed');
  await minutes(world, 120);
  expect((await upgradesOf(world))[0]).toMatchObject({ status: 'Parked', reasons: [{ code: 'WindowClosed' }] });
  await expect(mendGlassOfCluster(world.ports, cluster, PERSON, 'again')).rejects.toMatchObject({ name: 'WrongState' });
});

test('a wave goes at once, and each of its changes rests on the order', async () => {
  const world = await fleet();
  await minutes(world, 10);
  const id = await rolloutIdOf(world);
  await breakGlassOfWave(world.ports, id, 'all', order(ANA, 10 * HOUR));
  await minutes(world, 15);
  const [upgrade] = await upgradesOf(world);
  expect(upgrade?.mutated).toBe(true);
  const { clusterKey } = await recordOf(world, 'a');
  const known = (await load(world.table, Upgrades, clusterKey, upgrade?.id ?? ''))?.data;
  const { checks } = await readCommitSnapshot(world.table, clusterKey, known);
  const wave = await load(world.table, Waves, id, 0);
  expect(checks).toContainEqual({ type: 'check', key: wave?.key, expect: wave?.revision });
  await run(world);
  expect([versionOf(world, 'a'), versionOf(world, 'b')]).toEqual(['1.37', '1.37']);
});

test('with four eyes nothing goes until another person has agreed to what was asked', async () => {
  const world = await fleet({ breakGlass: { fourEyes: true } });
  await minutes(world, 10);
  const cluster = await recordOf(world, 'a');
  const asked = await breakGlassOfCluster(world.ports, cluster, order(ANA, 10 * HOUR));
  expect(asked).toMatchObject({ status: 'Requested', peopleNeeded: 2 });
  const again = await breakGlassOfCluster(
    world.ports,
    cluster,
    order(ANA.toUpperCase().replace('SSO', 'sso'), 2 * HOUR),
  );
  expect(again).toMatchObject({ status: 'Requested', until: asked.until });
  await minutes(world, 20);
  expect(touched(world, 'a')).toBe(false);
  const agreed = await breakGlassOfCluster(world.ports, cluster, order(BEN, HOUR));
  expect(agreed).toMatchObject({ status: 'Opened', until: asked.until });
  await minutes(world, 200);
  expect(versionOf(world, 'a')).toBe('1.37');
  await run(world);
});

test('a policy that asks for four eyes afterwards closes what one person has opened', async () => {
  const world = await fleet();
  await minutes(world, 10);
  await breakGlassOfCluster(world.ports, await recordOf(world, 'a'), order(ANA, 10 * HOUR));
  const document = {
    apiVersion: 'liftlock/v1alpha1',
    kind: 'UpgradePolicy',
    metadata: { name: 'policy-0' },
    spec: {
      selector: {},
      target: 'latest',
      trigger: 'automatic',
      waves: [{ name: 'all', calendar: 'prod', maxConcurrency: 2 }],
      breakGlass: { fourEyes: true },
    },
  };
  await applyDocuments(world.ports, [document], PERSON, { dryRun: false });
  await minutes(world, 30);
  expect(touched(world, 'a')).toBe(false);
});

test('it passes no stop, and not those whom the policy does not name', async () => {
  const world = await fleet({ breakGlass: { from: ['role:*/lead'] } });
  await minutes(world, 10);
  const cluster = await recordOf(world, 'a');
  await expect(breakGlassOfCluster(world.ports, cluster, order(ANA))).rejects.toMatchObject({ name: 'NotAllowed' });
  await stopFleet(world.ports, PERSON, 'something looks wrong');
  await breakGlassOfCluster(world.ports, cluster, order('role:000000000000/lead', 10 * HOUR));
  await minutes(world, 60);
  expect(touched(world, 'a')).toBe(false);
});

test('what two people have opened is not closed by the word of a third, or by one of them who asks again', async () => {
  const world = await fleet({ breakGlass: { fourEyes: true } });
  await minutes(world, 10);
  const cluster = await recordOf(world, 'a');
  await breakGlassOfCluster(world.ports, cluster, order(ANA, 10 * HOUR));
  expect(await breakGlassOfCluster(world.ports, cluster, order(BEN))).toMatchObject({ status: 'Opened' });
  for (const late of [ANA, 'sso:000000000000/cyd'])
    await expect(breakGlassOfCluster(world.ports, cluster, order(late))).rejects.toMatchObject({ name: 'WrongState' });
  await minutes(world, 200);
  expect(versionOf(world, 'a')).toBe('1.37');
  await run(world);
});

test('who asks twice is told as one person', async () => {
  const world = await fleet({ breakGlass: { fourEyes: true } });
  await minutes(world, 10);
  const cluster = await recordOf(world, 'a');
  await breakGlassOfCluster(world.ports, cluster, order(ANA));
  expect(await breakGlassOfCluster(world.ports, cluster, order(ANA))).toMatchObject({ status: 'Requested', by: [ANA] });
});

test('an order can be ended whatever has become of its policy or rollout', async () => {
  const world = await fleet();
  await minutes(world, 10);
  const cluster = await recordOf(world, 'a');
  const id = await rolloutIdOf(world);
  await breakGlassOfCluster(world.ports, cluster, order(ANA, 24 * HOUR));
  await breakGlassOfWave(world.ports, id, 'all', order(ANA, 24 * HOUR));
  const second = {
    apiVersion: 'liftlock/v1alpha1',
    kind: 'UpgradePolicy',
    metadata: { name: 'policy-1' },
    spec: { selector: {}, target: 'latest', waves: [{ name: 'all' }] },
  };
  await applyDocuments(world.ports, [second], PERSON, { dryRun: false });
  // Two policies select it now, and its rollout goes on by the one that it has.
  expect(await mendGlassOfCluster(world.ports, cluster, PERSON, 'over')).toMatchObject({ status: 'Ended' });
  await abortRollout(world.ports, id, PERSON, 'over');
  expect(await mendGlassOfWave(world.ports, id, 'all', PERSON, 'over')).toMatchObject({ status: 'Ended' });
});

test('explain promises no opening of a window that the glass passes', async () => {
  const world = await fleet({ waves: [{ name: 'all', calendar: 'prod', maxConcurrency: 1 }] });
  await minutes(world, 10);
  await breakGlassOfWave(world.ports, await rolloutIdOf(world), 'all', order(ANA, 10 * HOUR));
  await minutes(world, 10);
  const { reasons, when, breakGlass } = await explainCluster(world.ports, await recordOf(world, 'b'));
  expect(reasons.map(({ code }) => code)).toContain('WaveFull');
  expect(when.at).toBeNull();
  expect(breakGlass).toMatchObject({ reason: 'incident 4711', by: [{ principal: ANA }] });
  await minutes(world, 10 * 60);
  expect((await explainCluster(world.ports, await recordOf(world, 'b'))).breakGlass).toBeNull();
});

test('explain asks of a glass that is broken what the grant will ask: behind a soak, and of what is parked', async () => {
  const waves = [
    { name: 'first', clusters: ['b'], soak: '24h' },
    { name: 'all', calendar: 'prod', approval: { before: true } },
  ];
  const behind = await fleet({ waves });
  await minutes(behind, 300);
  await breakGlassOfCluster(behind.ports, await recordOf(behind, 'a'), order(ANA, 24 * HOUR));
  const waits = await explainCluster(behind.ports, await recordOf(behind, 'a'));
  expect(waits.reasons.map(({ code }) => code)).toEqual(['Soaking', 'ApprovalMissing']);
  // Its soak is over then; the window would open a day later.
  expect(waits.when.at).toBe('2026-11-21T08:31:02.000Z');

  const world = await fleet();
  await minutes(world, 10);
  await breakGlassOfCluster(world.ports, await recordOf(world, 'a'), order(ANA, 5 * 60_000));
  await minutes(world, 120);
  await breakGlassOfCluster(world.ports, await recordOf(world, 'a'), order(ANA, HOUR));
  const parked = await explainCluster(world.ports, await recordOf(world, 'a'));
  expect([parked.state, parked.reasons.map(({ code }) => code)]).toEqual(['Parked', ['Next']]);
  expect(parked.when).toEqual({ at: null, condition: 'The next tick of the reconciler, within a minute.' });
});

describe('a member of a wave that has begun, which its policy gives up to another one or to none,', () => {
  const wave = { name: 'all', calendar: 'prod', maxConcurrency: 2 };
  const selector = (when: string) => ({ selector: { when: `cluster.name ${when} "b"` } });
  const taken = async (before: object, after: object | undefined) => {
    const world = await fleet(before);
    await minutes(world, 30);
    await applySpec(world, { ...spec(wave), ...before, ...selector('!=') });
    if (after !== undefined)
      await applySpec(world, { ...spec(wave), trigger: 'manual', ...after, ...selector('==') }, 'other');
    await minutes(world, 15);
    return world;
  };
  const breakIt = async (world: World, by: string) =>
    breakGlassOfCluster(world.ports, await recordOf(world, 'b'), order(by, 20 * HOUR));

  test.each<[string, object, object]>([
    ['the policy that selects it now', {}, { breakGlass: { fourEyes: true } }],
    ['the policy of its rollout', { breakGlass: { fourEyes: true } }, {}],
  ])(
    'waits for a second person where %s asks for one, and who breaks its glass is told so',
    async (_, before, after) => {
      const world = await taken(before, after);
      expect(await breakIt(world, ANA)).toMatchObject({ status: 'Requested', peopleNeeded: 2 });
      expect((await loadClusterDetail(world.ports, await recordOf(world, 'b'))).breakGlass).toMatchObject({
        status: 'Requested',
        peopleNeeded: 2,
      });
      await minutes(world, 180);
      expect(touched(world, 'b')).toBe(false);
      expect(await breakIt(world, BEN)).toMatchObject({ status: 'Opened' });
      await minutes(world, 180);
      expect(versionOf(world, 'b')).toBe('1.37');
    },
  );

  test('goes by the word of nobody whom one of them does not name', async () => {
    const world = await taken({ breakGlass: { from: ['role:*/lead'] } }, {});
    await expect(breakIt(world, ANA)).rejects.toMatchObject({ name: 'NotAllowed' });
  });

  test('passes by its glass the windows of its rollout that keep it, where no policy selects it', async () => {
    const world = await taken({}, undefined);
    const { reasons } = await explainCluster(world.ports, await recordOf(world, 'b'));
    expect(reasons.map(({ code }) => code)).toEqual(['WindowClosed']);
    expect(await breakIt(world, ANA)).toMatchObject({ status: 'Opened', peopleNeeded: 1 });
    await minutes(world, 180);
    expect(versionOf(world, 'b')).toBe('1.37');
  });
});

test('an order that one person asked for where two were needed is opened by no policy that needs one, but by who asks again', async () => {
  const fourEyes = { breakGlass: { fourEyes: true } };
  const world = await fleet(fourEyes);
  await minutes(world, 10);
  const cluster = await recordOf(world, 'a');
  const asked = await breakGlassOfCluster(world.ports, cluster, order(ANA, 10 * HOUR));
  await applySpec(world, spec({ name: 'all', calendar: 'prod', maxConcurrency: 2 }));
  await minutes(world, 30);
  expect([asked.status, touched(world, 'a')]).toEqual(['Requested', false]);
  expect(await breakGlassOfCluster(world.ports, cluster, order(ANA))).toMatchObject({
    status: 'Opened',
    until: asked.until,
  });
});
