import { retryCluster } from '../../core/operations/hold-switch.ts';
import { openUndoEntries } from '../../core/protocol/undo.ts';
import { UndoEntries } from '../../core/store/entities.ts';
import { loadKind } from '../../core/store/entity.ts';
import type { Fault } from '../../simulator/faults/fault.ts';
import { Faults } from '../../simulator/faults/faulty-ports.ts';
import { mutationsOf, PERSON, recordOf, run, smallFleet, upgradesOf } from './small-fleet.ts';

/** Somebody deletes the group ten seconds after the call that comes after so many others; its answer may be lost. */
const deletedAfterCall = (skip: number, recreated: boolean, isAnswered = true): Fault => ({
  when: 'after',
  operation: 'call',
  function: 'roll-node-group',
  skip,
  effect: {
    kind: 'act',
    act: async ({ eks, clock }) => {
      const [found] = Object.values(eks.state.clusters);
      if (found === undefined) throw new Error('no cluster');
      const { account, region, name: cluster } = found;
      const at = clock.now().getTime() + 10_000;
      eks.addActor({ at, account, region, do: 'delete-node-group', cluster, nodegroup: 'workers', recreated });
      if (!isAnswered) throw Object.assign(new Error('The answer was lost.'), { name: 'TimeoutError' });
    },
  },
});

/** The invocation dies right after it has written so many outcomes and one more. */
const diesAfterOutcome = (skip: number): Fault => ({
  when: 'after',
  operation: 'outcome',
  function: 'roll-node-group',
  skip,
  effect: { kind: 'crash' },
});

async function deleted(faults: readonly Fault[], policy: Record<string, unknown> = {}) {
  const armed = new Faults(faults);
  const group = { name: 'workers', updateConfig: { maxUnavailable: 1 } };
  const world = await smallFleet({
    clusters: [{ name: 'web', version: '1.36', nodegroups: [group] }],
    policy,
    armed,
  });
  await run(world);
  expect(armed.hits.length).toBe(faults.length);
  return world;
}

const SETTINGS = { nodes: { updateConfig: { maxUnavailable: 3 } } };

test.each([
  ['is deleted', false],
  ['is deleted and made again', true],
])('where a group %s while its own settings are put back, nothing is left of it to undo', async (_, recreated) => {
  // The settings of the policy, the roll, and the group's own settings.
  const world = await deleted([deletedAfterCall(2, recreated)], SETTINGS);
  const operations = mutationsOf(world).map(({ operation }) => operation);
  expect(operations.slice(1, 4)).toEqual(['UpdateNodegroupConfig', 'UpdateNodegroupVersion', 'UpdateNodegroupConfig']);
  expect(await openUndoEntries(world.table, (await recordOf(world, 'web')).clusterKey)).toEqual([]);
  expect((await loadKind(world.table, UndoEntries)).map(({ closed }) => closed?.how)).toEqual(['gone']);
});

test.each<[string, readonly Fault[], Record<string, unknown>, string]>([
  ['while it is rolled', [deletedAfterCall(0, true)], {}, 'UpdateNodegroupVersion'],
  [
    'while it is rolled, where who wrote that down dies',
    [deletedAfterCall(0, true), diesAfterOutcome(1)],
    {},
    'UpdateNodegroupVersion',
  ],
  ['while nobody knows whether EKS took its roll', [deletedAfterCall(0, true, false)], {}, 'UpdateNodegroupVersion'],
  [
    'while its settings are changed, where who wrote that down dies',
    [deletedAfterCall(0, true), diesAfterOutcome(1)],
    SETTINGS,
    'UpdateNodegroupConfig',
  ],
])(
  'what has the name of a group that was deleted %s is touched only once a person has looked',
  async (_, faults, policy, begun) => {
    const world = await deleted(faults, policy);
    const calls = () => mutationsOf(world).map(({ operation }) => operation);
    expect(calls()).toEqual(['UpdateClusterVersion', begun]);
    const [failed] = await upgradesOf(world);
    const said = 'The node group workers was deleted while EKS worked on it.';
    expect([failed?.status, failed?.reasons[0]?.message]).toEqual(['Failed', expect.stringContaining(said)]);
    const { clusterKey } = await recordOf(world, 'web');
    await retryCluster(world.ports, clusterKey, PERSON);
    await run(world);
    expect((await upgradesOf(world))[0]?.status).toBe('Succeeded');
    expect(calls().filter((operation) => operation === 'UpdateNodegroupVersion').length).toBe(
      begun === 'UpdateNodegroupVersion' ? 2 : 1,
    );
  },
);

test('a group that somebody deletes while another one is rolled is not rolled, and the hop goes on without it', async () => {
  const armed = new Faults([deletedAfterCall(0, false)]);
  const nodegroups = [{ name: 'batch' }, { name: 'workers' }];
  const world = await smallFleet({ clusters: [{ name: 'web', version: '1.36', nodegroups }], armed });
  await run(world);
  const [hop] = await upgradesOf(world);
  expect([armed.hits.length, hop?.status]).toEqual([1, 'Succeeded']);
  expect(hop?.steps['roll-node-group/workers']?.reasons[0]?.code).toBe('NoSuchNodegroup');
});
