import { pauseRollout, resumeRollout } from '../../core/operations/rollout-orders.ts';
import { openUndoEntries } from '../../core/protocol/undo.ts';
import type { Fault } from '../../simulator/faults/fault.ts';
import { Faults } from '../../simulator/faults/faulty-ports.ts';
import type { World } from '../../simulator/process/world.ts';
import {
  controlsOf,
  hours,
  memberOf,
  PERSON,
  recordOf,
  rolloutIdOf,
  run,
  smallFleet,
  upgradesOf,
  wavesOf,
} from './small-fleet.ts';

const OWN = { maxUnavailable: 1 };
const web = { name: 'web', version: '1.36', nodegroups: [{ name: 'workers', nodes: 4, updateConfig: OWN }] };

/** The rollout is paused once the update settings are set, so that the hop parks half-way and its undo puts them back; that one dies where `dies` says, more often than it is retried. */
async function undoDies(dies: Partial<Fault>) {
  const pause = async (there: World) =>
    void (await pauseRollout(there.ports, await rolloutIdOf(there), PERSON, 'look'));
  const armed = new Faults([
    { when: 'before', operation: 'commit', function: 'roll-node-group', skip: 1, effect: { kind: 'act', act: pause } },
    { when: 'before', operation: 'commit', function: 'restore-nodes', times: 12, effect: { kind: 'crash' }, ...dies },
  ]);
  const world = await smallFleet({
    clusters: [web],
    policy: { nodes: { updateConfig: { maxUnavailable: 3 } } },
    armed,
  });
  await hours(world, 10);
  expect(armed.hits.length).toBeGreaterThan(3);
  return world;
}
const standing = async (world: World) => ({
  hop: (await upgradesOf(world)).find(({ id }) => id === '1.36-1.37')?.status,
  member: (await memberOf(world, 'web')).status,
  wave: (await wavesOf(world))[0]?.status,
  held: (await controlsOf(world))[0]?.held?.reason.code,
});

test.each<[string, Partial<Fault>]>([
  ['before its first call', {}],
  ['once EKS has taken its call', { operation: 'outcome' }],
])(
  'an undo whose function dies %s is tried again, and the paused hop that it tidies after goes on when it is resumed',
  async (_, dies) => {
    const world = await undoDies(dies);
    expect(await standing(world)).toEqual({ hop: 'Parked', member: 'Parked', wave: 'Open', held: undefined });
    await resumeRollout(world.ports, await rolloutIdOf(world), PERSON);
    await run(world);
    const { clusterKey } = await recordOf(world, 'web');
    expect([(await memberOf(world, 'web')).status, await openUndoEntries(world.table, clusterKey)]).toEqual([
      'Succeeded',
      [],
    ]);
  },
);
