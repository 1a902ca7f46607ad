import { noticeOf } from '../../core/notices/notice-of.ts';
import { releaseCluster } from '../../core/operations/hold-switch.ts';
import { promoteRollout } from '../../core/operations/promote-rollout.ts';
import type { World } from '../../simulator/process/world.ts';
import { ANA, at, clusterOf, hold, judge, spec, statusOf } from './changed-policy.ts';
import { onStep } from './on-step.ts';
import { controlsOf, discover, hours, PERSON, recordOf, rolloutIdOf, smallFleet, upgradesOf } from './small-fleet.ts';
import { staged } from './staged-fleet.ts';

/** What people were told since so many events. */
const told = (world: World, since = 0) =>
  world.bus.published.slice(since).flatMap(({ event }) => {
    const notice = noticeOf(event);
    return notice === undefined ? [] : [`${notice.what} ${notice.why}`];
  });

// docs/rollouts.md (`rollout promote`): it lets a wave pass that is Undecided, and what it proved soaks all the same.
test('that an undecided wave is let pass is not told as the end of its soak', async () => {
  const world = await smallFleet({
    clusters: [...staged('dev', ['d', 'e']), ...staged('prod', ['p'])],
    policy: spec(at('dev', { soak: '48h', failureBudget: { minJudged: 2 } }), at('prod')),
  });
  await discover(world);
  await hold(world, 'e');
  await hours(world, 4);
  expect(await statusOf(world, 'dev')).toBe('Undecided');
  const before = world.bus.published.length;
  await promoteRollout(world.ports, await rolloutIdOf(world), PERSON, 'e is not ours');
  await hours(world, 1);
  expect([await statusOf(world, 'dev'), await statusOf(world, 'prod')]).toEqual(['Soaking', 'Pending']);
  const [said] = told(world, before);
  expect(said).toMatch(/^The wave dev of .* was promoted\. .* let it pass although it was undecided: e is not ours$/);
});

// docs/events.md (WaveChanged, about: approval): people are told which of the two it was, also where no comment says it.
test.each(['Approved', 'Rejected'] as const)('that a plan was %s is told as that', async (decision) => {
  const world = await smallFleet({
    clusters: staged('prod', ['p']),
    policy: spec(at('prod', { approval: { approvals: 1 } })),
  });
  await hours(world, 1);
  const before = world.bus.published.length;
  await judge(world, decision, ANA);
  expect(told(world, before)).toEqual([
    `The wave prod of ${await rolloutIdOf(world)} was ${decision.toLowerCase()}. ${ANA}`,
  ]);
});

// docs/protocol.md (How an execution ends): an upgrade is Canceled when its cluster is gone, whatever was mutated before.
test('an upgrade that was canceled half way is not told as one of which nothing was begun', async () => {
  const world = await smallFleet({
    clusters: [{ name: 'web', version: '1.36', nodegroups: [{ name: 'one' }, { name: 'two' }] }],
  });
  onStep(world, 'upgrade-control-plane', 'done', 'web', () => {
    const gone = clusterOf(world, 'web');
    if (gone !== undefined) delete world.eks.state.clusters[gone.arn];
  });
  await hours(world, 3);
  const [upgrade] = await upgradesOf(world);
  const said = told(world).filter((text) => text.startsWith('The upgrade of web '));
  expect([upgrade?.mutated, said]).toEqual([true, [expect.stringMatching(/ from 1\.36 to 1\.37 is Canceled\. /)]]);
});

const ONCE = { name: 'once', schedule: '0 8 20 * *', duration: '90m' };

/** A cluster whose hop leaves it worse, and whose rollback waits for the next of these windows. */
function goingBack(...windows: object[]): Promise<World> {
  const shop = { kind: 'Deployment' as const, namespace: 'shop', name: 'web', replicas: 2, labels: { app: 'web' } };
  const workloads = [{ ...shop, image: 'web:1', crashesFromKubelet: '1.37' }];
  return smallFleet({
    clusters: [{ name: 'web', version: '1.36', nodegroups: [{ name: 'workers' }], workloads }],
    calendars: { prod: { windows } },
    policy: { rollback: { automatic: true, windows: 'obey' }, waves: [{ name: 'all', calendar: 'prod' }] },
  });
}

// docs/rollbacks.md: a rollback that waits is given up by `release`; whoever held the cluster before does so still.
test('who reads of a hold learns what release does while the rollback of the cluster waits', async () => {
  const world = await goingBack(ONCE);
  await hours(world, 24);
  const ends = async () => (await upgradesOf(world)).map(({ id, status }) => `${id} ${status}`);
  const holdOf = async () => (await controlsOf(world))[0]?.held?.upgradeId;
  expect([await ends(), await holdOf()]).toEqual([['1.36-1.37 Failed', 'rollback-1.37-1.36 Pending'], '1.36-1.37']);
  const holds = world.bus.published.flatMap(({ event }) =>
    event.type === 'ClusterHeld' ? (noticeOf(event) ?? []) : [],
  );
  expect(holds).toMatchObject([
    {
      what: expect.stringMatching(/ is held, and goes back to the minor before by itself\.$/),
      why: expect.stringMatching(/Deployment shop\/web .* its policy has it taken back \(rollback\.automatic\)/),
      todo: expect.stringMatching(
        /^Nothing\. .*liftlock release cluster 111111111111.eu-central-1.web, which gives the rollback up and not the hold/,
      ),
    },
  ]);
  const { clusterKey } = await recordOf(world, 'web');
  await releaseCluster(world.ports, clusterKey, PERSON);
  expect([await ends(), await holdOf()]).toEqual([['1.36-1.37 Failed', 'rollback-1.37-1.36 Canceled'], '1.36-1.37']);
  await releaseCluster(world.ports, clusterKey, PERSON);
  expect(await holdOf()).toBeUndefined();
});

test('a rollback that comes to nothing is told with what goes on, and not to try the upgrade again', async () => {
  const world = await goingBack(ONCE);
  await hours(world, 7 * 24 + 1);
  const said = world.bus.published.flatMap(({ event }) =>
    event.type === 'UpgradeChanged' ? (noticeOf(event) ?? []) : [],
  );
  expect(said).toMatchObject([
    {
      what: expect.stringMatching(/^The rollback of web .* from 1\.37 to 1\.36 is Canceled/),
      why: expect.stringMatching(/^EKS took the control plane back from 1\.37 until 2026-/),
      todo: expect.stringContaining('liftlock explain cluster 111111111111.eu-central-1.web'),
    },
  ]);
});
