import { releaseCluster, retryCluster } from '../../core/operations/hold-switch.ts';
import { promoteRollout } from '../../core/operations/promote-rollout.ts';
import { requestUpgrade } from '../../core/operations/requests.ts';
import { pauseRollout, resumeRollout } from '../../core/operations/rollout-orders.ts';
import { skipCluster } from '../../core/operations/skip-cluster.ts';
import { voteOnWave } from '../../core/operations/vote-on-wave.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { addCluster } from '../../simulator/eks/add-cluster.ts';
import type { World } from '../../simulator/process/world.ts';
import {
  ANA,
  apply,
  applySpec,
  at,
  CARL,
  calendars,
  clusterOf,
  groupsOf,
  hold,
  judge,
  keyOf,
  lookAround,
  retag,
  spec,
  three,
  waveNamed,
} from './changed-policy.ts';
import {
  hours,
  memberOf,
  PERSON,
  recordOf,
  rolloutIdOf,
  rolloutsOf,
  smallFleet,
  touched,
  versionOf,
} from './small-fleet.ts';
import { failing, staged } from './staged-fleet.ts';

/** A cluster whose nodes take ten hours. */
const slow = (name: string) =>
  staged('prod', [name]).map((one) => ({
    ...one,
    nodegroups: Array.from({ length: 20 }, (_, i) => ({ name: `w${i}` })),
  }));

const fleet3 = [...staged('dev', ['d']), ...staged('staging', ['s']), ...staged('prod', ['p'])];
const [D, S, P] = [
  at('dev', { soak: '6h' }),
  at('staging', { soak: '90h' }),
  at('prod', { approval: { approvals: 2 }, calendar: 'nights' }),
];
const RENAMED = { ...P, name: 'production' };

describe('what no plan moves, of a wave that the policy renames or drops,', () => {
  test('goes with the wave that takes it now: a control plane that somebody else moved', async () => {
    const world = await smallFleet({ clusters: fleet3, calendars, policy: spec(D, S, P) });
    await hours(world, 3);
    Object.assign(clusterOf(world, 'p') ?? {}, { version: '1.37' });
    await lookAround(world);
    await hours(world, 0.5);
    await apply(world, D, S, RENAMED);
    await hours(world, 10);
    expect([(await memberOf(world, 'p')).waveIndex, touched(world, 'p')]).toEqual([2, false]);
  });
  test('goes by the approvals and windows of its renamed wave when it is retried', async () => {
    const world = await smallFleet({ clusters: fleet3, calendars, policy: spec(D, S, P) });
    await hours(world, 3);
    await hold(world, 'p');
    await hours(world, 0.5);
    await apply(world, D, S, RENAMED);
    await hours(world, 8);
    await retryCluster(world.ports, await keyOf(world, 'p'), PERSON);
    await hours(world, 2);
    expect(touched(world, 'p')).toBe(false);
  });
  test('begins by the rules of no other wave where none takes it any more', async () => {
    const world = await smallFleet({ clusters: fleet3, calendars, policy: spec(D, S, P) });
    await hours(world, 3);
    await hold(world, 'p');
    await hours(world, 0.5);
    await apply(world, D, S);
    await hours(world, 8);
    await retryCluster(world.ports, await keyOf(world, 'p'), PERSON).catch(() => undefined);
    await hours(world, 2);
    expect(touched(world, 'p')).toBe(false);
  });
  test('has its failure counted in its wave under the new name', async () => {
    const prod = at('prod', { failureBudget: { maxFailures: 1 } });
    const world = await smallFleet({
      clusters: [...staged('dev', ['d']), ...staged('staging', ['s', 't', 'u']), ...staged('prod', ['p', 'q'])],
      policy: spec(at('dev', { soak: '12h' }), at('staging'), prod),
      prepare: failing('p'),
    });
    await hours(world, 3);
    await requestUpgrade(world.ports, await recordOf(world, 'p'), '1.37', PERSON, { approve: true });
    await hours(world, 3);
    await apply(world, at('dev', { soak: '12h' }), at('staging'), { ...prod, name: 'production' });
    await hours(world, 24);
    expect([(await waveNamed(world, 'staging'))?.status, (await waveNamed(world, 'production'))?.failed]).toEqual([
      'Completed',
      1,
    ]);
  });
});

describe('while a cluster of a wave to come is upgraded by hand', () => {
  test.each([{ stage: 'careful' }, { 'liftlock/wave': 'careful' }])(
    'H2a %j is not heeded, and the cluster goes without two approvals',
    async (tags) => {
      const world = await smallFleet({
        clusters: [...staged('dev', ['d']), ...slow('p'), ...staged('prod', ['q', 'r'])],
        policy: spec(at('dev', { soak: '4h' }), at('prod'), at('careful', { approval: { approvals: 2 } })),
      });
      await hours(world, 2);
      await requestUpgrade(world.ports, await recordOf(world, 'p'), '1.37', PERSON, { approve: true });
      await hours(world, 0.3);
      await retag(world, 'q', tags);
      await hours(world, 10);
      expect(touched(world, 'q')).toBe(false);
    },
  );
  test('the next wave begins all the same', async () => {
    const world = await smallFleet({
      clusters: [...staged('dev', ['d']), ...staged('staging', ['s']), ...slow('p'), ...staged('prod', ['q', 'r'])],
      policy: spec(at('dev', { soak: '3h' }), at('staging'), at('prod', { soak: '1h' })),
    });
    await hours(world, 2);
    await requestUpgrade(world.ports, await recordOf(world, 'p'), '1.37', PERSON, { approve: true });
    await hours(world, 0.3);
    await apply(world, at('dev', { soak: '3h' }), at('staging'), at('prod', { soak: '2h' }));
    await hours(world, 2.2);
    expect([groupsOf(world, 'p')?.includes('1.36'), (await waveNamed(world, 'staging'))?.status]).toEqual([
      true,
      'Completed',
    ]);
  });
});

describe('a cluster that has failed in two rollouts of its policy is tried again in the newest', () => {
  const world = async (first: [string, number], then: [string, number]) => {
    const one = ([target, maxFailures]: [string, number]) => ({
      ...spec(at('prod', { failureBudget: { maxFailures } })),
      target,
    });
    const made = await smallFleet({
      clusters: staged('prod', ['p', 'q'], '1.35'),
      policy: one(first),
      prepare: failing('p', 'p'),
    });
    await hours(made, 12);
    await releaseCluster(made.ports, await keyOf(made, 'p'), PERSON);
    await applySpec(made, one(then));
    await hours(made, 24);
    return made;
  };
  test('both have ended', async () => {
    const made = await world(['1.36', 1], ['1.37', 1]);
    await retryCluster(made.ports, await keyOf(made, 'p'), PERSON);
  });
  test('the newer one is halted by it', async () => {
    const made = await world(['1.36', 1], ['1.37', 0]);
    const { when } = await explainCluster(made.ports, await recordOf(made, 'p'));
    expect(when.condition).toContain('liftlock retry cluster p');
    await retryCluster(made.ports, await keyOf(made, 'p'), PERSON);
  });
  test('the older one went further than the policy does now', async () => {
    const made = await world(['1.37', 1], ['1.36', 1]);
    await retryCluster(made.ports, await keyOf(made, 'p'), PERSON);
    await hours(made, 12);
    expect(versionOf(made, 'p')).toBe('1.36');
  });
});

test('who comes late for a wave with named approvers and four eyes does not go by the word of anybody', async () => {
  const dev = at('dev', { soak: '6h', approval: { approvals: 1, from: [CARL], fourEyes: true } });
  const world = await smallFleet({
    clusters: [...staged('dev', ['d']), ...staged('prod', ['p'])],
    policy: spec(dev, at('prod', { approval: { approvals: 1 } })),
  });
  await hours(world, 1);
  await voteOnWave(world.ports, await rolloutIdOf(world), 'dev', { decision: 'Approved', by: CARL });
  await hours(world, 3);
  for (const late of staged('dev', ['late'])) addCluster(world.eks.state, late);
  await lookAround(world);
  await hours(world, 1);
  await judge(world, 'Approved', ANA);
  await hours(world, 20);
  const next = (await rolloutsOf(world)).length;
  expect([next, touched(world, 'late')]).not.toEqual([1, true]);
});

test('who may not approve a wave does not reject it while its name is given up, though another wave asks everybody', async () => {
  const prod = at('prod', { approval: { approvals: 1, from: [CARL] } });
  const other = at('dev', { approval: { approvals: 1 } });
  const world = await smallFleet({ clusters: staged('prod', ['d', 'e', 'f']), policy: spec(prod, other) });
  await hours(world, 2);
  await judge(world, 'Approved', CARL);
  await hours(world, 0.2);
  await expect(judge(world, 'Rejected', PERSON)).rejects.toThrow('not among those who may approve');
  await apply(world, { ...prod, name: 'production' }, other);
  await hours(world, 0.2);
  await judge(world, 'Rejected', PERSON).catch(() => undefined);
  await apply(world, prod, other);
  await hours(world, 6);
  expect((await explainCluster(world.ports, await recordOf(world, 'f'))).reasons[0]?.message ?? '').not.toContain(
    'abort the rollout',
  );
  expect(touched(world, 'f')).toBe(true);
});

test('who is between two hops when its wave is dropped gives its place back', async () => {
  const world = await smallFleet({
    clusters: [...staged('dev', ['d', 'e'], '1.35'), ...staged('prod', ['p'])],
    calendars,
    policy: spec(at('dev', { calendar: 'days', mayOverrun: true }), at('prod')),
  });
  await hours(world, 6);
  await apply(world, at('prod'));
  await hours(world, 72);
  // It is wholly at 1.36, and nothing of it is half done.
  expect([versionOf(world, 'd'), groupsOf(world, 'd')]).toEqual(['1.36', ['1.36']]);
  await skipCluster(world.ports, await keyOf(world, 'd'), PERSON, 'its wave is gone');
  await hours(world, 1);
  expect((await waveNamed(world, 'dev'))?.status).not.toBe('Open');
});

test('a parked straggler waits for an approval that can be given', async () => {
  const paused = {
    kind: 'act' as const,
    act: async (one: World, { clusterKey }: { clusterKey: string | undefined }) => {
      if (clusterKey?.includes('/e@'))
        await pauseRollout(one.ports, await rolloutIdOf(one), PERSON, 'a moment').catch(() => undefined);
    },
  };
  const soaks = at('prod', { soak: '200h' });
  const world = await smallFleet({
    clusters: [
      ...staged('dev', ['d']),
      ...staged('dev', ['e']).map((one) => ({ ...one, account: '222222222222' })),
      ...staged('prod', ['p']),
    ],
    policy: spec(at('dev'), soaks),
    faults: [{ when: 'before', operation: 'commit', function: 'upgrade-control-plane', times: 9, effect: paused }],
  });
  await hours(world, 0.2);
  world.eks.state.deniedAccounts.push('222222222222');
  await lookAround(world);
  await hours(world, 8);
  world.eks.state.deniedAccounts.length = 0;
  await lookAround(world);
  await hours(world, 2);
  await apply(world, at('dev', { approval: { approvals: 1 } }), soaks);
  await resumeRollout(world.ports, await rolloutIdOf(world), PERSON);
  await hours(world, 2);
  const { reasons } = await explainCluster(world.ports, await recordOf(world, 'e'));
  expect(reasons[0]?.message).toContain('Run: liftlock approve');
  await voteOnWave(world.ports, await rolloutIdOf(world), 'dev', { decision: 'Approved', by: CARL });
});

test('a wave that a retry has opened out of Undecided is approved by its own rule', async () => {
  const prod = at('prod', { approval: { approvals: 1, autoApproveWhen: 'true' } });
  const world = await smallFleet({ clusters: three, policy: spec(at('dev', { soak: '8h' }), prod) });
  await hours(world, 6);
  await hold(world, 'p');
  await hold(world, 'q');
  await hours(world, 6);
  await retryCluster(world.ports, await keyOf(world, 'p'), PERSON);
  await retryCluster(world.ports, await keyOf(world, 'q'), PERSON);
  await hours(world, 24);
  expect(versionOf(world, 'p')).toBe('1.37');
});

test('a held cluster can be skipped while another still waits', async () => {
  const world = await smallFleet({
    clusters: [...staged('dev', ['d']), ...staged('staging', ['s', 't']), ...staged('prod', ['p'])],
    policy: spec(at('dev', { soak: '12h' }), at('staging'), at('prod')),
  });
  await hours(world, 2);
  await hold(world, 't');
  await hours(world, 1);
  await skipCluster(world.ports, await keyOf(world, 't'), PERSON, 'x');
});

test('a retry in a wave to come that does not take the cluster any more fails with a reason that is so', async () => {
  const world = await smallFleet({
    clusters: three,
    policy: spec(
      at('dev', { soak: '100h', approval: { approvals: 1 } }),
      at('prod', { failureBudget: { maxFailures: 1 } }),
    ),
    prepare: failing('p'),
  });
  await hours(world, 1);
  await voteOnWave(world.ports, await rolloutIdOf(world), 'dev', { decision: 'Approved', by: CARL });
  await hours(world, 6);
  await requestUpgrade(world.ports, await recordOf(world, 'p'), '1.37', PERSON, { approve: true });
  await hours(world, 3);
  await retag(world, 'p', { stage: 'dev' });
  await hours(world, 1);
  await retryCluster(world.ports, await keyOf(world, 'p'), PERSON);
  await hours(world, 1);
  // Its policy does take it to 1.37, in the wave dev.
  expect((await memberOf(world, 'p')).reasons[0]?.message ?? '').not.toContain('does not take it to a newer version');
});

test('an undecided wave does not say NoWave once the policy has it again', async () => {
  const prod = at('prod', { maxConcurrency: '50%', failureBudget: { maxFailures: '50%' } });
  const world = await smallFleet({ clusters: three, policy: spec(at('dev', { soak: '8h' }), prod) });
  await hours(world, 6);
  await hold(world, 'p');
  await hold(world, 'q');
  await hours(world, 0.5);
  await apply(world, at('dev', { soak: '8h' }));
  await hours(world, 10);
  await apply(world, at('dev', { soak: '8h' }), prod);
  await hours(world, 1);
  const wave = await waveNamed(world, 'prod');
  expect([wave?.reasons[0]?.code, wave?.needWork, wave?.maxFailures]).toEqual(['NoneJudged', 2, 1]);
});

test('a calendar that is taken away is told', async () => {
  const world = await smallFleet({
    clusters: staged('prod', ['p', 'q']),
    calendars,
    policy: spec(at('prod', { calendar: 'nights' })),
  });
  await hours(world, 1);
  await apply(world, at('prod'));
  await hours(world, 0.2);
  const said = (await world.auditTimeline()).find(({ event }) => event === 'WaveLimitsChanged');
  expect(JSON.stringify(said?.detail)).not.toContain('calendars is .');
});

describe('who is retried in a wave that opens then, and is tagged elsewhere, goes by the windows of that wave', () => {
  test.each([
    ['its wave was always there', false],
    ['its wave was away for a while', true],
  ])('%s', async (_, stray) => {
    const [D, S] = [at('dev', { soak: '8h' }), at('staging')];
    const P = at('prod', { approval: { approvals: 1 }, calendar: 'nights' });
    const world = await smallFleet({
      clusters: [...staged('dev', ['d']), ...staged('staging', ['s']), ...staged('prod', ['p', 'q'])],
      calendars,
      policy: spec(D, S, P),
    });
    await hours(world, 2);
    await hold(world, 'p');
    await hours(world, 1.1);
    expect((await memberOf(world, 'p')).status).toBe('Blocked');
    if (stray) {
      await apply(world, D, S);
      await hours(world, 0.2);
      expect((await memberOf(world, 'p')).isStray).toBe(true);
      await apply(world, D, S, P);
      await hours(world, 0.2);
    }
    await retryCluster(world.ports, await keyOf(world, 'p'), PERSON);
    await hours(world, 0.2);
    await judge(world, 'Approved', CARL);
    for (let i = 0; i < 100 && (await waveNamed(world, 'prod'))?.status !== 'Open'; i += 1) await hours(world, 0.1);
    expect([(await waveNamed(world, 'prod'))?.status, touched(world, 'p')]).toEqual(['Open', false]);
    await retag(world, 'p', { stage: 'dev' });
    await hours(world, 2);
    // The window nights opens at 02:00.
    expect([world.clock.now().getUTCHours() > 12, touched(world, 'p')]).toEqual([true, false]);
  });
});

test('whom no wave takes any more keeps no rollout under way when its wave has passed', async () => {
  const world = await smallFleet({ clusters: three, policy: spec(at('dev'), at('prod', { maxConcurrency: 1 })) });
  await hours(world, 1);
  await apply(world, at('dev'));
  await hours(world, 6);
  await promoteRollout(world.ports, await rolloutIdOf(world), PERSON, 'its wave is gone');
  for (const late of staged('dev', ['late'])) addCluster(world.eks.state, late);
  await lookAround(world);
  await hours(world, 24);
  expect([versionOf(world, 'late'), (await rolloutsOf(world)).map(({ status }) => status)]).toEqual([
    '1.37',
    ['Completed', 'Completed'],
  ]);
});
