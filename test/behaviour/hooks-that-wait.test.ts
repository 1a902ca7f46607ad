import { stopFleet } from '../../core/operations/fleet-switch.ts';
import { abortRollout, pauseRollout, resumeRollout } from '../../core/operations/rollout-orders.ts';
import { loadClusterDetail } from '../../core/queries/cluster-detail.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import type { Fault } from '../../simulator/faults/fault.ts';
import { Faults } from '../../simulator/faults/faulty-ports.ts';
import { answering, calls, fleet, type Given, hook, minutesLater, URL, untilAsked } from './hooked-fleet.ts';
import { hours, memberOf, PERSON, recordOf, rolloutIdOf, run, upgradesOf, versionOf } from './small-fleet.ts';

describe('what ends every waiting ends that for a hook', () => {
  const waiting = { answer: 'wait', seconds: 60 };
  const once = async (given: Partial<Given> = {}) => {
    const world = await fleet({ hooks: [hook('before', 'upgrade-control-plane', { timeout: '4h' })], ...given });
    const asked = answering(world, waiting);
    await untilAsked(world, asked, 2);
    return { world, asked };
  };

  test('a pause parks it within its next look; after that it is asked anew, with all its time', async () => {
    const { world, asked } = await once();
    const id = await rolloutIdOf(world);
    await pauseRollout(world.ports, id, PERSON, 'a look');
    await minutesLater(world, 15);
    expect(await memberOf(world, 'web')).toMatchObject({ status: 'Parked', reasons: [{ code: 'RolloutPaused' }] });
    const before = asked.length;
    await hours(world, 6);
    expect(asked).toHaveLength(before);
    answering(world, 'go');
    await resumeRollout(world.ports, id, PERSON);
    await run(world);
    expect(versionOf(world, 'web')).toBe('1.37');
  });

  test('an abort ends it with its next look, and nothing was touched', async () => {
    const { world } = await once();
    await abortRollout(world.ports, await rolloutIdOf(world), PERSON, 'enough');
    await minutesLater(world, 15);
    expect(await upgradesOf(world)).toMatchObject([{ status: 'Canceled', reasons: [{ code: 'RolloutAborted' }] }]);
    const left = { status: 'Excluded', inFlight: false, reasons: [{ code: 'RolloutAborted' }] };
    expect(await memberOf(world, 'web')).toMatchObject(left);
    expect((await world.auditTimeline()).map(({ event }) => event)).not.toContain('UpgradeParked');
    await run(world);
    expect(calls(world)).toEqual([]);
    expect((await upgradesOf(world)).map(({ status }) => status)).not.toContain('Running');
  });

  test('a stop of the fleet ends it', async () => {
    const { world, asked } = await once();
    await stopFleet(world.ports, PERSON, 'an incident');
    await minutesLater(world, 15);
    const before = asked.length;
    await hours(world, 3);
    expect([asked.length, calls(world)]).toEqual([before, []]);
    const { reasons } = await explainCluster(world.ports, await recordOf(world, 'web'));
    expect(reasons.map(({ code }) => code)).toContain('FleetStopped');
  });

  test('a window that has no room left ends it', async () => {
    const { world, asked } = await once({
      calendars: { day: { windows: [{ name: 'day', schedule: '0 8 * * *', duration: '3h' }] } },
      policy: { waves: [{ name: 'all', calendar: 'day' }] },
    });
    await hours(world, 4);
    const last = asked.at(-1)?.now ?? 0;
    expect(last).toBeLessThan(Date.parse('2026-11-20T11:00:00Z'));
    expect((await memberOf(world, 'web')).reasons.map(({ code }) => code)).toEqual(
      expect.arrayContaining([expect.stringMatching(/^Window/)]),
    );
  });
});

test.each(['upgrade-control-plane', 'wave'])(
  'a hook of %s that asks for more patience than its timeout has is asked once more before that is over',
  async (step) => {
    const world = await fleet({ hooks: [hook('before', step, { timeout: '30m' })] });
    const asked = answering(world, { answer: 'wait', seconds: 3600 }, 'go');
    await run(world);
    expect(asked).toHaveLength(2);
    expect((asked[1]?.now ?? 0) - (asked[0]?.now ?? 0)).toBeLessThan(30 * 60_000);
    expect(versionOf(world, 'web')).toBe('1.37');
  },
);

test('while the hook after the control plane is asked, explain and describe say where that is', async () => {
  const world = await fleet({ hooks: [hook('after', 'upgrade-control-plane', { timeout: '4h' })] });
  await untilAsked(world, answering(world, { answer: 'wait', seconds: 60 }), 2);
  const record = await recordOf(world, 'web');
  const told = [await explainCluster(world.ports, record), await loadClusterDetail(world.ports, record)];
  expect([versionOf(world, 'web'), ...told.flatMap(({ version, readiness }) => [version, readiness.version])]).toEqual(
    Array(5).fill('1.37'),
  );
});

test('a go replaces no check: what is ordered between it and the commit holds', async () => {
  const world = await fleet({ hooks: [hook('before', 'upgrade-control-plane')] });
  world.hooks.set(URL, async () => {
    await pauseRollout(world.ports, await rolloutIdOf(world), PERSON, 'while it was asked');
    return '{"schema":"liftlock.hook/v1","answer":"go"}';
  });
  await hours(world, 5);
  expect(calls(world)).toEqual([]);
  expect(await memberOf(world, 'web')).toMatchObject({ reasons: [{ code: 'RolloutPaused' }] });
});

test('a go is not kept for later: after a pause the same question is asked again', async () => {
  const world = await fleet({ hooks: [hook('before', 'upgrade-control-plane')] });
  const asked: string[] = [];
  world.hooks.set(URL, async ({ key }) => {
    asked.push(key);
    if (asked.length === 1) await pauseRollout(world.ports, await rolloutIdOf(world), PERSON, 'while it was asked');
    return `{"schema":"liftlock.hook/v1","answer":"${asked.length === 1 ? 'go' : 'stop'}"}`;
  });
  await hours(world, 2);
  await resumeRollout(world.ports, await rolloutIdOf(world), PERSON);
  await run(world);
  expect([asked.length, new Set(asked).size, calls(world)]).toEqual([2, 1, []]);
});

describe('crashes', () => {
  const crash = (when: Fault['when'], operation: Fault['operation'], skip = 0): Fault => ({
    ...{ when, operation, skip, function: 'upgrade-control-plane' },
    effect: { kind: 'crash' },
  });
  const hang = (when: Fault['when'], operation: Fault['operation']): Fault => ({
    ...{ when, operation, function: 'upgrade-control-plane' },
    effect: { kind: 'hang', seconds: 200 },
  });
  test.each<[string, Fault]>([
    ['before it is on record that it is asked', crash('before', 'keep-hook')],
    ['after that', crash('after', 'keep-hook')],
    ['before it is asked', crash('before', 'ask-hook')],
    ['after it was asked, before its answer is kept', crash('after', 'ask-hook')],
    ['before its answer is written', crash('before', 'keep-hook', 1)],
    ['after its answer is written', crash('after', 'keep-hook', 1)],
    ['never, but it is invoked twice', { ...crash('before', 'ask-hook'), effect: { kind: 'duplicate' } }],
    ['never, but it hangs before the question', hang('before', 'ask-hook')],
    ['never, but it hangs after the answer', hang('after', 'ask-hook')],
    ['before the commit', crash('before', 'commit')],
    ['after the commit', crash('after', 'commit')],
  ])('%s: it ends as without, by one key', async (_, fault) => {
    const armed = new Faults([fault]);
    const world = await fleet({
      hooks: [hook('before', 'upgrade-control-plane'), hook('after', 'upgrade-control-plane')],
      armed,
    });
    const asked = answering(world, 'go');
    await run(world);
    expect(armed.hits).toHaveLength(1);
    expect(versionOf(world, 'web')).toBe('1.37');
    expect(calls(world)).toEqual([
      ...['UpdateClusterVersion', 'UpdateNodegroupVersion', 'UpdateNodegroupVersion'],
      ...['UpdateAddon', 'UpdateAddon'],
    ]);
    for (const when of ['before', 'after'])
      expect(new Set(asked.flatMap(({ at, key }) => (at === when ? [key] : []))).size).toBe(1);
  });

  test('its time goes on where it was, however often it crashes', async () => {
    const armed = new Faults([{ ...crash('after', 'ask-hook'), times: 6 }]);
    const world = await fleet({ hooks: [hook('before', 'upgrade-control-plane', { timeout: '5m' })], armed });
    const asked = answering(world, 'wait');
    await run(world);
    expect(armed.hits).toHaveLength(6);
    expect((await memberOf(world, 'web')).reasons.map(({ code }) => code)).toEqual(['HookTimedOut']);
    const [first] = asked;
    expect((asked.at(-1)?.now ?? 0) - (first?.now ?? 0)).toBeLessThanOrEqual(300_000);
    expect(new Set(asked.map(({ askedSince }) => askedSince)).size).toBe(1);
  });
});
