import { resumeFleet, stopFleet } from '../../core/operations/fleet-switch.ts';
import { FLEET } from '../../core/policy/applied.ts';
import { Configs } from '../../core/store/entities.ts';
import { load, replace } from '../../core/store/entity.ts';
import type { World } from '../../simulator/process/world.ts';
import {
  discover,
  hours,
  membersOf,
  mutationsOf,
  onRecord,
  PERSON,
  run,
  smallFleet,
  versionOf,
} from './small-fleet.ts';

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

describe('a policy that this version cannot read', () => {
  const rolling = () => smallFleet({ clusters: [{ name: 'web', version: '1.36', nodegroups: [{ name: 'workers' }] }] });
  const changePolicy = async (world: World, change: (spec: object) => object) => {
    const read = await load(world.table, Configs, 'UpgradePolicy', 'policy-0');
    if (read === undefined) throw new Error('there is no policy');
    const document = { ...read.data.document, spec: change(read.data.document.spec as object) };
    await onRecord(world, 'ConfigApplied', replace(Configs, read, { ...read.data, document }));
  };
  const makeUnreadable = (world: World) => changePolicy(world, (spec) => ({ ...spec, somethingNew: true }));
  const makeReadable = (world: World) =>
    changePolicy(world, ({ somethingNew: _, ...spec }: { somethingNew?: true }) => spec);

  test('lets nobody begin in a wave that is open', async () => {
    const world = await rolling();
    await stopFleet(world.ports, PERSON, 'test');
    await discover(world);
    await makeUnreadable(world);
    await resumeFleet(world.ports, PERSON);
    await hours(world, 2);
    expect((await membersOf(world)).map(({ status }) => status)).toEqual(['Pending']);
    expect(mutationsOf(world)).toEqual([]);
    await makeReadable(world);
    await run(world);
    expect(versionOf(world, 'web')).toBe('1.37');
  });

  test('has what was begun wait for it', async () => {
    const world = await rolling();
    await discover(world);
    await world.tick();
    await hours(world, 0.1);
    await makeUnreadable(world);
    await hours(world, 3);
    expect(mutationsOf(world).map(({ operation }) => operation)).toEqual(['UpdateClusterVersion']);
    const [member] = await membersOf(world);
    expect([member?.status, member?.reasons.map(({ code }) => code)]).toEqual(['Parked', ['PolicyNotConfigured']]);
    await makeReadable(world);
    await run(world);
    expect((await membersOf(world)).map(({ status }) => status)).toEqual(['Succeeded']);
  });
});
