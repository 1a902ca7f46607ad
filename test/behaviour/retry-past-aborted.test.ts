import { retryCluster } from '../../core/operations/hold-switch.ts';
import { requestRollback } from '../../core/operations/request-rollback.ts';
import { abortRollout } from '../../core/operations/rollout-orders.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { applySpec, at, keyOf, spec } from './changed-policy.ts';
import { hours, PERSON, recordOf, rolloutsOf, smallFleet } from './small-fleet.ts';
import { staged } from './staged-fleet.ts';

test('who is told to retry a cluster that was taken back is not refused since a newer rollout was aborted', async () => {
  const of = (target: string, more: object = {}) => ({ ...spec(at('dev', more)), target });
  const world = await smallFleet({
    clusters: staged('dev', ['d', 'e'], '1.35'),
    policy: of('1.36', { maxConcurrency: 2, failureBudget: { maxFailures: 1 } }),
  });
  await hours(world, 3);
  await applySpec(world, of('1.37', { approval: { approvals: 1 } }));
  await hours(world, 2);
  const newer = (await rolloutsOf(world)).find(({ status }) => status === 'Running');
  await abortRollout(world.ports, newer?.id ?? '', PERSON, 'no');
  await hours(world, 2);
  await requestRollback(world.ports, await recordOf(world, 'd'), PERSON, { approve: true });
  await hours(world, 3);
  const { state, when } = await explainCluster(world.ports, await recordOf(world, 'd'));
  expect(state).toBe('Held');
  const retried = await retryCluster(world.ports, await keyOf(world, 'd'), PERSON).then(
    () => 'retried',
    ({ message }: Error) => message,
  );
  expect([when.condition?.includes('liftlock retry cluster d'), retried]).toEqual([
    retried === 'retried',
    expect.any(String),
  ]);
});
