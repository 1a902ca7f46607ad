import { FLEET } from '../../core/policy/applied.ts';
import { Configs } from '../../core/store/entities.ts';
import { load, replace } from '../../core/store/entity.ts';
import { membersOf, mutationsOf, onRecord, run, smallFleet, versionOf } from './small-fleet.ts';

test('a Fleet that this version cannot read decides nothing about anybody, and nothing is lost by it', async () => {
  const world = await smallFleet({
    clusters: [{ name: 'web', version: '1.36', nodegroups: [{ name: 'workers' }], tags: { owner: 'shop' } }],
    faults: [
      {
        when: 'before',
        operation: 'grant',
        effect: {
          kind: 'act',
          act: async (world) => {
            const fleet = await load(world.table, Configs, 'Fleet', FLEET);
            if (fleet === undefined) throw new Error('there is no Fleet');
            const spec = { ...(fleet.data.document.spec as object), somethingNew: true };
            const document = { ...fleet.data.document, spec };
            await onRecord(world, 'ConfigApplied', replace(Configs, fleet, { ...fleet.data, document }));
          },
        },
      },
    ],
  });
  await run(world);
  expect(mutationsOf(world)).toEqual([]);
  expect((await membersOf(world)).map((member) => member.status)).toEqual(['Pending']);
  const fleet = await load(world.table, Configs, 'Fleet', FLEET);
  if (fleet === undefined) throw new Error('there is no Fleet');
  const { somethingNew: _, ...spec } = fleet.data.document.spec as { somethingNew: boolean };
  const document = { ...fleet.data.document, spec };
  await onRecord(world, 'ConfigApplied', replace(Configs, fleet, { ...fleet.data, document }));
  await run(world);
  expect(versionOf(world, 'web')).toBe('1.37');
});
