import { hours, run, smallFleet, upgradesOf } from './small-fleet.ts';

// docs/probes.md, What is blamed: what is worse for three clusters at once is a broken source, whoever looks first.

test('one alarm that rings for six clusters in the middle of their rolls takes none of them back', async () => {
  const clusters = Array.from({ length: 6 }, (_, index) => ({
    ...{ name: `c${index}`, version: '1.36' },
    // Their looks do not fall together: each rolls another number of nodes.
    nodegroups: [{ name: 'workers', nodes: 1 + index }],
  }));
  const waves = [{ name: 'all', maxConcurrency: 6, failureBudget: { maxFailures: 6 } }];
  const policy = { waves, scan: { alarms: ['shared'] }, rollback: { automatic: true } };
  const world = await smallFleet({ clusters, policy });
  world.gates.set('shared', 'green');
  await hours(world, 0.4);
  world.gates.set('shared', 'red');
  await run(world);
  expect((await upgradesOf(world)).map(({ id, status }) => `${id} ${status}`)).toEqual(
    clusters.map(() => '1.36-1.37 Succeeded'),
  );
});
