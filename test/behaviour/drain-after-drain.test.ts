import { releaseCluster, retryCluster } from '../../core/operations/hold-switch.ts';
import { cancelDrain } from '../../core/operations/request-drain.ts';
import { startRollout } from '../../core/operations/start-rollout.ts';
import { openUndoEntries } from '../../core/protocol/undo.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { applySpec } from './changed-policy.ts';
import { cordoned, drain, drainedShop, drainsOf, loosen, podsOnLegacy, setAccess, strict } from './drained-shop.ts';
import { controlsOf, hours, memberOf, minutes, PERSON, recordOf, run, upgradesOf } from './small-fleet.ts';

test('a drain that follows one whose cordons could not be taken back yet leaves its nodes cordoned', async () => {
  const world = await drainedShop([strict]);
  await drain(world);
  await minutes(world, 3);
  setAccess(world, 'access-entries');
  await minutes(world, 3);
  await cancelDrain(world.ports, await recordOf(world, 'web'), 'legacy', 'ann', 'no access');
  await minutes(world, 3);
  expect((await upgradesOf(world)).find(({ machine }) => machine === 'restore-nodes')?.status).toBe('Parked');
  setAccess(world, 'any-principal');
  await loosen(world, 4);
  // Asked for again before the undo looks again.
  expect((await drain(world)).status).toBe('Started');
  await run(world, 1);
  expect((await drainsOf(world)).map(({ status }) => status).sort()).toEqual(['Canceled', 'Succeeded']);
  expect([podsOnLegacy(world), cordoned(world)]).toEqual([0, ['legacy', 'legacy', 'legacy']]);
  expect(await openUndoEntries(world.table, (await recordOf(world, 'web')).clusterKey)).toEqual([]);
});

test('after a drain that failed under a rollout explain and retry name what has that go on without it', async () => {
  const world = await drainedShop([strict], { policy: { drain: { pause: '0s', podTimeout: '3m' }, target: '1.37' } });
  await drain(world);
  await startRollout(world.ports, 'policy-0', PERSON, { dryRun: false });
  await hours(world, 1);
  const { clusterKey } = await recordOf(world, 'web');
  const { when } = await explainCluster(world.ports, await recordOf(world, 'web'));
  const said =
    /runs: liftlock release cluster web, and then .* Once it is released, its rollout \S+ takes the cluster up again with: liftlock retry cluster web$/;
  expect(when.condition).toMatch(said);
  await expect(retryCluster(world.ports, clusterKey, PERSON)).rejects.toThrow(said);
  await releaseCluster(world.ports, clusterKey, PERSON);
  await retryCluster(world.ports, clusterKey, PERSON);
  expect((await memberOf(world, 'web')).status).toBe('Pending');
});

test('while several policies select its cluster a drain waits, says so, and goes on where it was', async () => {
  const world = await drainedShop([strict]);
  await drain(world);
  await minutes(world, 3);
  const held = cordoned(world);
  const second = (selector: object) =>
    applySpec(world, { selector, target: 'latest', waves: [{ name: 'all' }] }, 'second');
  await second({});
  await minutes(world, 5);
  const [waiting] = await drainsOf(world);
  expect([waiting?.status, waiting?.reasons.map(({ code }) => code)]).toEqual(['Parked', ['AmbiguousPolicy']]);
  expect([cordoned(world), (await controlsOf(world)).filter((one) => one.held !== undefined)]).toEqual([held, []]);
  await second({ matchLabels: { name: 'other' } });
  await loosen(world, 0);
  await run(world, 1);
  expect([(await drainsOf(world))[0]?.status, podsOnLegacy(world)]).toEqual(['Succeeded', 0]);
});
