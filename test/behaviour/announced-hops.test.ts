import { noticeOf } from '../../core/notices/notice-of.ts';
import { abortRollout } from '../../core/operations/rollout-orders.ts';
import type { FakeEksState } from '../../simulator/eks/state/fake-eks-state.ts';
import type { World } from '../../simulator/process/world.ts';
import { hours, PERSON, rolloutIdOf, smallFleet } from './small-fleet.ts';

/** Two hops, one in each night: a night is too short for both. */
const fleet = (more: Partial<Parameters<typeof smallFleet>[0]> = {}, policy = {}) =>
  smallFleet({
    clusters: [{ name: 'web', version: '1.35', nodegroups: [{ name: 'workers' }] }],
    ...more,
    calendars: { nights: { timeZone: 'UTC', windows: [{ name: 'nights', schedule: '0 22 * * *', duration: '70m' }] } },
    policy: { waves: [{ name: 'all', calendar: 'nights' }], ...policy },
  });
/** What owners have heard of upgrades that begin, without whose cluster it is. */
const heard = (world: World) =>
  world.bus.published.flatMap(({ event }) =>
    event.type === 'OwnerNews' && event.detail.news.some(({ what }) => ['opens', 'moved', 'takenBack'].includes(what))
      ? [
          noticeOf(event)
            ?.what.replace(/ \(account[^)]*\)/g, '')
            .replace(/^.*?: /, ''),
        ]
      : [],
  );
const looks = async (world: World, count: number) => {
  for (let left = count; left > 0; left -= 1) {
    await hours(world, 1);
    await world.invoke('refresh-readiness', {});
  }
};
const hopByHop =
  'The upgrade of web to 1.37, hop by hop: 1.36, 1.37, begins at 2026-11-20T22:00:00.000Z at the earliest.';
const FIRST = [hopByHop, hopByHop];
const NEXT = 'The upgrade of web to 1.37 begins at 2026-11-21T22:00:00.000Z at the earliest.';

test('the next hop of a cluster is announced like its first one, and is no other time of the upgrade that has begun', async () => {
  const world = await fleet();
  await looks(world, 48);
  expect(heard(world)).toEqual([...FIRST, NEXT, NEXT]);
});

test('the next hop that was announced is taken back when its rollout is aborted', async () => {
  const world = await fleet();
  await looks(world, 20);
  await abortRollout(world.ports, await rolloutIdOf(world), PERSON, 'enough');
  await looks(world, 2);
  const takenBack = 'The upgrade of web to 1.37 does not begin at 2026-11-21T22:00:00.000Z, as was announced.';
  expect(heard(world)).toEqual([...FIRST, NEXT, takenBack]);
});

test('newer images inside a minor are announced as an update, and taken back as one', async () => {
  const prepare = (state: FakeEksState) => {
    for (const { nodegroups } of Object.values(state.clusters))
      for (const group of nodegroups) group.releaseVersion = '1.37.1-20261001';
  };
  const clusters = [{ name: 'web', version: '1.37', nodegroups: [{ name: 'workers' }] }];
  const world = await fleet({ clusters, prepare }, { patch: { nodes: {} } });
  await looks(world, 3);
  await abortRollout(world.ports, await rolloutIdOf(world), PERSON, 'enough');
  await looks(world, 1);
  const change = 'The update of web within 1.37';
  const at = '2026-11-20T22:00:00.000Z';
  expect(heard(world)).toEqual([
    `${change} begins at ${at} at the earliest.`,
    `${change} does not begin at ${at}, as was announced.`,
  ]);
});
