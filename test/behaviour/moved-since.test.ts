import { clusterText } from '../../cli/verbs/cluster-text.ts';
import { explanationText } from '../../cli/verbs/explain.ts';
import { upgradePolicySchema } from '../../core/config/schema/upgrade-policy.ts';
import { applyConfig } from '../../core/operations/apply-documents.ts';
import { retryCluster } from '../../core/operations/hold-switch.ts';
import { promoteRollout } from '../../core/operations/promote-rollout.ts';
import { resumeRollout } from '../../core/operations/rollout-orders.ts';
import { startRollout } from '../../core/operations/start-rollout.ts';
import { loadClusterDetail } from '../../core/queries/cluster-detail.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { applyDecision } from '../../core/rollout/apply-decision.ts';
import { Waves } from '../../core/store/entities.ts';
import { load, replace } from '../../core/store/entity.ts';
import { applySpec, at, clusterOf, groupsOf, lookAround, spec, statusOf, three } from './changed-policy.ts';
import {
  beforeCommit,
  DAY,
  hours,
  memberOf,
  membersOf,
  onRecord,
  PERSON,
  recordOf,
  rolloutIdOf,
  rolloutsOf,
  run,
  smallFleet,
  touched,
  versionOf,
  wavesOf,
} from './small-fleet.ts';
import { failing, staged } from './staged-fleet.ts';

const oneByOne = (maxFailures: number) => ({
  selector: {},
  target: 'latest',
  trigger: 'automatic',
  waves: [{ name: 'all', maxConcurrency: 1, failureBudget: { maxFailures } }],
});

test('a budget that is lowered below what has failed halts the wave at the next look', async () => {
  const world = await smallFleet({
    clusters: staged('dev', ['d1', 'd2', 'd3']),
    policy: oneByOne(1),
    prepare: failing('d1'),
  });
  await hours(world, 0.4);
  expect((await wavesOf(world))[0]).toMatchObject({ status: 'Open', failed: 1, inFlight: 1 });
  const metadata = { name: 'policy-0' };
  const document = { apiVersion: 'liftlock/v1alpha1', kind: 'UpgradePolicy', metadata, spec: oneByOne(0) };
  await applyConfig(world.ports, [upgradePolicySchema.parse(document)], PERSON);
  await hours(world, 2 / 60);
  expect((await wavesOf(world))[0]).toMatchObject({ status: 'Halted', reasons: [{ code: 'FailureBudgetExceeded' }] });
  await run(world);
  // What had begun is finished; nothing else begins.
  expect((await memberOf(world, 'd2')).status).toBe('Succeeded');
  expect(touched(world, 'd3')).toBe(false);
  expect((await rolloutsOf(world))[0]?.status).toBe('Halted');
});

test('how a wave ends is decided anew when a cluster has failed since', async () => {
  const world = await smallFleet({ clusters: staged('dev', ['d1', 'd2']), policy: oneByOne(1) });
  await hours(world, 0.1);
  const [decided] = await wavesOf(world);
  const read = decided && (await load(world.table, Waves, decided.rolloutId, decided.index));
  if (read === undefined) throw new Error('there is no wave');
  await onRecord(world, 'Test', replace(Waves, read, { ...read.data, failed: 1 }));
  await applyDecision(world.ports, { type: 'change-wave', wave: read.data, status: 'Completed', reasons: [] });
  expect((await wavesOf(world))[0]).toMatchObject({ status: 'Open', failed: 1 });
});

test('nothing begins after an earlier wave that was halted since the grant', async () => {
  const world = await smallFleet({
    clusters: [...staged('dev', ['d1']), ...staged('prod', ['p1'])],
    policy: {
      waves: [
        { name: 'dev', selector: { matchLabels: { stage: 'dev' } } },
        { name: 'prod', selector: { matchLabels: { stage: 'prod' } } },
      ],
    },
    faults: [
      {
        ...beforeCommit(async () => {
          const [dev] = await wavesOf(world);
          const read = dev && (await load(world.table, Waves, dev.rolloutId, dev.index));
          if (read === undefined) throw new Error('there is no wave');
          await onRecord(world, 'Test', replace(Waves, read, { ...read.data, status: 'Halted' }));
        }),
        skip: 1,
      },
    ],
  });
  await hours(world, 3);
  expect((await memberOf(world, 'd1')).status).toBe('Succeeded');
  expect(touched(world, 'p1')).toBe(false);
  expect((await memberOf(world, 'p1')).reasons).toMatchObject([{ code: 'EarlierWaveHalted' }]);
});

test('who skipped a soak skipped that one alone: a wave that a retry reopens soaks again', async () => {
  const world = await smallFleet({
    clusters: staged('dev', ['d1', 'd2']),
    policy: { ...oneByOne(1), waves: [{ name: 'all', failureBudget: { maxFailures: 1 }, soak: '6h' }] },
    prepare: failing('d1'),
  });
  await hours(world, 2);
  expect((await wavesOf(world))[0]?.status).toBe('Soaking');
  await promoteRollout(world.ports, await rolloutIdOf(world), PERSON, 'urgent');
  await hours(world, 0.1);
  expect((await wavesOf(world))[0]?.status).toBe('CompletedWithFailures');
  await retryCluster(world.ports, (await recordOf(world, 'd1')).clusterKey, PERSON);
  await hours(world, 2);
  expect((await memberOf(world, 'd1')).status).toBe('Succeeded');
  expect((await wavesOf(world))[0]?.status).toBe('Soaking');
  await run(world);
});

test('a rollout whose clusters have all arrived is still under way while it soaks', async () => {
  const world = await smallFleet({
    clusters: staged('dev', ['d1']),
    policy: { ...oneByOne(1), waves: [{ name: 'all', soak: '6h' }] },
  });
  await hours(world, 2);
  expect((await wavesOf(world))[0]?.status).toBe('Soaking');
  await expect(startRollout(world.ports, 'policy-0', PERSON, { dryRun: false })).rejects.toThrow('is under way');
  await run(world);
  await expect(startRollout(world.ports, 'policy-0', PERSON, { dryRun: false })).rejects.toThrow('at its target');
});

test('a cluster that two policies select is left alone, also where somebody else has moved its control plane', async () => {
  const world = await smallFleet({ clusters: three, policy: spec(at('dev', { soak: '4h' }), at('prod')) });
  await hours(world, 2);
  Object.assign(clusterOf(world, 'p') ?? {}, { version: '1.37' });
  await lookAround(world);
  const careful = spec(at('prod', { approval: { approvals: 2 } }));
  await applySpec(world, { ...careful, trigger: 'manual', selector: { when: 'cluster.name == "p"' } }, 'careful');
  await hours(world, 24);
  const { reasons } = await explainCluster(world.ports, await recordOf(world, 'p'));
  expect(reasons.map(({ code }) => code)).toContain('AmbiguousPolicy');
  expect([groupsOf(world, 'p'), touched(world, 'p'), touched(world, 'q')]).toEqual([['1.36'], false, true]);
});

test('a cluster of an open wave that two policies select by now does not begin, and does once one alone selects it', async () => {
  const world = await smallFleet({
    clusters: staged('dev', ['a', 'b']),
    policy: spec(at('dev', { maxConcurrency: 1 })),
  });
  await hours(world, 0.2);
  const waits = (await membersOf(world)).find(({ status }) => status === 'Pending')?.name ?? '';
  const careful = spec(at('prod', { approval: { approvals: 2 } }));
  await applySpec(
    world,
    { ...careful, trigger: 'manual', selector: { when: `cluster.name == "${waits}"` } },
    'careful',
  );
  await hours(world, 24);
  const { state, reasons, when } = await explainCluster(world.ports, await recordOf(world, waits));
  expect([state, reasons.map(({ code }) => code)]).toEqual(['Waiting', ['AmbiguousPolicy']]);
  expect(when.condition).toBe('Once selectors are changed so that one policy alone selects it.');
  expect([(await memberOf(world, waits)).status, touched(world, waits)]).toEqual(['Quarantined', false]);
  await applySpec(world, { ...careful, selector: { when: 'cluster.name == "nobody"' } }, 'careful');
  await hours(world, 6);
  expect(versionOf(world, waits)).toBe('1.37');
});

test('of a cluster that two policies select by now nobody is told that it begins when its window opens', async () => {
  const world = await smallFleet({
    clusters: staged('dev', ['a']),
    calendars: { nights: { windows: [{ name: 'n', schedule: '0 2 * * *', duration: '3h' }] } },
    policy: spec(at('dev', { calendar: 'nights' })),
  });
  await hours(world, 0.2);
  await applySpec(world, { ...spec(at('dev')), trigger: 'manual' }, 'careful');
  const { reasons, when } = await explainCluster(world.ports, await recordOf(world, 'a'));
  expect(reasons.map(({ code }) => code)).toEqual(['AmbiguousPolicy', 'WindowClosed']);
  expect(when.condition).toBe('Not sooner, and only when somebody has done what the reasons above ask for.');
});

test('a cluster that two policies select while it runs says which ones, and goes on', async () => {
  const world = await smallFleet({ clusters: staged('dev', ['a']), policy: spec(at('dev')) });
  await hours(world, 0.2);
  await applySpec(
    world,
    { ...spec(at('dev')), trigger: 'manual', selector: { when: 'cluster.name == "a"' } },
    'careful',
  );
  const explained = await explainCluster(world.ports, await recordOf(world, 'a'));
  expect([explained.state, explained.policy, explained.ambiguous]).toEqual([
    'Upgrading',
    null,
    ['careful', 'policy-0'],
  ]);
  const shown = { paint: (_: unknown, text: string) => text, now: world.clock.now() } as never;
  const told = explanationText(explained, shown);
  expect(told.find((line) => line.startsWith('Policy'))).toMatch(
    /careful and policy-0 select it, so no upgrade begins there \(AmbiguousPolicy\); what its rollout has begun goes on$/,
  );
  const described = clusterText(await loadClusterDetail(world.ports, await recordOf(world, 'a')), shown);
  expect(described.find((line) => line.startsWith('Policy'))).toMatch(
    / careful and policy-0 select it \(AmbiguousPolicy\), wave -, target -$/,
  );
  await hours(world, 6);
  expect(versionOf(world, 'a')).toBe('1.37');
});

test.each([
  ['moved', true],
  ['not moved', false],
])(
  'a cluster for which the expression of a wave has no answer is in none of them, its control plane %s',
  async (_, moved) => {
    const prod = { name: 'prod', selector: { when: 'cluster.tags["tier"] == "prod"' } };
    const world = await smallFleet({
      clusters: three.map((one) => (one.name === 'd' ? one : { ...one, tags: { ...one.tags, tier: 'prod' } })),
      policy: spec(at('dev', { soak: '4h' }), prod),
    });
    await hours(world, 2);
    if (moved) Object.assign(clusterOf(world, 'p') ?? {}, { version: '1.37' });
    delete clusterOf(world, 'p')?.tags.tier;
    await lookAround(world);
    await hours(world, 24);
    const { placement } = await explainCluster(world.ports, await recordOf(world, 'p'));
    expect(placement.map(({ code }) => code)).toContain('PolicyError');
    expect([touched(world, 'q'), touched(world, 'p')]).toEqual([true, false]);
  },
);

describe('a wave whose soak a person has skipped, and that halts and is resumed since', () => {
  test.each(['nobody skipped it (control)', 'skipped'])('soaks again for what succeeds then: %s', async (how) => {
    // Set aside until they are six hours old, and the wave goes on without them.
    const young = { createdAt: new Date(DAY.getTime() - 2 * 3_600_000) };
    const it = await smallFleet({
      clusters: [
        ...staged('dev', ['d']),
        ...staged('dev', ['e', 'f']).map((one) => ({ ...one, ...young })),
        ...staged('prod', ['p']),
      ],
      calendars: { nights: { windows: [{ name: 'n', schedule: '0 2 * * *', duration: '3h' }] } },
      policy: spec(at('dev', { soak: '48h', maxConcurrency: 1 }), at('prod', { calendar: 'nights' })),
      prepare: failing('e'),
    });
    await hours(it, 3);
    expect(await statusOf(it, 'dev')).toBe('Soaking');
    const id = await rolloutIdOf(it);
    if (how === 'skipped') await promoteRollout(it.ports, id, PERSON, 'seen enough of d');
    await hours(it, 4);
    expect([await statusOf(it, 'dev'), (await memberOf(it, 'e')).status]).toEqual(['Halted', 'Failed']);
    await resumeRollout(it.ports, id, PERSON, 'e is known', { acceptFailures: true });
    await hours(it, 5);
    expect([versionOf(it, 'f'), touched(it, 'p')]).toEqual(['1.37', false]);
    // A night within the 48 hours after f.
    await hours(it, 12);
    expect([await statusOf(it, 'dev'), touched(it, 'p')]).toEqual(['Soaking', false]);
  });
});
