import { recordCluster } from '../../core/inventory/record-cluster.ts';
import { retryCluster } from '../../core/operations/hold-switch.ts';
import { promoteRollout } from '../../core/operations/promote-rollout.ts';
import { requestUpgrade } from '../../core/operations/requests.ts';
import { resumeRollout } from '../../core/operations/rollout-orders.ts';
import { skipCluster } from '../../core/operations/skip-cluster.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { addCluster } from '../../simulator/eks/add-cluster.ts';
import type { World } from '../../simulator/process/world.ts';
import { applyNewerConfig } from '../../simulator/simulate/faults/operations-faults.ts';
import {
  apply,
  applySpec,
  asking,
  at,
  calendars,
  clusterOf,
  groupsOf,
  hold,
  keyOf,
  lookAround,
  retag,
  soaking,
  spec,
  statusOf,
  three,
  two,
  waveNamed,
} from './changed-policy.ts';
import {
  hours,
  memberOf,
  minutes,
  PERSON,
  recordOf,
  rolloutIdOf,
  rolloutsOf,
  run,
  smallFleet,
  touched,
  versionOf,
} from './small-fleet.ts';
import { failing, staged } from './staged-fleet.ts';

describe('a target that is lowered while dev soaks at the higher one', () => {
  test('holds for the waves that have not begun', async () => {
    const world = await smallFleet({ clusters: two, policy: { ...spec(soaking, at('prod')), target: '1.37' } });
    await hours(world, 6);
    await applySpec(world, { ...spec(soaking, at('prod')), target: '1.36' });
    await run(world);
    expect(versionOf(world, 'p')).toBe('1.36');
  });
  test('holds before anything has begun', async () => {
    const world = await smallFleet({
      clusters: staged('prod', ['p', 'q']),
      policy: { ...spec(asking), target: '1.37' },
    });
    await hours(world, 2);
    await applySpec(world, { ...spec(at('prod')), target: '1.36' });
    await run(world);
    expect([versionOf(world, 'p'), versionOf(world, 'q')]).toEqual(['1.36', '1.36']);
  });
});

test('what was half done does not go on outside of every window because its wave is dropped', async () => {
  const W = at('prod', { calendar: 'days', mayOverrun: true });
  const world = await smallFleet({ clusters: two, calendars, policy: spec(W, at('dev')) });
  await hours(world, 2);
  const { when } = await explainCluster(world.ports, await recordOf(world, 'p'));
  expect([when.at, groupsOf(world, 'p')]).toEqual(['2026-11-21T08:00:00.000Z', ['1.36']]);
  await apply(world, at('dev'));
  await hours(world, 3);
  expect(groupsOf(world, 'p')).toEqual(['1.36']);
});

describe('windows, for what a person starts by hand,', () => {
  const P = { ...spec(at('prod', { calendar: 'nights' })), trigger: 'manual' };
  const refusals = async (world: World) => {
    const plan = await requestUpgrade(world.ports, await recordOf(world, 'p'), '1.37', PERSON, { approve: false });
    return plan.refusals.map(({ code }) => code);
  };
  test('are not opened by a tag', async () => {
    const world = await smallFleet({ clusters: staged('prod', ['p']), calendars, policy: P });
    await hours(world, 2);
    expect(await refusals(world)).toEqual(['WindowClosed']);
    await retag(world, 'p', { 'liftlock/wave': 'nonsense' });
    expect(await refusals(world)).not.toEqual([]);
  });
  test('are not opened by a second policy that has the same windows', async () => {
    const world = await smallFleet({ clusters: staged('prod', ['p']), calendars, policy: P });
    await hours(world, 2);
    await applySpec(world, P, 'policy-1');
    expect(await refusals(world)).not.toEqual([]);
  });
});

describe('a cluster that a person skipped', () => {
  test('stays skipped when the policy drops its wave and takes it back', async () => {
    const world = await smallFleet({ clusters: three, policy: spec(soaking, at('prod')) });
    await hours(world, 6);
    await skipCluster(world.ports, await keyOf(world, 'p'), PERSON, 'release day');
    await hours(world, 1);
    await apply(world, soaking);
    await hours(world, 1);
    await apply(world, soaking, at('prod'));
    await run(world);
    expect(touched(world, 'p')).toBe(false);
  });
  test('stays skipped when it is tagged elsewhere and back', async () => {
    const world = await smallFleet({ clusters: three, policy: spec(soaking, at('prod')) });
    await hours(world, 6);
    await skipCluster(world.ports, await keyOf(world, 'p'), PERSON, 'release day');
    await hours(world, 1);
    await retag(world, 'p', { stage: 'other' });
    await hours(world, 1);
    await retag(world, 'p', { stage: 'prod' });
    await run(world);
    expect(touched(world, 'p')).toBe(false);
  });
  test('is not the last that waits of a wave that the next one rests on', async () => {
    const world = await smallFleet({
      clusters: [...staged('dev', ['d']), ...staged('staging', ['s', 't']), ...staged('prod', ['p'])],
      policy: spec(at('dev', { soak: '12h' }), at('staging'), at('prod')),
    });
    await hours(world, 2);
    await hold(world, 't');
    await hours(world, 2);
    await skipCluster(world.ports, await keyOf(world, 's'), PERSON, 'x').catch(() => undefined);
    await hours(world, 24);
    expect([await statusOf(world, 'staging'), touched(world, 'p')]).not.toEqual(['Skipped', true]);
  });
});

describe('who has failed where the policy has no wave any more', () => {
  const budget = { failureBudget: { maxFailures: 1 } };
  const refused = 'No wave of the policy policy-0 selects it. When that is over: liftlock retry cluster p';
  test('is not tried again, so that the policy goes on with everybody else', async () => {
    const world = await smallFleet({
      clusters: three,
      policy: spec(at('dev'), at('prod', budget)),
      prepare: failing('p'),
    });
    await run(world);
    await apply(world, at('dev'));
    await hours(world, 1);
    await expect(retryCluster(world.ports, await keyOf(world, 'p'), PERSON)).rejects.toThrow(refused);
    for (const late of staged('dev', ['late'])) addCluster(world.eks.state, late);
    await hours(world, 240);
    expect(versionOf(world, 'late')).toBe('1.37');
  });
  test('does not have a rollout wait for ever: a person accepts the failure', async () => {
    const world = await smallFleet({ clusters: two, policy: spec(soaking, at('prod')), prepare: failing('p') });
    await hours(world, 6);
    await requestUpgrade(world.ports, await recordOf(world, 'p'), '1.37', PERSON, { approve: true });
    await hours(world, 3);
    await apply(world, soaking);
    await hours(world, 60);
    await expect(retryCluster(world.ports, await keyOf(world, 'p'), PERSON)).rejects.toThrow(refused);
    const id = await rolloutIdOf(world);
    await resumeRollout(world.ports, id, PERSON, 'its wave is gone', { acceptFailures: true });
    await hours(world, 1);
    await promoteRollout(world.ports, id, PERSON, 'its wave is gone');
    await run(world);
    expect((await rolloutsOf(world))[0]?.status).toBe('CompletedWithFailures');
  });
  test('waits aside, and goes on when the policy has its wave again', async () => {
    const waves = [at('dev'), at('prod', { maxConcurrency: 1 })];
    const world = await smallFleet({ clusters: three, policy: spec(...waves) });
    await hours(world, 1);
    await apply(world, at('dev'));
    await hours(world, 0.5);
    expect(await memberOf(world, 'q')).toMatchObject({ status: 'Quarantined', reasons: [{ code: 'NoWave' }] });
    await apply(world, ...waves);
    await run(world);
    expect(versionOf(world, 'q')).toBe('1.37');
  });
});

describe('in a wave that has begun', () => {
  const waves = spec(at('dev'), at('prod', { approval: { approvals: 2 } }));
  const two = [...staged('dev', ['d', 'e']), ...staged('prod', ['p'])];
  test('a wave tag that names nothing holds its cluster', async () => {
    const world = await smallFleet({ clusters: two, policy: waves });
    await hours(world, 0.2);
    await retag(world, 'e', { 'liftlock/wave': 'nonsense' });
    await hours(world, 8);
    expect(touched(world, 'e')).toBe(false);
  });
  test('a cluster that is tagged for an earlier one waits for the calendars of its own, and explain names them', async () => {
    const world = await smallFleet({
      clusters: two,
      calendars,
      policy: spec(at('dev', { maxConcurrency: 2 }), at('prod', { calendar: 'nights' })),
    });
    await hours(world, 4);
    await retag(world, 'p', { stage: 'dev' });
    await hours(world, 0.2);
    const { reasons, calendars: names, placement } = await explainCluster(world.ports, await recordOf(world, 'p'));
    expect([reasons.map(({ code }) => code), names]).toEqual([['WindowClosed'], ['nights']]);
    expect(placement.at(-1)?.message).toBe('The wave prod goes by nights.');
  });
  test.each([{ stage: 'prod' }, { 'liftlock/wave': 'prod' }])(
    'a cluster that is tagged for a later one does not begin, and does once it is tagged as before: %j',
    async (tags) => {
      const world = await smallFleet({ clusters: two, policy: waves });
      await hours(world, 0.2);
      await retag(world, 'e', tags);
      await minutes(world, 2);
      expect(await memberOf(world, 'e')).toMatchObject({ status: 'Quarantined', reasons: [{ code: 'NoWave' }] });
      expect(touched(world, 'e')).toBe(false);
      await retag(world, 'e', { stage: 'dev', 'liftlock/wave': 'dev' });
      await hours(world, 3);
      expect(versionOf(world, 'e')).toBe('1.37');
    },
  );
  test('a cluster that another policy selects by now goes by the windows of that one, once its wave is gone', async () => {
    const of = (stage: string, wave: object) => ({ ...spec(wave), selector: { matchLabels: { stage } } });
    const world = await smallFleet({
      clusters: staged('prod', ['p', 'q']),
      calendars,
      policies: [
        of('prod', { name: 'old', bake: '6h', maxConcurrency: 1 }),
        of('dev', { name: 'dev', calendar: 'nights' }),
      ],
    });
    await hours(world, 2);
    const waiting = touched(world, 'p') ? 'q' : 'p';
    await retag(world, waiting, { stage: 'dev' });
    await applySpec(world, of('prod', { name: 'all', bake: '6h', maxConcurrency: 1 }));
    await hours(world, 8);
    expect(touched(world, waiting)).toBe(false);
    await run(world);
    expect(versionOf(world, waiting)).toBe('1.37');
  });
});

describe('what has failed before and is retried', () => {
  test('is not taken beyond the target that its policy has now', async () => {
    const budget = { failureBudget: { maxFailures: 1 } };
    const world = await smallFleet({
      clusters: staged('prod', ['p', 'q']),
      policy: { ...spec(at('prod', budget)), target: '1.37' },
      prepare: failing('p'),
    });
    await run(world);
    await applySpec(world, { ...spec(at('prod', budget)), target: '1.36' });
    await hours(world, 2);
    await expect(retryCluster(world.ports, await keyOf(world, 'p'), PERSON)).rejects.toThrow(
      'The policy policy-0 takes it to 1.36 by now',
    );
    await hours(world, 5);
    expect(versionOf(world, 'p')).toBe('1.36');
  });
  test('does not go by a policy that does not select it any more, in a wave that had not begun', async () => {
    const world = await smallFleet({
      clusters: three,
      policy: spec(soaking, at('prod', { failureBudget: { maxFailures: 1 } })),
      prepare: failing('p'),
    });
    await hours(world, 6);
    await requestUpgrade(world.ports, await recordOf(world, 'p'), '1.37', PERSON, { approve: true });
    await hours(world, 3);
    const rest = { name: 'prod', failureBudget: { maxFailures: 1 } };
    await applySpec(world, { ...spec(soaking, rest), selector: { when: 'cluster.name != "p"' } });
    await applySpec(
      world,
      {
        ...spec({ name: 'careful', approval: { approvals: 2 } }),
        target: '1.36',
        selector: { when: 'cluster.name == "p"' },
      },
      'policy-1',
    );
    await hours(world, 1);
    await retryCluster(world.ports, await keyOf(world, 'p'), PERSON);
    await run(world);
    expect(versionOf(world, 'p')).toBe('1.36');
  });
});

test('what is half done goes on by the calendars that its wave had last', async () => {
  const slow = staged('dev', ['e']).map((one) => ({
    ...one,
    account: '222222222222',
    nodegroups: Array.from({ length: 20 }, (_, i) => ({ name: `w${i}` })),
  }));
  const P = at('prod', { soak: '200h' });
  const world = await smallFleet({
    clusters: [...staged('dev', ['d']), ...slow, ...staged('prod', ['p'])],
    calendars,
    policy: spec(at('dev'), P),
  });
  await hours(world, 0.2);
  world.eks.state.deniedAccounts.push('222222222222');
  await world.invoke('discover-clusters', {});
  await hours(world, 5);
  expect([(await waveNamed(world, 'dev'))?.status, (await memberOf(world, 'e')).status]).toEqual([
    'Completed',
    'Quarantined',
  ]);
  await apply(world, at('dev', { calendar: 'nights', mayOverrun: true }), P);
  await hours(world, 1);
  world.eks.state.deniedAccounts.length = 0;
  await world.invoke('discover-clusters', {});
  for (let i = 0; i < 100 && world.clock.now() < new Date('2026-11-21T06:00:00Z'); i += 1) await hours(world, 0.5);
  const before = groupsOf(world, 'e');
  expect([versionOf(world, 'e'), before?.includes('1.36'), (await memberOf(world, 'e')).status]).toEqual([
    '1.37',
    true,
    'Parked',
  ]);
  await apply(world, P);
  await hours(world, 4);
  expect([(await waveNamed(world, 'dev'))?.calendars, groupsOf(world, 'e')]).toEqual([['nights'], before]);
});

test('no wave opens while nobody can read the Fleet', async () => {
  const careful = at('careful', { approval: { approvals: 2 } });
  const world = await smallFleet({ clusters: three, policy: spec(at('dev', { soak: '2h' }), at('prod'), careful) });
  await hours(world, 2);
  expect((await waveNamed(world, 'prod'))?.status).toBe('Pending');
  let end = async () => {};
  await applyNewerConfig(world, { kind: 'newer-config', minute: 0, minutes: 60 }, (_, act) => {
    end = act;
  });
  Object.assign(clusterOf(world, 'q')?.tags ?? {}, { stage: 'careful' });
  await recordCluster(world.ports, { account: '111111111111', region: 'eu-central-1', name: 'q', depth: 'deep' });
  await hours(world, 6);
  expect((await waveNamed(world, 'prod'))?.status).toBe('Pending');
  await end();
  await lookAround(world);
  await hours(world, 12);
  expect([versionOf(world, 'p'), touched(world, 'q')]).toEqual(['1.37', false]);
});
