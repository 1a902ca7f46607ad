import { applyConfig } from '../../core/operations/apply-documents.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { Ledgers } from '../../core/store/entities.ts';
import { load } from '../../core/store/entity.ts';
import { checkInvariants } from '../../simulator/invariants/check-invariants.ts';
import { MACHINE_ARN_PREFIX } from '../../simulator/process/machines.ts';
import type { World } from '../../simulator/process/world.ts';
import { applySpec, at, calendars, clusterOf, fleetOf, onceBefore, retag, spec } from './changed-policy.ts';
import {
  beginByHand,
  clusterArn,
  discover,
  hours,
  memberOf,
  membersOf,
  minutes,
  observedTags,
  PERSON,
  recordOf,
  run,
  smallFleet,
  touched,
} from './small-fleet.ts';
import { staged } from './staged-fleet.ts';

const web = { name: 'web', version: '1.36' };
const manual = { trigger: 'manual' };
const setTags = (world: World, tags: Record<string, string>) => {
  for (const cluster of Object.values(world.eks.state.clusters)) cluster.tags = { ...tags };
};
const byTier = { labels: { fromTags: { stage: 'tier' } } };

test('a tag with the prefix in another case is recorded: it keeps Liftlock away', async () => {
  const world = await smallFleet({ clusters: [web], policy: manual });
  await discover(world);
  setTags(world, { 'Liftlock/paused': 'true' });
  await discover(world);
  expect((await explainCluster(world.ports, await recordOf(world, 'web'))).reasons).toMatchObject([{ code: 'BadTag' }]);
  expect(observedTags(world)).toEqual([{ tags: { 'Liftlock/paused': 'true' }, before: {} }]);
});

test('while a policy has an expression, a change of any tag is recorded', async () => {
  const selector = { when: 'cluster.tags["team"] == "a"' };
  const world = await smallFleet({ clusters: [{ ...web, tags: { team: 'a' } }], policy: { ...manual, selector } });
  await discover(world);
  setTags(world, { team: 'b' });
  await discover(world);
  expect(observedTags(world)).toEqual([{ tags: { team: 'b' }, before: { team: 'a' } }]);
});

test('a new rule for labels holds for a cluster that is being recorded when it is applied', async () => {
  const tags = { stage: 'dev', tier: 'prod' };
  const world = await smallFleet({ clusters: [{ ...web, tags }], policy: manual });
  await discover(world);
  setTags(world, { ...tags, owner: 'shop' });
  const applied = onceBefore(world, ['"owner":"shop"'], () => applyConfig(world.ports, [fleetOf(byTier)], PERSON));
  await discover(world);
  expect([applied(), (await recordOf(world, 'web')).labels]).toEqual([true, { stage: 'prod' }]);
});

test('a new rule for labels holds for a cluster that comes while it is applied', async () => {
  const tags = { stage: 'dev', tier: 'prod' };
  const world = await smallFleet({ clusters: [{ ...web, tags }], policy: manual });
  const applied = onceBefore(world, ['"kind":"ClusterName"'], () =>
    applyConfig(world.ports, [fleetOf(byTier)], PERSON),
  );
  await discover(world);
  expect([applied(), (await recordOf(world, 'web')).labels]).toEqual([true, { stage: 'prod' }]);
});

test.each<[string, (world: World) => Promise<unknown>]>([
  ['its tag', (world) => retag(world, 'a', { stage: 'y' })],
  [
    'the rule of the Fleet',
    (world) => applyConfig(world.ports, [fleetOf({ ...byTier, caps: { perLabel: { stage: 1 } } })], PERSON),
  ],
])(
  'a cluster that gets another label by %s while it runs counts for that at once, and for the one before until it is freed',
  async (_, change) => {
    const of = (name: string, stage: string, tier: string) => ({
      ...web,
      name,
      tags: { stage, tier },
      nodegroups: [{ name: 'workers' }],
    });
    const world = await smallFleet({
      clusters: [of('a', 'x', 'y'), of('b', 'y', 'y'), of('c', 'x', 'x')],
      caps: { perLabel: { stage: 1 } },
      policy: { trigger: 'automatic', waves: ['a', 'b', 'c'].map((name) => ({ name, clusters: [name] })) },
    });
    await hours(world, 0.1);
    expect((await memberOf(world, 'a')).status).toBe('Running');
    await change(world);
    expect((await recordOf(world, 'a')).labels).toEqual({ stage: 'y' });
    const counts = async () => (await load(world.table, Ledgers))?.data.counts;
    expect(await counts()).toMatchObject({ total: 1, 'label/stage/x': 1, 'label/stage/y': 1 });
    for (const name of ['b', 'c'])
      await world.runner.startExecution({
        machineArn: `${MACHINE_ARN_PREFIX}upgrade-cluster`,
        name,
        input: JSON.stringify({ cluster: clusterArn(name), targetVersion: '1.37' }),
      });
    await hours(world, 0.05);
    const granted = () => world.table.auditTimeline().filter(({ event }) => event === 'Granted').length;
    expect(granted()).toBe(1);
    await run(world);
    expect([await counts(), await checkInvariants(world)]).toEqual([{}, []]);
  },
);

test('a cluster that runs when the Fleet gives its label no more counts with those that have none, for the cap of its policy', async () => {
  const world = await smallFleet({
    clusters: staged('a', ['one', 'two']),
    policy: {
      waves: [{ name: 'all', maxConcurrency: 10, failureBudget: { maxFailures: 1 } }],
      caps: { perLabel: { stage: 1 } },
    },
  });
  const running = async () => (await membersOf(world)).filter(({ status }) => status === 'Running').length;
  await hours(world, 0.1);
  expect(await running()).toBe(1);
  await applyConfig(world.ports, [fleetOf({ labels: { fromTags: {} } })], PERSON);
  expect((await recordOf(world, 'one')).labels).toEqual({});
  await hours(world, 0.1);
  expect(await running()).toBe(1);
});

test('a tag that nobody has set gives no label, whatever its name, and keeps nobody back', async () => {
  const world = await smallFleet({ clusters: staged('dev', ['p']), policies: [] });
  await hours(world, 1.2);
  await applyConfig(world.ports, [fleetOf({ labels: { fromTags: { stage: 'stage', maker: 'constructor' } } })], PERSON);
  await hours(world, 1.2);
  const made = { matchExpressions: [{ key: 'maker', operator: 'Exists' }] };
  await applySpec(world, spec({ name: 'made', selector: made, approval: { approvals: 1 } }, at('dev')));
  await hours(world, 0.2);
  expect([(await recordOf(world, 'p')).labels, touched(world, 'p')]).toEqual([{ stage: 'dev' }, true]);
});

const tag = (world: World, name: string, tags: Record<string, string>) => {
  const found = clusterOf(world, name);
  if (found === undefined) throw new Error(`no ${name}`);
  found.tags = { ...found.tags, ...tags };
};

describe('a tag that EKS has when a change is committed, and the inventory has not yet', () => {
  const waves = [at('dev'), at('prod', { calendar: 'nights' })];
  test.each([
    ['none', 'of this (control: it must begin)'],
    ['liftlock/calendar', 'nights'],
    ['liftlock/wave', 'prod'],
  ])('%s: %s holds for an upgrade that a person starts', async (key, value) => {
    const it = await smallFleet({
      clusters: staged('dev', ['d']),
      calendars,
      policy: { ...spec(...waves), trigger: 'manual' },
    });
    await discover(it);
    tag(it, 'd', { [key]: value });
    await beginByHand(it, 'upgrade-cluster', { cluster: clusterArn('d'), targetVersion: '1.37' }, 'hand');
    // Discovery comes once an hour; nobody looks at the cluster's record in between.
    await minutes(it, 30);
    expect(touched(it, 'd')).toBe(key === 'none');
  });
  test.each([
    ['liftlock/pausd', 'true'],
    ['liftlock/calendar', 'nosuch'],
    ['liftlock/wave', 'nosuch'],
  ])('%s: %s, which nobody can read, keeps a member of a rollout as it is', async (key, value) => {
    const it = await smallFleet({
      clusters: staged('dev', ['d']),
      policy: spec(at('dev'), at('prod')),
    });
    const happened = onceBefore(it, ['"Granted"'], async () => tag(it, 'd', { [key]: value }));
    await hours(it, 0.7);
    expect(happened()).toBe(true);
    expect(touched(it, 'd')).toBe(false);
  });
});

test('a label chooses an earlier wave in the rollout under way too, as long as neither has begun: no approval of the other one is asked', async () => {
  const world = await smallFleet({
    clusters: [...staged('dev', ['d']), ...staged('early', ['e']), ...staged('prod', ['p', 'q'])],
    policy: spec(at('dev', { soak: '12h' }), at('early'), at('prod', { approval: { approvals: 1 } })),
  });
  await hours(world, 3);
  await retag(world, 'p', { stage: 'early' });
  await hours(world, 20);
  expect([(await memberOf(world, 'p')).waveIndex, touched(world, 'p'), touched(world, 'q')]).toEqual([1, true, false]);
});
