import type { UpgradePolicySpec } from '../../core/config/types.ts';
import { recordCluster } from '../../core/inventory/record-cluster.ts';
import { releaseCluster, retryCluster } from '../../core/operations/hold-switch.ts';
import { abortRollout } from '../../core/operations/rollout-orders.ts';
import { startRollout } from '../../core/operations/start-rollout.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { checkInvariants } from '../../simulator/invariants/check-invariants.ts';
import type { World } from '../../simulator/process/world.ts';
import { groupsOf, keyOf } from './changed-policy.ts';
import {
  hours,
  memberOf,
  membersOf,
  mutationsOf,
  PERSON,
  recordOf,
  rolloutIdOf,
  rolloutsOf,
  run,
  smallFleet,
  upgradesOf,
} from './small-fleet.ts';

/** Somebody has moved the control plane of `left` in the console, and left its nodes where they were. */
const fleet = (policy: Partial<UpgradePolicySpec>, more: Partial<Parameters<typeof smallFleet>[0]> = {}) =>
  smallFleet({
    clusters: [{ name: 'left', version: '1.37', nodegroups: [{ name: 'workers', version: '1.36' }] }],
    policy,
    ...more,
  });
const callsOf = (world: World) => mutationsOf(world).map(({ operation }) => operation);
const saidOf = async (world: World, name = 'left') => {
  const { state, reasons, when } = await explainCluster(world.ports, await recordOf(world, name));
  return [state, reasons.map(({ code }) => code), when.condition];
};
const finish = (world: World) => startRollout(world.ports, 'policy-0', PERSON, { dryRun: false, finish: true });

test('a policy that only proposes it waits for a person, and then brings the nodes up and nothing else', async () => {
  const world = await fleet({ finish: 'propose' });
  await hours(world, 3);
  expect(await rolloutsOf(world)).toEqual([]);
  const [state, codes, condition] = await saidOf(world);
  expect([state, codes]).toEqual(['NodesBehind', ['NodesBehind']]);
  expect(condition).toBe(
    'Somebody runs: liftlock rollout create policy-0 --finish (whom it takes says --dry-run); or a newer version becomes the target.',
  );
  const { members } = await startRollout(world.ports, 'policy-0', PERSON, { dryRun: true, finish: true });
  expect(members.map(({ name, from, to }) => [name, from, to])).toEqual([['left', '1.37', '1.37']]);

  await finish(world);
  await run(world);
  expect(callsOf(world)).toEqual(['UpdateNodegroupVersion']);
  expect(groupsOf(world, 'left')).toEqual(['1.37']);
  expect(await saidOf(world)).toEqual(['UpToDate', ['AtTarget'], 'A newer version becomes the target.']);
  const [upgrade] = await upgradesOf(world);
  expect([upgrade?.id, upgrade?.status, upgrade?.requestedBy]).toEqual(['1.37-1.37', 'Succeeded', 'liftlock']);
});

test('it begins in the windows of its wave, and explain says until then that it waits for one', async () => {
  const nights = { timeZone: 'UTC', windows: [{ name: 'nights', schedule: '0 22 * * *', duration: '4h' }] };
  const world = await fleet(
    {},
    { calendars: { nights }, policy: { finish: 'propose', waves: [{ name: 'all', calendar: 'nights' }] } },
  );
  await hours(world, 2);
  await finish(world);
  await hours(world, 2);
  expect(callsOf(world)).toEqual([]);
  expect((await saidOf(world))[1]).toContain('WindowClosed');
  await run(world);
  expect(mutationsOf(world).map(({ operation, at }) => [operation, new Date(at).getUTCHours() >= 22])).toEqual([
    ['UpdateNodegroupVersion', true],
  ]);
  expect(groupsOf(world, 'left')).toEqual(['1.37']);
});

test('a policy that always finishes does so by itself, once for each version', async () => {
  const world = await fleet({ finish: 'always' });
  await run(world);
  expect([callsOf(world), groupsOf(world, 'left')]).toEqual([['UpdateNodegroupVersion'], ['1.37']]);
  for (const cluster of Object.values(world.eks.state.clusters))
    for (const group of Object.values(cluster.nodegroups)) group.version = '1.36';
  await recordCluster(world.ports, { account: '111111111111', region: 'eu-central-1', name: 'left', depth: 'deep' });
  await hours(world, 3);
  expect((await rolloutsOf(world)).length).toBe(1);
  expect((await saidOf(world))[0]).toBe('NodesBehind');
  await finish(world);
  await run(world);
  expect(groupsOf(world, 'left')).toEqual(['1.37']);
});

test('a policy that never finishes says so to whoever asks', async () => {
  const world = await fleet({ finish: 'never' });
  await hours(world, 2);
  await expect(finish(world)).rejects.toThrow('The policy policy-0 has finish: never');
  await expect(startRollout(world.ports, 'policy-0', PERSON, { dryRun: false })).rejects.toThrow(
    'No cluster of the policy policy-0 can be upgraded now',
  );
});

test('whoever asks for a rollout that would have nothing to do hears of what it could finish', async () => {
  const world = await fleet({ finish: 'propose', trigger: 'manual' });
  await hours(world, 2);
  await expect(startRollout(world.ports, 'policy-0', PERSON, { dryRun: false })).rejects.toThrow(
    'Nodes or add-ons of left are behind: --finish takes them in.',
  );
});

test.each([
  ['is paused', { 'liftlock/paused': 'true' }, 'Excluded'],
  ['is pinned to an older version', { 'liftlock/pin-version': '1.36' }, 'Pinned'],
])('nothing of a cluster that %s is finished', async (_, tags, code) => {
  const world = await smallFleet({
    clusters: [
      { name: 'left', version: '1.37', nodegroups: [{ name: 'workers', version: '1.36' }], tags },
      { name: 'other', version: '1.37', nodegroups: [{ name: 'workers', version: '1.36' }] },
    ],
    policy: { finish: 'always' },
  });
  await run(world);
  expect([groupsOf(world, 'left'), groupsOf(world, 'other')]).toEqual([['1.36'], ['1.37']]);
  const { placement, reasons } = await explainCluster(world.ports, await recordOf(world, 'left'));
  expect([...placement, ...reasons].map((one) => one.code)).toContain(code);
});

test('who was moved past the target is finished at its own version, and goes no further', async () => {
  const world = await fleet({ finish: 'propose', target: '1.36' });
  await hours(world, 2);
  const how =
    'Somebody runs: liftlock rollout create policy-0 --finish (whom it takes says --dry-run); or a newer version becomes the target.';
  expect(await saidOf(world)).toEqual(['NodesBehind', ['NodesBehind'], how]);
  await finish(world);
  await run(world);
  expect([callsOf(world), groupsOf(world, 'left')]).toEqual([['UpdateNodegroupVersion'], ['1.37']]);
  expect((await upgradesOf(world)).map(({ id, status }) => [id, status])).toEqual([['1.37-1.37', 'Succeeded']]);
  expect((await saidOf(world))[0]).toBe('UpToDate');
  expect(await checkInvariants(world)).toEqual([]);
});

test('what a hop left when it failed is finished once a person has released the cluster', async () => {
  const world = await smallFleet({
    clusters: [{ name: 'p', version: '1.36', nodegroups: [{ name: 'one' }] }],
    policy: { finish: 'always' },
    prepare: (state) =>
      void state.plannedFailures.push({
        clusterName: 'p',
        nodegroupName: 'one',
        type: 'VersionUpdate',
        errorCode: 'NodeCreationFailure',
        errorMessage: 'no nodes',
      }),
  });
  await hours(world, 4);
  expect([(await memberOf(world, 'p')).status, groupsOf(world, 'p')]).toEqual(['Failed', ['1.36']]);
  expect((await saidOf(world, 'p'))[0]).toBe('Held');
  await releaseCluster(world.ports, await keyOf(world, 'p'), PERSON);
  await abortRollout(world.ports, await rolloutIdOf(world), PERSON, 'its group had no nodes');
  expect((await saidOf(world, 'p'))[0]).toBe('NodesBehind');
  await run(world);
  expect(groupsOf(world, 'p')).toEqual(['1.37']);
  expect(callsOf(world).filter((call) => call !== 'UpdateAddon')).toEqual([
    'UpdateClusterVersion',
    'UpdateNodegroupVersion',
    'UpdateNodegroupVersion',
  ]);
  expect((await saidOf(world, 'p'))[0]).toBe('UpToDate');
});

test('one that failed is held, and a retry tries the same again', async () => {
  const world = await fleet(
    { finish: 'propose' },
    {
      prepare: (state) =>
        void state.plannedFailures.push({
          clusterName: 'left',
          nodegroupName: 'workers',
          type: 'VersionUpdate',
          errorCode: 'NodeCreationFailure',
          errorMessage: 'no nodes',
        }),
    },
  );
  await hours(world, 2);
  await finish(world);
  await hours(world, 4);
  expect([(await memberOf(world, 'left')).status, (await saidOf(world))[0]]).toEqual(['Failed', 'Held']);
  await retryCluster(world.ports, await keyOf(world, 'left'), PERSON);
  await run(world);
  expect(groupsOf(world, 'left')).toEqual(['1.37']);
  expect((await upgradesOf(world)).map(({ id, status }) => [id, status])).toEqual([['1.37-1.37', 'Succeeded']]);
});

test('it moves no control plane, also where somebody has taken that back since', async () => {
  const world = await fleet({ finish: 'propose' });
  await hours(world, 2);
  await finish(world);
  for (const cluster of Object.values(world.eks.state.clusters)) cluster.version = '1.36';
  await hours(world, 4);
  expect(callsOf(world)).toEqual([]);
  expect((await membersOf(world)).map(({ status }) => status)).toEqual(['Blocked']);
  expect(await checkInvariants(world)).toEqual([]);
});
