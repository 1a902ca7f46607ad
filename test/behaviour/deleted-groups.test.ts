import { openUndoEntries } from '../../core/protocol/undo.ts';
import { UndoEntries } from '../../core/store/entities.ts';
import { loadKind } from '../../core/store/entity.ts';
import { Faults } from '../../simulator/faults/faulty-ports.ts';
import { mutationsOf, recordOf, run, smallFleet } from './small-fleet.ts';

test.each([
  ['is deleted', false],
  ['is deleted and made again', true],
])('where a group %s while its own settings are put back, nothing is left of it to undo', async (_, recreated) => {
  const armed = new Faults([
    {
      when: 'after',
      operation: 'call',
      function: 'roll-node-group',
      // The settings of the policy, the roll, and the group's own settings.
      skip: 2,
      effect: {
        kind: 'act',
        act: async ({ eks, clock }) => {
          const [found] = Object.values(eks.state.clusters);
          if (found === undefined) throw new Error('no cluster');
          const { account, region, name: cluster } = found;
          const at = clock.now().getTime() + 10_000;
          eks.addActor({ at, account, region, do: 'delete-node-group', cluster, nodegroup: 'workers', recreated });
        },
      },
    },
  ]);
  const world = await smallFleet({
    clusters: [
      { name: 'web', version: '1.36', nodegroups: [{ name: 'workers', updateConfig: { maxUnavailable: 1 } }] },
    ],
    policy: { nodes: { updateConfig: { maxUnavailable: 3 } } },
    armed,
  });
  await run(world);
  expect(armed.hits.length).toBe(1);
  const operations = mutationsOf(world).map(({ operation }) => operation);
  expect(operations.slice(1, 4)).toEqual(['UpdateNodegroupConfig', 'UpdateNodegroupVersion', 'UpdateNodegroupConfig']);
  expect(await openUndoEntries(world.table, (await recordOf(world, 'web')).clusterKey)).toEqual([]);
  expect((await loadKind(world.table, UndoEntries)).map(({ closed }) => closed?.how)).toEqual(['gone']);
});
