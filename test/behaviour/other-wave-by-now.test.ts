import { releaseCluster, retryCluster } from '../../core/operations/hold-switch.ts';
import { startRollout } from '../../core/operations/start-rollout.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { at, clusterOf, keyOf, spec } from './changed-policy.ts';
import { hours, nodesFail, PERSON, recordOf, smallFleet } from './small-fleet.ts';

test('a held cluster that belongs to a later wave by now is released: no retry in its wave would ever begin', async () => {
  const member = (name: string, stage: string) => ({
    name,
    version: '1.36',
    nodegroups: [{ name: 'one' }],
    tags: { stage },
  });
  const world = await smallFleet({
    clusters: [member('p', 'dev'), member('q', 'dev'), member('s', 'staging')],
    policies: [spec(at('dev', { failureBudget: { maxFailures: 1 } }), at('staging'))],
    prepare: nodesFail,
  });
  const said = async () => {
    const { state, when } = await explainCluster(world.ports, await recordOf(world, 'p'));
    return [state, when.condition];
  };
  await hours(world, 30);
  expect(await said()).toEqual(['Held', 'Somebody removes the cause and runs: liftlock retry cluster p (or release).']);

  Object.assign(clusterOf(world, 'p')?.tags ?? {}, { stage: 'staging' });
  await hours(world, 3);
  expect(await said()).toEqual([
    'Held',
    'Somebody runs: liftlock release cluster p; and what takes it up then says: liftlock explain cluster p',
  ]);
  await expect(retryCluster(world.ports, await keyOf(world, 'p'), PERSON)).rejects.toThrow(
    'what takes it up otherwise says: liftlock explain cluster p',
  );
  await releaseCluster(world.ports, await keyOf(world, 'p'), PERSON);
  expect((await said())[1]).toContain('liftlock rollout create policy-0 --finish');
  await startRollout(world.ports, 'policy-0', PERSON, { dryRun: false, finish: true });
  await hours(world, 10);
  expect((await said())[0]).toBe('UpToDate');
});

test('a held cluster that others have moved past its rollout is released, too', async () => {
  const world = await smallFleet({
    clusters: [{ name: 'p', version: '1.35', nodegroups: [{ name: 'one' }] }],
    policies: [{ ...spec({ name: 'all' }), target: '1.36' }],
    prepare: nodesFail,
  });
  await hours(world, 8);
  const [account, region] = ['111111111111', 'eu-central-1'];
  world.eks.addActor({ at: world.clock.now().getTime() + 1, account, region, do: 'auto-upgrade', cluster: 'p' });
  await hours(world, 3);
  const said = async () => {
    const { state, when, reasons } = await explainCluster(world.ports, await recordOf(world, 'p'));
    return [state, when.condition, reasons.map(({ code }) => code)];
  };
  expect(await said()).toEqual([
    'Held',
    'Somebody runs: liftlock release cluster p; and what takes it up then says: liftlock explain cluster p',
    ['Held', 'BeyondTarget'],
  ]);
  await releaseCluster(world.ports, await keyOf(world, 'p'), PERSON);
  expect((await said())[1]).toContain('liftlock rollout create policy-0 --finish');
});
