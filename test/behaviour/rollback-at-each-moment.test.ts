import { requestRollback } from '../../core/operations/request-rollback.ts';
import type { World } from '../../simulator/process/world.ts';
import { PERSON, recordOf, run, type SmallFleet, smallFleet, upgradesOf, versionOf } from './small-fleet.ts';

// docs/rollbacks.md: what is said of a rollback is true at each moment.

const web = { name: 'web', version: '1.36', nodegroups: [{ name: 'workers', nodes: 2 }] };
const fleet = (more: Partial<SmallFleet> = {}) => smallFleet({ clusters: [web], ...more });
const goBack = async (world: World, approve = true) =>
  requestRollback(world.ports, await recordOf(world, 'web'), PERSON, { approve });
const endsOf = async (world: World) => (await upgradesOf(world)).map(({ id, status }) => `${id} ${status}`);
test('a group with an AMI of its own that stayed behind stops no rollback', async () => {
  const world = await fleet({
    prepare: (state) => {
      for (const cluster of Object.values(state.clusters))
        for (const group of cluster.nodegroups) group.amiType = 'CUSTOM';
    },
  });
  await run(world);
  expect((await goBack(world)).status).toBe('Started');
  await run(world);
  expect([versionOf(world, 'web'), await endsOf(world)]).toEqual([
    '1.36',
    ['1.36-1.37 RolledBack', 'rollback-1.37-1.36 Succeeded'],
  ]);
});

test('where nobody reads the nodes such a group stops it before anything is changed', async () => {
  const world = await fleet({
    policy: { verification: 'eks-api', smoke: { deployments: [], urls: [] } },
    clusters: [{ ...web, nodegroups: [{ name: 'a' }, { name: 'workers' }] }],
    prepare: (state) => {
      for (const cluster of Object.values(state.clusters))
        for (const group of cluster.nodegroups) if (group.name === 'workers') group.amiType = 'CUSTOM';
    },
  });
  await run(world);
  await goBack(world);
  await run(world);
  const back = (await upgradesOf(world)).find(({ machine }) => machine === 'rollback-cluster');
  expect([back?.status, back?.mutated, back?.reasons[0]?.code]).toEqual(['Blocked', false, 'CustomAmi']);
});
