import { recordCluster } from '../../core/inventory/record-cluster.ts';
import { applyConfig } from '../../core/operations/apply-documents.ts';
import { applySpec, at, channel, clusterOf, onceBefore, spec, three } from './changed-policy.ts';
import { hours, PERSON, recordOf, smallFleet, touched, versionOf } from './small-fleet.ts';

/** Between the decision that the wave opens and its write. */
const PROD_OPENS = ['"name":"prod"', '"status":"Open"'];
/** Shorter than the time to the next look at everything, which would see any change. */
const waves = spec(at('dev', { soak: '10m' }), at('prod'));
const aimedAtChannel = async (version: string) => {
  const clusters = three.map((one) => ({ ...one, version: '1.35' }));
  const world = await smallFleet({ clusters, policy: { ...waves, trigger: 'manual' } });
  await applyConfig(world.ports, [channel('ours', version)], PERSON);
  await applySpec(world, { ...waves, target: { channel: 'ours' } });
  return world;
};

test('no wave opens on a plan to which a Channel has changed since the look', async () => {
  const world = await aimedAtChannel('1.37');
  const changed = onceBefore(world, PROD_OPENS, () => applyConfig(world.ports, [channel('ours', '1.36')], PERSON));
  await hours(world, 24);
  expect([changed(), versionOf(world, 'd'), versionOf(world, 'q')]).toEqual([true, '1.37', '1.36']);
});

test('what is applied is seen at the next look, though whoever applied it dies right after', async () => {
  const world = await aimedAtChannel('1.37');
  const transact = world.table.transact.bind(world.table);
  const dying: typeof transact = async (operations) => {
    world.table.transact = transact;
    await transact(operations);
    throw new Error('it died');
  };
  const changed = onceBefore(world, ['"name":"dev"', '"status":"Soaking"'], async () => {
    const before = world.table.transact;
    world.table.transact = dying;
    await expect(applyConfig(world.ports, [channel('ours', '1.36')], PERSON)).rejects.toThrow('it died');
    world.table.transact = before;
  });
  await hours(world, 24);
  expect([changed(), versionOf(world, 'd'), versionOf(world, 'q')]).toEqual([true, '1.37', '1.36']);
});

test('no wave opens with a cluster that was tagged for another one since the look', async () => {
  const careful = at('careful', { approval: { approvals: 2 } });
  const world = await smallFleet({ clusters: three, policy: spec(at('dev', { soak: '1h' }), at('prod'), careful) });
  const item = { account: '111111111111', region: 'eu-central-1', name: 'q', depth: 'shallow' as const };
  const changed = onceBefore(world, PROD_OPENS, async () => {
    Object.assign(clusterOf(world, 'q')?.tags ?? {}, { stage: 'careful' });
    await recordCluster(world.ports, item);
  });
  await hours(world, 24);
  expect([changed(), (await recordOf(world, 'q')).labels]).toEqual([true, { stage: 'careful' }]);
  expect([touched(world, 'p'), touched(world, 'q')]).toEqual([true, false]);
});
