import { applyDocuments } from '../../core/operations/apply-documents.ts';
import { requestRollback } from '../../core/operations/request-rollback.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { loosen, strict } from './drained-shop.ts';
import { hours, mutationsOf, PERSON, recordOf, run, smallFleet, upgradesOf, versionOf } from './small-fleet.ts';

// docs/rollbacks.md, What it does: the whole way is checked before anything changes, the drains of nodes that go back among it.

const api = {
  ...{ kind: 'Deployment' as const, namespace: 'shop', name: 'api', replicas: 6, labels: { app: 'api' } },
  image: 'registry.example/api:1',
};
const web = {
  ...{ name: 'web', version: '1.36', nodegroups: [{ name: 'workers', nodes: 3 }], workloads: [api] },
  podDisruptionBudgets: [{ ...strict, minAvailable: 5 }],
};

test('nodes whose drain cannot succeed stop a rollback before its first change, until the budget is mended', async () => {
  const world = await smallFleet({ clusters: [web] });
  await run(world);
  const calls = mutationsOf(world).length;
  const goBack = async () => requestRollback(world.ports, await recordOf(world, 'web'), PERSON, { approve: true });
  const back = async () => (await upgradesOf(world)).find(({ machine }) => machine === 'rollback-cluster');
  await loosen(world, 6);
  await goBack();
  await hours(world, 3);
  expect([versionOf(world, 'web'), mutationsOf(world).length]).toEqual(['1.37', calls]);
  expect(await back()).toMatchObject({
    ...{ status: 'Blocked', mutated: false },
    reasons: [
      {
        code: 'DrainStuck',
        message: expect.stringMatching(/shop\/strict never lets .*shop\/api.* kubectl .*maxUnavailable.*1.*$/),
      },
    ],
  });
  expect(JSON.stringify(await explainCluster(world.ports, await recordOf(world, 'web')))).toContain('DrainStuck');
  await loosen(world, 5);
  await goBack();
  await run(world);
  expect([versionOf(world, 'web'), (await back())?.status]).toEqual(['1.36', 'Succeeded']);
});

test.each<[string, Record<string, unknown>, boolean]>([
  ['the policy skips drains', { scan: { skip: ['drain'] } }, false],
  ['somebody has waived the drain', {}, true],
])('where %s a rollback goes as a hop does', async (_, policy, isWaived) => {
  const world = await smallFleet({ clusters: [web], policy });
  await run(world);
  const calls = mutationsOf(world).length;
  await loosen(world, 6);
  const spec = { match: { rule: 'DrainStuck' }, reason: 'An operator lifts it.', owner: 'shop', expires: '2026-12-31' };
  const waiver = { apiVersion: 'liftlock/v1alpha1', kind: 'ScanWaiver', metadata: { name: 'strict' }, spec };
  if (isWaived) await applyDocuments(world.ports, [waiver], PERSON, { dryRun: false });
  await requestRollback(world.ports, await recordOf(world, 'web'), PERSON, { approve: true });
  await hours(world, 1);
  expect(mutationsOf(world).slice(calls)[0]).toMatchObject({ operation: 'UpdateNodegroupVersion' });
});
