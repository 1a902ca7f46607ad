import { requestUpgrade } from '../../core/operations/requests.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { hours, membersOf, PERSON, recordOf, rolloutsOf, smallFleet, versionOf, wavesOf } from './small-fleet.ts';

test('who was brought all the way by hand leaves a wave that has not begun, which asks nobody to agree to what is done', async () => {
  const nodegroups = [{ name: 'workers' }];
  const world = await smallFleet({
    clusters: ['first', 'second'].map((name) => ({ name, version: '1.36', nodegroups })),
    policy: {
      waves: [
        { name: 'one', clusters: ['first'], soak: '12h' },
        { name: 'two', approval: { approvals: 1 } },
      ],
    },
  });
  await hours(world, 0.25);
  await requestUpgrade(world.ports, await recordOf(world, 'second'), '1.37', PERSON, { approve: true });
  await hours(world, 4);
  expect(versionOf(world, 'second')).toBe('1.37');
  expect(await explainCluster(world.ports, await recordOf(world, 'second'))).toMatchObject({ state: 'UpToDate' });
  const living = (await membersOf(world)).filter(({ status }) => status !== 'Left');
  expect(living.map(({ name, status }) => [name, status])).toEqual([['first', 'Succeeded']]);
  await hours(world, 12);
  expect((await wavesOf(world)).map(({ name, status }) => [name, status])).toEqual([
    ['one', 'Completed'],
    ['two', 'Skipped'],
  ]);
  expect((await rolloutsOf(world)).map(({ status }) => status)).toEqual(['Completed']);
});
