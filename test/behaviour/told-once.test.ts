import { noticeOf } from '../../core/notices/notice-of.ts';
import { pauseRollout, resumeRollout } from '../../core/operations/rollout-orders.ts';
import { reconcileRollouts } from '../../core/rollout/reconcile-rollouts.ts';
import { runWorld } from '../../simulator/process/run-world.ts';
import type { World } from '../../simulator/process/world.ts';
import { membersOf, PERSON, rolloutsOf, run, smallFleet, wavesOf } from './small-fleet.ts';

const clusters = ['a', 'b'].map((name) => ({ name, version: '1.36', nodegroups: [{ name: 'workers' }] }));
const notices = (world: World) =>
  world.bus.published.flatMap(({ event }) => {
    const notice = noticeOf(event);
    return notice === undefined ? [] : [notice];
  });

/** So long that the clusters are upgraded, and the wave soaks. */
async function soaking(world: World): Promise<void> {
  await runWorld(world, { until: new Date(world.clock.now().getTime() + 6 * 3_600_000) });
  expect((await wavesOf(world)).map(({ status }) => status)).toEqual(['Soaking']);
}

/** Two reconcilers that read the same; the one is slow to ask the gates, and decides when the other has written already. */
async function twoAtOnce(world: World): Promise<void> {
  let otherIsDone = () => {};
  const done = new Promise<void>((resolve) => {
    otherIsDone = resolve;
  });
  let asks = () => {};
  const asked = new Promise<void>((resolve) => {
    asks = resolve;
  });
  const read: World['ports']['gates']['read'] = async (...gate) => {
    const reading = await world.ports.gates.read(...gate);
    asks();
    await done;
    return reading;
  };
  const slow = reconcileRollouts({ ...world.ports, gates: { read } });
  await asked;
  await reconcileRollouts(world.ports);
  otherIsDone();
  await slow;
}

const later = (world: World, seconds: number) =>
  world.clock.runUntil(new Date(world.clock.now().getTime() + seconds * 1000));

test('a gate that turns is told once each time it turns, whoever sees it and however often', async () => {
  const world = await smallFleet({
    clusters,
    policy: { waves: [{ name: 'all', maxConcurrency: 2, soak: '24h', gates: [{ alarm: 'errors' }] }] },
  });
  await soaking(world);
  const told = () => notices(world).filter(({ what }) => what.includes('ate'));
  const before = told().length;
  const expected: string[] = [];
  for (const [status, what] of [
    ['red', 'A gate of the wave all of'],
    ['green', 'The gates of the wave all of'],
    ['unknown', 'A gate of the wave all of'],
  ] as const) {
    world.gates.set('errors', status);
    expected.push(what);
    for (let look = 0; look < 3; look += 1) {
      await later(world, 40);
      await twoAtOnce(world);
    }
    const said = told().slice(before);
    expect(said.map(({ what }) => what)).toEqual(expected.map((text) => expect.stringContaining(text)));
  }
});

test('every message of a whole rollout has a reference of its own', async () => {
  const world = await smallFleet({
    clusters,
    policy: { waves: [{ name: 'all', maxConcurrency: 1 }] },
    prepare: (state) =>
      void state.plannedFailures.push({
        clusterName: 'a',
        type: 'VersionUpdate',
        errorCode: 'IpNotAvailable',
        errorMessage: 'no free addresses',
      }),
  });
  await runWorld(world, { until: new Date(world.clock.now().getTime() + 10 * 60_000) });
  const [rollout] = await rolloutsOf(world);
  const id = rollout?.id ?? '';
  await pauseRollout(world.ports, id, PERSON, 'lunch');
  await resumeRollout(world.ports, id, PERSON);
  await run(world);
  expect((await membersOf(world)).map(({ status }) => status).sort()).toContain('Failed');
  const references = notices(world).map(({ reference }) => reference);
  expect(references.length).toBeGreaterThan(5);
  expect(references).toEqual([...new Set(references)]);
  const told = notices(world).map(({ what }) => what);
  expect(told.filter((what) => what.startsWith('The cluster a ('))).toHaveLength(1);
  expect(told.filter((what) => / is Halted\.$/.test(what)).map((what) => what.split(' ')[1])).toEqual([
    'wave',
    'rollout',
  ]);
  const truths = (conditions: readonly { type: string; status: string }[] = []) =>
    conditions.map(({ type, status }) => `${type} ${status}`);
  expect(truths((await wavesOf(world))[0]?.conditions)).toContain('WithinBudget False');
  expect(truths((await rolloutsOf(world))[0]?.conditions)).toEqual([
    'Progressing False',
    'Paused False',
    'Halted True',
    'Completed False',
  ]);
});

test('a rollout whose waves only wait is not planned anew, whatever is written with them', async () => {
  const approval = { before: true, approvals: 1, fourEyes: false };
  const world = await smallFleet({ clusters, policy: { waves: [{ name: 'all', approval }] } });
  const until = new Date(world.clock.now().getTime() + 5 * 3_600_000);
  await runWorld(world, { until, notBefore: until });
  expect((await wavesOf(world)).map(({ status, conditions }) => [status, conditions?.length])).toEqual([
    ['Pending', 4],
  ]);
  const events = (await world.auditTimeline()).map(({ event }) => event);
  expect(events).toContain('RolloutCreated');
  expect(events).not.toContain('RolloutReplanned');
});
