import { resumeFleet, stopFleet } from '../../core/operations/fleet-switch.ts';
import { releaseCluster } from '../../core/operations/hold-switch.ts';
import { requestUpgrade } from '../../core/operations/requests.ts';
import { abortRollout, pauseRollout, resumeRollout } from '../../core/operations/rollout-orders.ts';
import { skipCluster } from '../../core/operations/skip-cluster.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import type { World } from '../../simulator/process/world.ts';
import { ANA, applySpec, at, groupsOf, hold, keyOf, spec } from './changed-policy.ts';
import {
  beforeCommit,
  hours,
  memberOf,
  membersOf,
  mutationsOf,
  PERSON,
  recordOf,
  rolloutIdOf,
  rolloutsOf,
  smallFleet,
  touched,
  upgradesOf,
  versionOf,
} from './small-fleet.ts';
import { staged } from './staged-fleet.ts';

describe('a hop that is half done in the rollout of the policy that has the cluster now', () => {
  const world = async () => {
    const made = await smallFleet({
      clusters: [
        ...staged('prod', ['a']).map((one) => ({
          ...one,
          nodegroups: Array.from({ length: 6 }, (_, i) => ({ name: `w${i}` })),
        })),
        ...staged('prod', ['q']),
      ],
      policy: spec({ name: 'prod', maxConcurrency: 1 }),
    });
    await hours(made, 0.3);
    expect([touched(made, 'a'), touched(made, 'q')]).toEqual([true, false]);
    await applySpec(made, { ...spec({ name: 'prod', maxConcurrency: 1 }), selector: { when: 'cluster.name != "q"' } });
    await applySpec(made, { ...spec({ name: 'new', bake: '48h' }), selector: { when: 'cluster.name == "q"' } }, 'new');
    await hours(made, 1);
    return made;
  };
  test('bakes as long as that policy says', async () => {
    const made = await world();
    expect([versionOf(made, 'q'), groupsOf(made, 'q')]).toEqual(['1.37', ['1.36']]);
    await hours(made, 12);
    expect(groupsOf(made, 'q')).toEqual(['1.36']);
  });
  test('stays as it is while that rollout is paused', async () => {
    const made = await world();
    const id = (await rolloutsOf(made)).find(({ policy }) => policy === 'new')?.id ?? '';
    await pauseRollout(made.ports, id, PERSON, 'a moment');
    await hours(made, 12);
    const granted = made.table
      .auditTimeline()
      .filter(({ event, subject }) => event === 'Granted' && subject.includes('/q@'));
    expect(granted.map(({ detail }) => String((detail as { rolloutId?: string }).rolloutId).split('-')[0])).toEqual([
      'new',
    ]);
    expect(groupsOf(made, 'q')).toEqual(['1.36']);
  });
  test('stays as it is when that rollout is aborted', async () => {
    const made = await world();
    const id = (await rolloutsOf(made)).find(({ policy }) => policy === 'new')?.id ?? '';
    await abortRollout(made.ports, id, PERSON, 'stop it');
    await hours(made, 12);
    expect(groupsOf(made, 'q')).toEqual(['1.36']);
  });
});

test('a hop that is parked outside of the windows of its rollout is not gone on with by another rollout', async () => {
  const slow = staged('prod', ['q']).map((one) => ({
    ...one,
    nodegroups: Array.from({ length: 20 }, (_, i) => ({ name: `w${i}` })),
  }));
  const a = staged('prod', ['a']).map((one) => ({
    ...one,
    nodegroups: Array.from({ length: 30 }, (_, i) => ({ name: `w${i}` })),
  }));
  const world = await smallFleet({
    clusters: [...a, ...slow],
    calendars: { mornings: { windows: [{ name: 'm', schedule: '0 8 * * *', duration: '4h' }] } },
    policy: spec({ name: 'prod', maxConcurrency: 1 }),
  });
  await hours(world, 0.3);
  await applySpec(world, { ...spec({ name: 'prod', maxConcurrency: 1 }), selector: { when: 'cluster.name != "q"' } });
  await applySpec(
    world,
    { ...spec({ name: 'new', calendar: 'mornings', mayOverrun: true }), selector: { when: 'cluster.name == "q"' } },
    'new',
  );
  await hours(world, 24);
  const late = mutationsOf(world)
    .filter((one) => one.clusterArn.endsWith('/q'))
    .map((one) => new Date(one.at).toISOString());
  expect(late.filter((when) => new Date(when).getUTCHours() >= 12 || new Date(when).getUTCHours() < 8)).toEqual([]);
  expect(late.length).toBeGreaterThan(0);
});

test('what a paused rollout has parked before its first change is begun by the rollout of the policy that has the cluster now', async () => {
  const world = await smallFleet({
    clusters: staged('prod', ['p']),
    policy: spec(at('prod')),
    faults: [beforeCommit(async (one) => void (await pauseRollout(one.ports, await rolloutIdOf(one), PERSON, 'x')))],
  });
  await hours(world, 2);
  const first = await rolloutIdOf(world);
  expect([touched(world, 'p'), (await memberOf(world, 'p')).status]).toEqual([false, 'Parked']);
  await applySpec(world, { ...spec(at('prod')), selector: { when: 'cluster.name != "p"' } });
  await applySpec(world, { ...spec(at('prod', { bake: '1h' })), selector: { when: 'cluster.name == "p"' } }, 'new');
  await hours(world, 1);
  await abortRollout(world.ports, first, PERSON, 'the other policy has it now');
  await hours(world, 24);
  const second = (await rolloutsOf(world)).find(({ policy }) => policy === 'new')?.id ?? '';
  const found = (await membersOf(world)).find(({ rolloutId }) => rolloutId === second);
  expect([found?.status, versionOf(world, 'p')]).toEqual(['Succeeded', '1.37']);
});

test('what a person has asked for is not canceled by the abort of a rollout that waits for the cluster', async () => {
  let times = 0;
  const world = await smallFleet({
    clusters: [...staged('prod', ['p'])],
    policy: spec(at('prod')),
    faults: [
      {
        when: 'before',
        operation: 'commit',
        function: 'upgrade-control-plane',
        times: 9,
        effect: {
          kind: 'act',
          act: async (one: World) => {
            times += 1;
            if (times === 1) await pauseRollout(one.ports, await rolloutIdOf(one), PERSON, 'a moment');
            if (times === 2) await stopFleet(one.ports, PERSON, 'a moment');
          },
        },
      },
    ],
  });
  await hours(world, 2);
  expect([times, touched(world, 'p'), (await memberOf(world, 'p')).status]).toEqual([1, false, 'Parked']);
  await requestUpgrade(world.ports, await recordOf(world, 'p'), '1.37', ANA, { approve: true });
  await hours(world, 2);
  expect([
    times,
    (await upgradesOf(world)).map(({ status, requestedBy, rolloutId }) => [status, requestedBy, rolloutId]),
  ]).toEqual([2, [['Parked', ANA, undefined]]]);
  await abortRollout(world.ports, await rolloutIdOf(world), PERSON, 'not this way');
  await hours(world, 1);
  await resumeFleet(world.ports, PERSON);
  await hours(world, 12);
  expect([(await upgradesOf(world)).map(({ status }) => status), versionOf(world, 'p')]).toEqual([
    ['Succeeded'],
    '1.37',
  ]);
});

test.each([['skipped'], ['held'], ['aborted']])(
  'what a rollout had parked before its first change keeps no later rollout off for ever: %s',
  async (how) => {
    let isPaused = false;
    const world = await smallFleet({
      clusters: staged('prod', ['p', 'q'], '1.35'),
      policy: { ...spec(at('prod', { maxConcurrency: 1 })), target: '1.36' },
      faults: [
        beforeCommit(async (one) => {
          if (isPaused) return;
          isPaused = true;
          await pauseRollout(one.ports, await rolloutIdOf(one), PERSON, 'x');
        }),
      ],
    });
    await hours(world, 2);
    expect([touched(world, 'p'), (await memberOf(world, 'p')).status]).toEqual([false, 'Parked']);
    if (how === 'skipped') {
      await skipCluster(world.ports, await keyOf(world, 'p'), PERSON, 'not now');
      await resumeRollout(world.ports, await rolloutIdOf(world), PERSON);
    } else if (how === 'held') {
      await hold(world, 'p');
      await hours(world, 0.5);
      await releaseCluster(world.ports, await keyOf(world, 'p'), PERSON);
      await resumeRollout(world.ports, await rolloutIdOf(world), PERSON);
    } else await abortRollout(world.ports, await rolloutIdOf(world), PERSON, 'no');
    await hours(world, 8);
    const first = (await rolloutsOf(world)).map(({ status }) => status);
    await applySpec(world, { ...spec(at('prod', { maxConcurrency: 1 })), target: '1.37' });
    await hours(world, 24);
    const explained = await explainCluster(world.ports, await recordOf(world, 'p'));
    expect([first, versionOf(world, 'q'), versionOf(world, 'p'), explained.reasons.map(({ code }) => code)]).toEqual([
      [how === 'aborted' ? 'Aborted' : 'Completed'],
      '1.37',
      '1.37',
      ['AtTarget'],
    ]);
  },
);
