import { releaseCluster, retryCluster } from '../../core/operations/hold-switch.ts';
import { abortRollout, pauseRollout, resumeRollout } from '../../core/operations/rollout-orders.ts';
import { Waves } from '../../core/store/entities.ts';
import { decode, replace } from '../../core/store/entity.ts';
import { apply, at, clusterOf, lookAround, onceBefore, retag, spec, statusOf } from './changed-policy.ts';
import {
  beforeCommit,
  controlsOf,
  DAY,
  discover,
  hours,
  memberOf,
  membersOf,
  minutes,
  mutationsOf,
  PERSON,
  recordOf,
  rolloutIdOf,
  rolloutsOf,
  run,
  smallFleet,
  versionOf,
  wavesOf,
} from './small-fleet.ts';
import { failing, staged } from './staged-fleet.ts';

const waves = [
  { name: 'dev', selector: { matchLabels: { stage: 'dev' } }, maxConcurrency: 1, failureBudget: { maxFailures: 0 } },
  { name: 'prod', selector: { matchLabels: { stage: 'prod' } }, maxConcurrency: 2 },
];

async function onlyRollout(world: Awaited<ReturnType<typeof smallFleet>>) {
  const [rollout] = await rolloutsOf(world);
  if (rollout === undefined) throw new Error('there is no rollout');
  return rollout;
}

describe('waves', () => {
  test('go one after the other, and never more at once than they allow', async () => {
    const world = await smallFleet({
      clusters: [...staged('dev', ['d1', 'd2']), ...staged('prod', ['p1', 'p2', 'p3'])],
      policy: { waves },
    });
    await run(world);
    expect((await membersOf(world)).map((member) => member.status)).toEqual(Array(5).fill('Succeeded'));
    const lastDev = Math.max(
      ...mutationsOf(world)
        .filter((one) => one.clusterArn.includes('/d'))
        .map((one) => one.at),
    );
    const firstProd = Math.min(
      ...mutationsOf(world)
        .filter((one) => one.clusterArn.includes('/p'))
        .map((one) => one.at),
    );
    expect(firstProd).toBeGreaterThan(lastDev);
    expect((await onlyRollout(world)).status).toBe('Completed');
  });

  test('a failure beyond the budget halts the wave, holds the cluster, and no later wave starts', async () => {
    const world = await smallFleet({
      clusters: [...staged('dev', ['d1', 'd2', 'd3']), ...staged('prod', ['p1'])],
      policy: { waves },
      prepare: failing('d1'),
    });
    await run(world);
    expect((await memberOf(world, 'd1')).status).toBe('Failed');
    expect((await memberOf(world, 'd1')).reasons[0]?.code).toBe('IpNotAvailable');
    expect(['d2', 'd3', 'p1'].map((name) => versionOf(world, name))).toEqual(['1.36', '1.36', '1.36']);
    expect((await wavesOf(world)).map((wave) => wave.status)).toEqual(['Halted', 'Pending']);
    expect((await onlyRollout(world)).status).toBe('Halted');
    expect((await controlsOf(world)).filter((control) => control.held !== undefined)).toHaveLength(1);
  });

  test('retry takes the hold off, opens the wave again, and the rollout ends Completed', async () => {
    const world = await smallFleet({
      clusters: [...staged('dev', ['d1', 'd2']), ...staged('prod', ['p1'])],
      policy: { waves },
      prepare: failing('d1'),
    });
    await run(world);
    await expect(resumeRollout(world.ports, (await onlyRollout(world)).id, PERSON)).rejects.toThrow(
      'Retry its clusters',
    );
    await retryCluster(world.ports, (await recordOf(world, 'd1')).clusterKey, PERSON);
    await run(world);
    expect((await membersOf(world)).map((member) => member.status)).toEqual(['Succeeded', 'Succeeded', 'Succeeded']);
    expect((await onlyRollout(world)).status).toBe('Completed');
  });

  test('release leaves the failure on record', async () => {
    const world = await smallFleet({ clusters: staged('dev', ['d1']), policy: { waves }, prepare: failing('d1') });
    await run(world);
    const { clusterKey } = await recordOf(world, 'd1');
    await releaseCluster(world.ports, clusterKey, PERSON);
    expect((await memberOf(world, 'd1')).status).toBe('Failed');
    await expect(releaseCluster(world.ports, clusterKey, PERSON)).rejects.toThrow('is not held');
  });

  test('a wave in which some were tried and none succeeded is Halted, whatever its budget', async () => {
    const generous = [{ name: 'all', maxConcurrency: 2, failureBudget: { maxFailures: 5 } }];
    const world = await smallFleet({
      clusters: staged('dev', ['d1', 'd2']),
      policy: { waves: generous },
      prepare: (state) => {
        failing('d1')(state);
        failing('d2')(state);
      },
    });
    await run(world);
    expect((await wavesOf(world))[0]?.status).toBe('Halted');
    const { id } = await onlyRollout(world);
    await resumeRollout(world.ports, id, PERSON, 'seen', { acceptFailures: true });
    await run(world);
    expect((await onlyRollout(world)).status).toBe('CompletedWithFailures');
  });

  test('a wave with failures within its budget is never called Completed', async () => {
    const world = await smallFleet({
      clusters: staged('dev', ['d1', 'd2', 'd3']),
      policy: { waves: [{ name: 'all', maxConcurrency: 1, failureBudget: { maxFailures: 1 } }] },
      prepare: failing('d1'),
    });
    await run(world);
    expect((await wavesOf(world))[0]?.status).toBe('CompletedWithFailures');
    expect((await onlyRollout(world)).status).toBe('CompletedWithFailures');
  });

  test('a wave without work is Skipped', async () => {
    const world = await smallFleet({
      clusters: [...staged('dev', ['d1'], '1.37'), ...staged('prod', ['p1'])],
      policy: { waves },
    });
    await run(world);
    expect((await wavesOf(world)).map((wave) => wave.status)).toEqual(['Skipped', 'Completed']);
  });
});

describe('a wave that is halted', () => {
  test('between decision and commit keeps an upgrade from its first mutation', async () => {
    const world = await smallFleet({
      clusters: staged('dev', ['d1']),
      policy: { waves },
      faults: [
        beforeCommit(async ({ table }) => {
          const [item] = await table.queryKind(Waves.kind);
          if (item === undefined) throw new Error('there is no wave');
          const wave = decode(Waves, item);
          await table.transact([replace(Waves, wave, { ...wave.data, status: 'Halted' })]);
        }),
      ],
    });
    await run(world);
    expect(mutationsOf(world)).toEqual([]);
    expect(await memberOf(world, 'd1')).toMatchObject({ status: 'Parked', reasons: [{ code: 'WaveHalted' }] });
  });
});

describe('a rollout', () => {
  test('paused starts nothing; resumed it goes on', async () => {
    const world = await smallFleet({ clusters: staged('dev', ['d1']), policy: { waves } });
    await world.invoke('discover-clusters', {});
    await world.invoke('watch-versions', {});
    await world.clock.runUntil(new Date(world.clock.now().getTime() + 1_000));
    await world.tick();
    const { id } = await onlyRollout(world);
    await pauseRollout(world.ports, id, PERSON, 'test');
    await pauseRollout(world.ports, id, 'bob', 'again');
    await run(world);
    expect(mutationsOf(world)).toEqual([]);
    // One resume ends the pauses of both, and names them.
    const { before } = await resumeRollout(world.ports, id, PERSON);
    expect(before?.map(({ message }) => message)).toEqual([`${PERSON}: test`, 'bob: again']);
    await run(world);
    expect(versionOf(world, 'd1')).toBe('1.37');
  });

  test('aborted starts nothing more and cannot be taken up again', async () => {
    const world = await smallFleet({ clusters: staged('dev', ['d1', 'd2']), policy: { waves } });
    world.bus.onEvent = ({ event }) => {
      if (event.type === 'UpgradeChanged')
        world.clock.schedule(
          world.clock.now(),
          async () => void (await abortRollout(world.ports, (await onlyRollout(world)).id, PERSON, 'test')),
        );
      world.bus.onEvent = event.type === 'UpgradeChanged' ? () => {} : world.bus.onEvent;
    };
    await run(world);
    expect([versionOf(world, 'd1'), versionOf(world, 'd2')].sort()).toEqual(['1.36', '1.37']);
    await expect(resumeRollout(world.ports, (await onlyRollout(world)).id, PERSON)).rejects.toThrow('is Aborted');
    expect((await membersOf(world)).map((member) => member.status).sort()).toEqual(['Excluded', 'Succeeded']);
    await world.tick();
    expect(((await world.invoke('reconcile-rollouts', {})) as { look: string }).look).toBe('idle');
  });
});

describe('caps', () => {
  test('hold over rollouts of several policies', async () => {
    const world = await smallFleet({
      clusters: [...staged('dev', ['d1', 'd2', 'd3']), ...staged('prod', ['p1', 'p2'])],
      caps: { total: 2 },
      policies: ['dev', 'prod'].map((stage) => ({
        selector: { matchLabels: { stage } },
        target: 'latest',
        trigger: 'automatic',
        waves: [{ name: 'all', maxConcurrency: 5 }],
      })),
    });
    let most = 0;
    world.bus.onEvent = () => {
      const open = world.table
        .auditTimeline()
        .reduce((count, item) => count + (item.event === 'Granted' ? 1 : item.event === 'GrantFreed' ? -1 : 0), 0);
      most = Math.max(most, open);
    };
    await run(world);
    expect(most).toBe(2);
    expect((await membersOf(world)).every((member) => member.status === 'Succeeded')).toBe(true);
  });
});

describe('a cluster between two hops whose next one is parked before its first change', () => {
  test('keeps its place in the wave: maxConcurrency 1, and canaries are judged one after the other', async () => {
    const it = await smallFleet({
      clusters: staged('dev', ['a', 'b'], '1.35'),
      calendars: { never: { windows: [{ name: 'n', schedule: '0 2 1 1 *', duration: '3h' }] } },
      policy: spec(at('dev', { maxConcurrency: 1, canaries: 1 })),
    });
    // Seen by the commit at once, by discovery within the hour.
    const happened = onceBefore(it, ['"Granted"', '1.36-1.37'], async () =>
      Object.assign(clusterOf(it, 'a')?.tags ?? {}, { 'liftlock/calendar': 'never' }),
    );
    await hours(it, 30);
    expect([versionOf(it, 'a'), (await memberOf(it, 'a')).status]).toEqual(['1.36', 'Parked']);
    expect(happened()).toBe(true);
    // a was changed and has not settled.
    expect([(await memberOf(it, 'a')).inFlight, versionOf(it, 'b')]).toEqual([true, '1.35']);
  });
});

test('a resume does not open a halted wave whose failures nobody has accepted because another one is halted before it', async () => {
  const young = (one: object) => ({ ...one, createdAt: new Date(DAY.getTime() - 6 * 3_600_000 + 50 * 60_000) });
  const groups = ['one', 'two', 'three'].map((name) => ({ name }));
  const world = await smallFleet({
    clusters: [
      ...staged('dev', ['d']),
      ...staged('dev', ['s']).map((one) => ({ ...one, ...young(one) })),
      ...staged('prod', ['p', 'q']).map((one) => ({ ...one, nodegroups: groups })),
    ],
    policy: spec(at('dev'), at('prod', { maxConcurrency: 2 })),
    prepare: failing('s', 'q'),
  });
  await minutes(world, 1);
  await discover(world);
  const isHalted = async () => [await statusOf(world, 'dev'), await statusOf(world, 'prod')].join() === 'Halted,Halted';
  while (!(await isHalted())) await minutes(world, 1);
  await apply(world, at('dev', { failureBudget: { maxFailures: 1 } }), at('prod', { maxConcurrency: 2 }));
  await minutes(world, 1);
  await retag(world, 'p', { 'liftlock/paused': 'true' });
  await hours(world, 2);
  const paused = clusterOf(world, 'p');
  if (paused !== undefined) paused.tags['liftlock/paused'] = 'false';
  await lookAround(world);
  expect([(await rolloutsOf(world))[0]?.status, (await memberOf(world, 'p')).status]).toEqual(['Halted', 'Parked']);
  const before = mutationsOf(world).length;
  const resumed = await resumeRollout(world.ports, await rolloutIdOf(world), PERSON).catch(
    (error: Error) => error.message,
  );
  await minutes(world, 5);
  expect(mutationsOf(world).slice(before)).toEqual([]);
  expect(resumed).toMatch(/prod is halted/);
});
