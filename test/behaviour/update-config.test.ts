import { resumeFleet, stopFleet } from '../../core/operations/fleet-switch.ts';
import { retryCluster } from '../../core/operations/hold-switch.ts';
import { abortRollout, pauseRollout, resumeRollout } from '../../core/operations/rollout-orders.ts';
import { openUndoEntries } from '../../core/protocol/undo.ts';
import { Grants, UndoEntries } from '../../core/store/entities.ts';
import { load, loadKind } from '../../core/store/entity.ts';
import type { FakeEksState } from '../../simulator/eks/state/fake-eks-state.ts';
import type { Fault } from '../../simulator/faults/fault.ts';
import { Faults } from '../../simulator/faults/faulty-ports.ts';
import type { World } from '../../simulator/process/world.ts';
import { AT_MUTATIONS } from '../e2e/crash-scenarios.ts';
import {
  hours,
  memberOf,
  mutationsOf,
  PERSON,
  recordOf,
  rolloutIdOf,
  run,
  smallFleet,
  upgradesOf,
} from './small-fleet.ts';

const OWN = { maxUnavailable: 1 };
const THREE = { maxUnavailable: 3 };
const web = { name: 'web', version: '1.36', nodegroups: [{ name: 'workers', nodes: 4, updateConfig: OWN }] };

interface Given {
  readonly updateConfig?: object;
  readonly own?: object;
  readonly policy?: object;
  readonly prepare?: (state: FakeEksState) => void;
  readonly begin?: (world: World) => void;
  readonly faults?: readonly Fault[];
}

/** One cluster with one group under a policy that has something to say of its update settings, until the fleet is at rest. */
async function ran({ updateConfig = THREE, own = OWN, policy = {}, prepare, begin, faults = [] }: Given = {}) {
  const armed = new Faults(faults);
  const world = await smallFleet({
    clusters: [{ ...web, nodegroups: [{ name: 'workers', nodes: 4, updateConfig: own }] }],
    policy: { nodes: { updateConfig }, ...policy },
    prepare: prepare ?? (() => {}),
    armed,
  });
  begin?.(world);
  await run(world);
  if (faults.length > 0) expect(armed.hits.length).toBeGreaterThan(0);
  return world;
}

const groupOf = (world: World) =>
  Object.values(world.eks.state.clusters)[0]?.nodegroups.find(({ name }) => name === 'workers');
/** What Liftlock has asked of the group, in order: settings, or a roll. */
const calls = (world: World) =>
  mutationsOf(world).flatMap(({ operation, request }) => {
    if (operation === 'UpdateNodegroupVersion') return ['roll'];
    return operation === 'UpdateNodegroupConfig' ? [request.updateConfig] : [];
  });
const endOf = async (world: World) => ({
  member: (await memberOf(world, 'web')).status,
  settings: groupOf(world)?.updateConfig,
  open: (await openUndoEntries(world.table, (await recordOf(world, 'web')).clusterKey)).length,
});
const WHOLE = { member: 'Succeeded', settings: OWN, open: 0 };
const undosOf = async (world: World) => (await upgradesOf(world)).filter(({ machine }) => machine === 'restore-nodes');
const closedOf = async (world: World) => (await loadKind(world.table, UndoEntries)).map(({ closed }) => closed?.how);

test('a group is rolled with the update settings of the policy, and has its own afterwards', async () => {
  const world = await ran();
  expect(await endOf(world)).toEqual(WHOLE);
  expect(calls(world)).toEqual([THREE, 'roll', OWN]);
  expect(await undosOf(world)).toEqual([]);
  const [upgrade] = await upgradesOf(world);
  const told = upgrade?.steps['roll-node-group/workers']?.reasons.map(({ code, message }) => `${code}: ${message}`);
  expect(told).toEqual([
    'Rolled: Every node of workers was replaced at 1.37.',
    'UpdateConfig: workers was rolled as the policy says, 3 nodes at once, new ones first; its own settings are back: 1 node at once, new ones first.',
  ]);
});

test('it takes less time, and takes as many nodes at once', async () => {
  const lasted = async (given: Given) => {
    const world = await ran(given);
    const roll = Object.values(world.eks.state.clusters)[0]?.updates.find(
      ({ type, nodegroupName }) => type === 'VersionUpdate' && nodegroupName === 'workers',
    );
    return (roll?.endedAt ?? 0) - (roll?.createdAt ?? 0);
  };
  const [byOne, byFour] = [await lasted({ updateConfig: OWN }), await lasted({ updateConfig: { maxUnavailable: 4 } })];
  expect(byFour).toBeLessThan(byOne / 1.5);
});

test.each<[string, object, object, unknown[]]>([
  ['the group has them already', THREE, THREE, ['roll']],
  [
    'the group has them already, with the strategy that is the default',
    { ...THREE, updateStrategy: 'DEFAULT' },
    THREE,
    ['roll'],
  ],
  ['a share', { maxUnavailablePercentage: 50 }, OWN, [{ maxUnavailablePercentage: 50 }, 'roll', OWN]],
  [
    'a number in place of a share',
    THREE,
    { maxUnavailablePercentage: 10 },
    [THREE, 'roll', { maxUnavailablePercentage: 10 }],
  ],
  // The group may have 8 nodes.
  ['more nodes than the group may have', { maxUnavailable: 90 }, OWN, [{ maxUnavailable: 8 }, 'roll', OWN]],
  [
    'old nodes first',
    { maxUnavailable: 1, updateStrategy: 'MINIMAL' },
    OWN,
    [{ ...OWN, updateStrategy: 'MINIMAL' }, 'roll', { ...OWN, updateStrategy: 'DEFAULT' }],
  ],
  [
    'a strategy of its own that the policy does not name',
    THREE,
    { ...OWN, updateStrategy: 'MINIMAL' },
    [THREE, 'roll', OWN],
  ],
])('%s', async (_, updateConfig, own, expected) => {
  const world = await ran({ updateConfig, own });
  expect(calls(world)).toEqual(expected);
  // Whoever named no strategy before is told the default one afterwards, where the policy had named another.
  expect(groupOf(world)?.updateConfig).toMatchObject(own);
  expect((await memberOf(world, 'web')).status).toBe('Succeeded');
});

test('without a word of the policy no settings are touched', async () => {
  const world = await ran({ policy: { nodes: undefined } });
  expect(calls(world)).toEqual(['roll']);
});

test('while EKS changes the settings people are told so, and of nobody else', async () => {
  const world = await smallFleet({ clusters: [web], policy: { nodes: { updateConfig: THREE } } });
  const told = new Set<string>();
  await hours(world, 0.1);
  for (let quarter = 0; quarter < 160; quarter += 1) {
    if (quarter % 4 === 0) await world.tick();
    await world.clock.runUntil(new Date(world.clock.now().getTime() + 15_000));
    for (const { steps } of await upgradesOf(world))
      for (const { message } of steps['roll-node-group/workers']?.reasons ?? [])
        told.add(message.replace(/ [0-9a-f-]{36}/, ''));
  }
  expect([...told]).toEqual([
    'Update settings of workers: EKS works on update.',
    'Roll of workers to 1.37: EKS works on update.',
    'Own update settings of workers: EKS works on update.',
    'Every node of workers was replaced at 1.37.',
    expect.stringMatching(/^workers was rolled as the policy says/),
  ]);
  expect((await endOf(world)).settings).toEqual(OWN);
});

test('one that is stopped again and again is put back each time', async () => {
  const stop = (skip: number) => between(skip, (there) => stopFleet(there.ports, PERSON, 'look').then(() => {}));
  // Settings, (roll); settings, (roll); and then whole.
  const world = await ran({ faults: [stop(1), stop(1)] });
  for (const expected of [2, 4]) {
    expect(await endOf(world)).toEqual({ ...WHOLE, member: 'Parked' });
    expect(calls(world)).toHaveLength(expected);
    await resumeFleet(world.ports, PERSON);
    await run(world);
  }
  expect(await endOf(world)).toEqual(WHOLE);
  expect(calls(world)).toEqual([THREE, OWN, THREE, OWN, THREE, 'roll', OWN]);
});

/** Settings, roll, settings back: each has its commit and its call, and an outcome when it is taken and another when it has ended. */
const POINTS = AT_MUTATIONS.flatMap(({ name, faults }) => {
  const isOutcome = faults.some(({ operation }) => operation === 'outcome');
  return (isOutcome ? [0, 1, 2, 3, 4, 5] : [0, 1, 2]).map((skip) => [name, skip, faults] as const);
});

test.each(POINTS)('it ends as without a fault: %s, at %i', async (_, skip, faults) => {
  const armed = faults.map((fault) => ({ ...fault, skip, function: 'roll-node-group' as const }));
  const world = await ran({ faults: armed });
  expect(await endOf(world)).toEqual(WHOLE);
  const [told] = (await upgradesOf(world))[0]?.steps['roll-node-group/workers']?.reasons ?? [];
  expect([calls(world), told?.code]).toEqual([[THREE, 'roll', OWN], 'Rolled']);
});

const NAMES = ['settings', 'roll', 'settings back'];
const between = (skip: number, act: Extract<Fault['effect'], { kind: 'act' }>['act']): Fault => ({
  ...{ when: 'before', operation: 'commit', function: 'roll-node-group', skip },
  effect: { kind: 'act', act },
});

describe.each([0, 1, 2])('between decision and commit %i', (skip) => {
  test('a stop holds, what was set is put back under it, and resumed it ends whole', async () => {
    const world = await ran({
      faults: [between(skip, (there) => stopFleet(there.ports, PERSON, 'look').then(() => {}))],
    });
    expect(await endOf(world)).toEqual({ ...WHOLE, member: 'Parked' });
    const asked = [[], [THREE, OWN], [THREE, 'roll', OWN]][skip];
    expect(calls(world)).toEqual(asked);
    expect((await undosOf(world)).map(({ status }) => status)).toEqual(skip === 0 ? [] : ['Succeeded']);
    await resumeFleet(world.ports, PERSON);
    await run(world);
    expect(await endOf(world)).toEqual(WHOLE);
    expect(calls(world)).toEqual([...(asked ?? []), ...(skip === 2 ? [] : [THREE, 'roll', OWN])]);
  });

  test('a pause holds alike', async () => {
    const pause = async (there: World) =>
      void (await pauseRollout(there.ports, await rolloutIdOf(there), PERSON, 'look'));
    const world = await ran({ faults: [between(skip, pause)] });
    expect(await endOf(world)).toEqual({ ...WHOLE, member: 'Parked' });
    await resumeRollout(world.ports, await rolloutIdOf(world), PERSON);
    await run(world);
    expect(await endOf(world)).toEqual(WHOLE);
  });

  test('an abort leaves nothing of it', async () => {
    const abort = async (there: World) =>
      void (await abortRollout(there.ports, await rolloutIdOf(there), PERSON, 'no'));
    const world = await ran({ faults: [between(skip, abort)] });
    expect(await endOf(world)).toEqual({ ...WHOLE, member: expect.any(String) });
    expect(calls(world)).toEqual([[], [THREE, OWN], [THREE, 'roll', OWN]][skip]);
  });

  test(`who dies for good there is held, and the group has its own settings (${NAMES[skip]})`, async () => {
    const dies: Fault = {
      ...{ when: 'before', operation: 'commit', function: 'roll-node-group', skip, times: 99 },
      effect: { kind: 'crash' },
    };
    const world = await ran({ faults: [dies] });
    expect(await endOf(world)).toEqual({ ...WHOLE, member: 'Failed' });
  });
});

/** A fleet that was stopped before the settings were put back: whoever undoes does it. */
const undone = (faults: readonly Fault[] = [], more: Given = {}) =>
  ran({ ...more, faults: [between(1, (there) => stopFleet(there.ports, PERSON, 'look').then(() => {})), ...faults] });

test.each(
  AT_MUTATIONS.flatMap(({ name, faults }) =>
    [0, ...(/outcome/.test(name) ? [1] : [])].map((skip) => [name, skip, faults] as const),
  ),
)('an undo ends as without a fault: %s, at %i', async (_, skip, faults) => {
  const armed = faults.map((fault) => ({ ...fault, skip, function: 'restore-nodes' as const }));
  const world = await undone(armed);
  expect(await endOf(world)).toEqual({ ...WHOLE, member: 'Parked' });
  expect(calls(world)).toEqual([THREE, OWN]);
  expect((await undosOf(world)).map(({ status }) => status)).toEqual(['Succeeded']);
});

/** Something that somebody does with the group right after Liftlock's call number `nth` of one name was taken. */
const after =
  (operation: string, seconds: number, act: (world: World) => Promise<void> | void, nth = 0) =>
  (world: World) => {
    let count = 0;
    world.eks.faults.afterOperation.push((call) => {
      if (call.operation !== operation || call.caller.principal === PERSON) return;
      count += 1;
      if (count !== nth + 1) return;
      world.clock.schedule(new Date(world.clock.now().getTime() + seconds * 1000), async () => void (await act(world)));
    });
  };
/** As Terraform does. */
function setByHand(world: World, updateConfig: object): void {
  const caller = { account: '111111111111', region: 'eu-central-1', principal: PERSON };
  const input = { clusterName: 'web', nodegroupName: 'workers', updateConfig };
  world.eks.operation('UpdateNodegroupConfig', input, caller, world.clock.now());
}
async function stopExecution(world: World): Promise<void> {
  const key = (await recordOf(world, 'web')).clusterKey;
  const executionArn = (await load(world.table, Grants, key))?.data.holder ?? '';
  await world.runner.stopExecution({ executionArn });
}

test.each([
  ['while EKS works on the settings, which do not show yet', 'UpdateNodegroupConfig', 1],
  ['once they are set', 'UpdateNodegroupConfig', 119],
  ['while EKS rolls the group', 'UpdateNodegroupVersion', 200],
])('whoever stops the execution %s finds the own settings back in the end', async (_, operation, seconds) => {
  const world = await ran({ begin: after(operation, seconds, stopExecution) });
  const [undo] = await undosOf(world);
  expect([undo?.status, calls(world).at(-1)]).toEqual(['Succeeded', OWN]);
  // Nothing is sent that EKS would have to refuse, since it works on the group.
  expect(world.eks.state.refusedMutations).toEqual([]);
  expect(await endOf(world)).toEqual({ ...WHOLE, member: 'Failed' });
  await retryCluster(world.ports, (await recordOf(world, 'web')).clusterKey, PERSON);
  await run(world);
  expect(await endOf(world)).toEqual(WHOLE);
});

test('what somebody sets while EKS rolls the group, or right after, stays', async () => {
  const theirs = { maxUnavailable: 2 };
  // During the roll EKS takes no settings: at its end somebody is faster than Liftlock.
  const faster = (world: World) => {
    world.eks.faults.beforeOperation.push(({ operation, caller }) => {
      if (caller.principal === PERSON || operation !== 'DescribeUpdate') return;
      const [cluster] = Object.values(world.eks.state.clusters);
      const ended = cluster?.updates.find(
        ({ type, nodegroupName, status }) =>
          type === 'VersionUpdate' && nodegroupName === 'workers' && status === 'Successful',
      );
      const mine = cluster?.updates.some(({ principal, type }) => principal === PERSON && type === 'ConfigUpdate');
      if (ended !== undefined && mine !== true) setByHand(world, theirs);
    });
  };
  const world = await ran({ begin: faster });
  expect(await endOf(world)).toEqual({ ...WHOLE, settings: theirs });
  expect(calls(world)).toEqual([THREE, 'roll']);
  expect(await closedOf(world)).toEqual(['notOurs']);
});

test('what somebody sets between the settings and an undo stays', async () => {
  const theirs = { maxUnavailable: 2 };
  const begin = (world: World) =>
    after('UpdateNodegroupConfig', 150, async (there) => {
      await stopExecution(there);
      setByHand(there, theirs);
    })(world);
  // Nothing of the roll is begun before the look after next.
  const late: Fault = {
    ...{ when: 'before', operation: 'commit', function: 'roll-node-group', skip: 1, times: 99 },
    effect: { kind: 'error', name: 'TransactionConflict' },
  };
  const world = await ran({ begin, faults: [late] });
  expect(await endOf(world)).toEqual({ member: 'Failed', settings: theirs, open: 0 });
  expect([calls(world), await closedOf(world)]).toEqual([[THREE], ['notOurs']]);
});

const failing =
  (type: 'VersionUpdate' | 'ConfigUpdate', errorCode: 'PodEvictionFailure' | 'NodeCreationFailure' | 'AccessDenied') =>
  (state: FakeEksState): void =>
    void state.plannedFailures.push({
      ...{ clusterName: 'web', nodegroupName: 'workers', type },
      ...{ errorCode, errorMessage: 'because' },
    });

test.each(['PodEvictionFailure', 'NodeCreationFailure'] as const)(
  'a roll that ends with %s leaves the own settings, and the next try finishes the group',
  async (errorCode) => {
    const world = await ran({ prepare: failing('VersionUpdate', errorCode) });
    expect(await endOf(world)).toEqual({ ...WHOLE, member: 'Failed' });
    expect(calls(world)).toEqual([THREE, 'roll', OWN]);
    await retryCluster(world.ports, (await recordOf(world, 'web')).clusterKey, PERSON);
    await run(world);
    expect(await endOf(world)).toEqual(WHOLE);
    expect(calls(world).slice(3)).toEqual([THREE, 'roll', OWN]);
  },
);

test('while a roll waits for its next try the group has its own settings', async () => {
  const nodes = { updateConfig: THREE, podEvictionFailure: { retries: 3, pause: '45m' } };
  const world = await ran({ prepare: failing('VersionUpdate', 'PodEvictionFailure'), policy: { nodes } });
  expect(await endOf(world)).toEqual(WHOLE);
  expect(calls(world)).toEqual([THREE, 'roll', OWN, THREE, 'roll', OWN]);
});

test('nothing is rolled with other settings than the policy says: what EKS refuses to set fails', async () => {
  const refused = (world: World) =>
    world.eks.faults.add({
      operation: 'UpdateNodegroupConfig',
      effect: { kind: 'error', name: 'InvalidParameterException' },
    });
  for (const given of [{ begin: refused }, { prepare: failing('ConfigUpdate', 'AccessDenied') }]) {
    const world = await ran(given);
    expect(await endOf(world)).toEqual({ ...WHOLE, member: 'Failed' });
    expect(calls(world)).not.toContain('roll');
  }
});

test.each([
  'AccessDeniedException',
  'InvalidParameterException',
  'ThrottlingException',
  'ResourceInUseException',
] as const)(
  'settings that EKS does not take back at once (%s) are put back later, and the upgrade goes on',
  async (name) => {
    const begin = (world: World) =>
      world.eks.faults.add({ operation: 'UpdateNodegroupConfig', skip: 1, effect: { kind: 'error', name } });
    const world = await ran({ begin });
    expect(await endOf(world)).toEqual(WHOLE);
    expect(calls(world)).toEqual([THREE, 'roll', OWN]);
  },
);

test('one whose update on the way back fails is put back all the same', async () => {
  const begin = after('UpdateNodegroupVersion', 1, (world) => failing('ConfigUpdate', 'AccessDenied')(world.eks.state));
  const world = await ran({ begin });
  expect(await endOf(world)).toEqual(WHOLE);
  expect(calls(world)).toEqual([THREE, 'roll', OWN, OWN]);
});

test('an undo that is denied tries again every quarter of an hour, under a stop too', async () => {
  const denied = (world: World) =>
    world.eks.faults.add({
      ...{ operation: 'UpdateNodegroupConfig', skip: 1, times: 3 },
      effect: { kind: 'error', name: 'AccessDeniedException' },
    });
  const world = await undone([], { begin: denied });
  expect(await endOf(world)).toEqual({ ...WHOLE, member: 'Parked' });
});
