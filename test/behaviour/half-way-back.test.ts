import { retryCluster } from '../../core/operations/hold-switch.ts';
import { promoteRollout } from '../../core/operations/promote-rollout.ts';
import { requestRollback } from '../../core/operations/request-rollback.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { listRollouts } from '../../core/queries/rollout-views.ts';
import type { World } from '../../simulator/process/world.ts';
import { apply, at, hold, spec, statusOf } from './changed-policy.ts';
import { discover, hours, PERSON, recordOf, rolloutIdOf, smallFleet, upgradesOf } from './small-fleet.ts';
import { staged } from './staged-fleet.ts';

/** The rollback of this cluster fails half-way: its control plane is still to go. */
async function failsHalfWayBack(world: World, name: string): Promise<void> {
  const failure = {
    clusterName: name,
    nodegroupName: 'workers',
    type: 'VersionUpdate',
    errorCode: 'NodeCreationFailure',
  };
  world.eks.state.plannedFailures.push({ ...failure, errorMessage: 'no' } as never);
  await requestRollback(world.ports, await recordOf(world, name), PERSON, { approve: true });
  await hours(world, 3);
  const back = (await upgradesOf(world)).find(({ id }) => id === 'rollback-1.37-1.36');
  expect([back?.status, back?.mutated]).toEqual(['Failed', true]);
}

// docs/rollouts.md, Orders: `rollout promote` is "refused while a cluster of it, or of a wave before it, goes back".
test('who may go on with a rollback that has failed half-way is not told to wait for a window which it need not keep', async () => {
  const world = await smallFleet({
    clusters: staged('dev', ['web']),
    calendars: { c: { windows: [{ name: 'w', schedule: '0 8 * * *', duration: '4h' }] } },
    policy: spec(at('dev', { calendar: 'c' })),
  });
  await hours(world, 6);
  await failsHalfWayBack(world, 'web');
  const { when } = await explainCluster(world.ports, await recordOf(world, 'web'));
  await expect(retryCluster(world.ports, (await recordOf(world, 'web')).clusterKey, PERSON)).rejects.toThrow(
    /^web is held by its rollback from 1\.37 to 1\.36, which ended half-way, and no rollout would try that again\. Somebody runs: liftlock rollback cluster web --approve, /,
  );
  const plan = await requestRollback(world.ports, await recordOf(world, 'web'), PERSON, { approve: true });
  expect(plan.status).toBe('Started');
  expect(when.condition).toMatch(/^Somebody runs: liftlock rollback cluster web --approve, /);
});

test('nobody is told to promote a wave while a cluster of a wave before it goes back', async () => {
  const world = await smallFleet({
    clusters: [...staged('dev', ['d']), ...staged('staging', ['s']), ...staged('prod', ['p'])],
    policy: spec(at('dev'), at('staging'), at('prod')),
  });
  await discover(world);
  await hold(world, 's');
  await hours(world, 3);
  expect([await statusOf(world, 'dev'), await statusOf(world, 'staging')]).toEqual(['Completed', 'Undecided']);
  await failsHalfWayBack(world, 'd');
  const [listed] = (await listRollouts(world.table, world.clock.now())).items;
  const { when } = await explainCluster(world.ports, await recordOf(world, 'p'));
  const refused = await promoteRollout(world.ports, await rolloutIdOf(world), PERSON, 'why').catch(
    ({ message }: Error) => message,
  );
  expect(refused).toMatch(/rollback of d has ended/);
  expect([listed?.waitsForPromotion, when.condition]).toEqual([null, expect.not.stringMatching(/^An approver looks/)]);
});

test('nobody is told to promote a wave that is given up while a cluster of its own goes back', async () => {
  const world = await smallFleet({
    clusters: [...staged('dev', ['d']), ...staged('prod', ['p'])],
    policy: spec(at('dev', { soak: '90h' }), at('prod')),
  });
  await hours(world, 3);
  await apply(world, at('prod'));
  await hours(world, 2);
  expect(await statusOf(world, 'dev')).toBe('Soaking');
  await failsHalfWayBack(world, 'd');
  const { when, reasons } = await explainCluster(world.ports, await recordOf(world, 'p'));
  const refused = await promoteRollout(world.ports, await rolloutIdOf(world), PERSON, 'why').catch(
    ({ message }: Error) => message,
  );
  expect(refused).toMatch(/rollback of d has ended/);
  expect([when.condition, ...reasons.map(({ message }) => message)].join(' ')).not.toMatch(/An approver may go on/);
});
