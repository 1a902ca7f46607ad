import { deleteConfig } from '../../core/operations/delete-config.ts';
import { retryCluster } from '../../core/operations/hold-switch.ts';
import { requestRollback } from '../../core/operations/request-rollback.ts';
import { requestUpgrade } from '../../core/operations/requests.ts';
import { abortRollout } from '../../core/operations/rollout-orders.ts';
import { startRollout } from '../../core/operations/start-rollout.ts';
import { loadClusterDetail } from '../../core/queries/cluster-detail.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { listClusters } from '../../core/queries/list-clusters.ts';
import { loadRolloutDetail } from '../../core/queries/rollout-views.ts';
import type { World } from '../../simulator/process/world.ts';
import { at, two as clusters, groupsOf, keyOf, spec, three } from './changed-policy.ts';
import {
  hours,
  memberOf,
  PERSON,
  recordOf,
  rolloutIdOf,
  run,
  smallFleet,
  touched,
  upgradesOf,
  versionOf,
} from './small-fleet.ts';
import { failing } from './staged-fleet.ts';

const remove = (world: World, name = 'policy-0') =>
  deleteConfig(world.ports, { kind: 'UpgradePolicy', name }, PERSON, 'it has another name');
const explained = async (world: World, name: string) => explainCluster(world.ports, await recordOf(world, name));
const codesOf = async (world: World, name: string) => (await explained(world, name)).reasons.map(({ code }) => code);

test('a policy is not deleted while its rollout is under way; once that is aborted it is, and nothing begins any more', async () => {
  const world = await smallFleet({ clusters, policy: spec(at('dev', { soak: '12h' }), at('prod')) });
  await hours(world, 3);
  const id = await rolloutIdOf(world);
  await expect(remove(world)).rejects.toMatchObject({
    name: 'WrongState',
    message: `The UpgradePolicy policy-0 is not deleted, since it is in use. Its rollout ${id} is Running: abort it first, with liftlock rollout abort ${id}, or wait for its end.`,
  });
  await abortRollout(world.ports, id, PERSON, 'another policy takes it');
  expect((await remove(world)).warnings).toEqual([
    'No policy selects d, p any more: no rollout upgrades what no policy selects.',
  ]);
  await run(world);
  expect(touched(world, 'p')).toBe(false);
  expect(await codesOf(world, 'p')).toEqual(['NoPolicy']);
  expect((await loadRolloutDetail(world.table, id, world.clock.now())).status).toBe('Aborted');
});

test('who would delete a policy hears at once of its rollout and of the upgrades that have to end as well', async () => {
  const world = await smallFleet({ clusters, policy: spec(at('dev'), at('prod')) });
  await hours(world, 0.3);
  const id = await rolloutIdOf(world);
  const abort = `Its rollout ${id} is Running: abort it first, with liftlock rollout abort ${id}, or wait for its end.`;
  const upgrade =
    'The upgrade from 1.36 to 1.37 of d goes by it and is Running: it has to end as well, also after an abort (liftlock explain cluster d).';
  await expect(remove(world)).rejects.toMatchObject({ details: { users: [abort, upgrade] } });
});

test('a policy is not deleted while an upgrade that its aborted rollout began acts; what is half done then a person finishes', async () => {
  const world = await smallFleet({ clusters, policy: spec(at('dev'), at('prod')) });
  await hours(world, 0.3);
  await abortRollout(world.ports, await rolloutIdOf(world), PERSON, 'not now');
  await expect(remove(world)).rejects.toThrow(/The upgrade from 1.36 to 1.37 of d goes by it and is (Running|Parked)/);
  await hours(world, 6);
  // What an abort has left half-way goes on for nobody's policy, but for whoever asks.
  expect((await remove(world)).name).toBe('policy-0');
  await run(world);
  expect(await codesOf(world, 'd')).toEqual(['RolloutAborted', 'Aborted']);
  const { when } = await explained(world, 'd');
  expect(when.condition).toBe('Somebody runs: liftlock upgrade cluster d --to 1.37 --approve');
  expect(touched(world, 'p')).toBe(false);
  await requestUpgrade(world.ports, await recordOf(world, 'd'), '1.37', PERSON, { approve: true });
  await run(world);
  expect([versionOf(world, 'd'), groupsOf(world, 'd'), (await upgradesOf(world))[0]?.status]).toEqual([
    '1.37',
    ['1.37'],
    'Succeeded',
  ]);
});

test('a policy is not deleted while a cluster that it selects goes back by its rules', async () => {
  const world = await smallFleet({ clusters, policy: spec(at('dev'), at('prod')) });
  await run(world);
  await requestRollback(world.ports, await recordOf(world, 'd'), PERSON, { approve: true, extendSupport: undefined });
  await expect(remove(world)).rejects.toThrow('The rollback from 1.37 to 1.36 of d goes by it and is Pending');
});

test('views of a fleet whose policy is gone stand, and a retry in its ended rollout is refused with the reason', async () => {
  const world = await smallFleet({
    clusters: three,
    policy: spec(at('dev'), at('prod', { failureBudget: { maxFailures: 1 } })),
    prepare: failing('p'),
  });
  await run(world);
  expect((await memberOf(world, 'p')).status).toBe('Failed');
  const id = await rolloutIdOf(world);
  await remove(world);
  await run(world);
  expect(await codesOf(world, 'p')).toEqual(['Held']);
  expect((await explained(world, 'p')).when.condition).toBe(
    'Somebody runs: liftlock release cluster p, and then runs: liftlock upgrade cluster p --to 1.37 --approve',
  );
  expect(await codesOf(world, 'q')).toEqual(['NoPolicy']);
  expect((await listClusters(world.ports, {})).items).toHaveLength(3);
  expect((await loadClusterDetail(world.ports, await recordOf(world, 'p'))).name).toBe('p');
  const detail = await loadRolloutDetail(world.table, id, world.clock.now());
  expect(detail.waveDetails.map(({ name, status }) => `${name} ${status}`)).toEqual([
    'dev Completed',
    'prod CompletedWithFailures',
  ]);
  await expect(retryCluster(world.ports, await keyOf(world, 'p'), PERSON)).rejects.toThrow(
    `The rollout ${id} of the policy policy-0 is CompletedWithFailures, and is not taken up again: p is selected by no policy now.`,
  );
  await expect(startRollout(world.ports, 'policy-0', PERSON, { dryRun: false })).rejects.toMatchObject({
    name: 'PolicyNotFound',
  });
});
