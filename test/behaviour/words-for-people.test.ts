import { noticeOf } from '../../core/notices/notice-of.ts';
import { promoteRollout } from '../../core/operations/rollout-orders.ts';
import type { World } from '../../simulator/process/world.ts';
import { ANA, at, clusterOf, hold, judge, spec, statusOf } from './changed-policy.ts';
import { onStep } from './on-step.ts';
import { discover, hours, PERSON, rolloutIdOf, smallFleet, upgradesOf } from './small-fleet.ts';
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
  expect(said).toMatch(/^The wave dev of .* was promoted\. .* let it pass although it proves nothing: e is not ours$/);
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
