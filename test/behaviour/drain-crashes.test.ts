import { stopFleet } from '../../core/operations/fleet-switch.ts';
import { cancelDrain, requestDrain } from '../../core/operations/request-drain.ts';
import { openUndoEntries } from '../../core/protocol/undo.ts';
import { UndoEntries } from '../../core/store/entities.ts';
import { loadKind } from '../../core/store/entity.ts';
import type { Fault } from '../../simulator/faults/fault.ts';
import { Faults } from '../../simulator/faults/faulty-ports.ts';
import type { World } from '../../simulator/process/world.ts';
import { AT_MUTATIONS } from '../e2e/crash-scenarios.ts';
import { discover, minutes, PERSON, recordOf, run, smallFleet, stopExecutions, upgradesOf } from './small-fleet.ts';

const web = {
  ...{ name: 'web', version: '1.36' },
  nodegroups: [
    { name: 'legacy', nodes: 2 },
    { name: 'new', nodes: 2 },
  ],
};
const api = { namespace: 'shop', name: 'api', labels: { app: 'api' }, image: 'registry.example/api:1' };
const workloads = [{ ...api, kind: 'Deployment' as const, replicas: 4 }];
const strict = { namespace: 'shop', name: 'strict', matchLabels: { app: 'api' }, minAvailable: 4 };

/** A drain under faults, from its request to the rest of the fleet; each fault has to strike. */
async function drained(faults: readonly Fault[], given: { readonly isStuck?: boolean; readonly act?: Act } = {}) {
  const { isStuck = false, act } = given;
  const armed = new Faults(faults);
  const world = await smallFleet({
    clusters: [{ ...web, workloads, podDisruptionBudgets: isStuck ? [strict] : [] }],
    policy: { trigger: 'manual', drain: { pause: '0s', podTimeout: '3m', taint: 'liftlock.dev/drained' } },
    armed,
  });
  await discover(world);
  await requestDrain(world.ports, await recordOf(world, 'web'), 'legacy', PERSON, { approve: true });
  await act?.(world);
  await run(world, 2);
  if (faults.length > 0) expect(armed.hits.length).toBeGreaterThan(0);
  const { nodes = [], pods = [] } = Object.values(world.eks.state.clusters)[0]?.kubernetes ?? {};
  const legacy = nodes.flatMap(({ name, nodegroupName }) => (nodegroupName === 'legacy' ? [name] : []));
  const all = await upgradesOf(world);
  const upgrades = all.map(({ machine, status }) => `${machine} ${status}`);
  const said = all.find(({ machine }) => machine === 'drain-nodes')?.reasons[0]?.message;
  return {
    said,
    upgrades: upgrades.sort(),
    cordoned: nodes.filter(({ unschedulable }) => unschedulable).length,
    tainted: nodes.filter(({ taints = [] }) => taints.length > 0).length,
    left: pods.filter(({ nodeName }) => legacy.includes(nodeName ?? '')).length,
    open: (await openUndoEntries(world.table, (await recordOf(world, 'web')).clusterKey)).length,
    closed: [...new Set((await loadKind(world.table, UndoEntries)).map(({ closed }) => closed?.how))],
  };
}
type Act = (world: World) => Promise<void>;

const WHOLE = { upgrades: ['drain-nodes Succeeded'], cordoned: 2, tainted: 2, left: 0, open: 0, closed: ['kept'] };
const UNDONE = { cordoned: 0, tainted: 0, open: 0 };
const STUCK = { upgrades: ['drain-nodes Failed', 'restore-nodes Succeeded'], closed: ['undone'], ...UNDONE };

/** The first commit cordons, the second one evicts, the third one is of the second node. */
const COMMITS = [0, 1, 2];
const points = AT_MUTATIONS.flatMap(({ name, faults }) => COMMITS.map((skip) => [name, skip, faults] as const));
const between = (name: string) => /between decision and commit/.test(name);

test('without a fault a drain ends whole, and one that is stuck is undone', async () => {
  expect(await drained([])).toMatchObject(WHOLE);
  expect(await drained([], { isStuck: true })).toMatchObject(STUCK);
});

test.each(points.filter(([name]) => !between(name)))(
  'a drain ends as without it: %s, at commit %i',
  async (_name, skip, faults) => {
    expect(await drained(faults.map((fault) => ({ ...fault, skip, function: 'drain-nodes' })))).toMatchObject(WHOLE);
  },
);

test.each(points.filter(([name, skip]) => !between(name) && skip === 0))(
  'an undo ends as without it: %s',
  async (_name, _skip, faults) => {
    const armed = faults.map((fault) => ({ ...fault, function: 'restore-nodes' as const }));
    expect(await drained(armed, { isStuck: true })).toMatchObject(STUCK);
  },
);

const acting = (act: Act, skip: number): Fault => ({
  ...{ when: 'before', operation: 'commit', function: 'drain-nodes', skip },
  effect: { kind: 'act', act },
});

test.each(COMMITS)('stopped between decision and commit %i, nothing of it is sent', async (skip) => {
  const before = { cordoned: 0 };
  const stop: Act = async (world) => {
    before.cordoned = marked(world);
    await stopFleet(world.ports, PERSON, 'look');
  };
  const ended = await drained([acting(stop, skip)]);
  expect([ended.upgrades, ended.cordoned]).toEqual([['drain-nodes Parked'], before.cordoned]);
});

test.each(COMMITS)('canceled between decision and commit %i, it is taken back whole', async (skip) => {
  const cancel: Act = async (world) => {
    await cancelDrain(world.ports, await recordOf(world, 'web'), 'legacy', 'ann', 'no');
  };
  const ended = await drained([acting(cancel, skip)]);
  expect(ended).toMatchObject(UNDONE);
  expect(ended.upgrades).toEqual(['drain-nodes Canceled', ...(skip === 0 ? [] : ['restore-nodes Succeeded'])]);
});

const AT_ITS_END = { when: 'before', operation: 'settle', function: 'conclude-upgrade' } as const;

/** Its nodes are empty, and its execution is about to end it. */
const atItsEnd: [string, string[], Act][] = [
  [
    'canceled',
    ['drain-nodes Canceled', 'restore-nodes Succeeded'],
    async (world) => void (await cancelDrain(world.ports, await recordOf(world, 'web'), 'legacy', 'ann', 'no')),
  ],
  [
    'stopped from outside',
    ['drain-nodes Failed', 'restore-nodes Succeeded'],
    async (world) => {
      await stopExecutions(world);
      throw new Error('the execution is stopped');
    },
  ],
];

test.each(atItsEnd)(
  '%s with its nodes empty and before its end is written, it is taken back whole',
  async (_, upgrades, act) => {
    expect(await drained([{ ...AT_ITS_END, effect: { kind: 'act', act } }])).toMatchObject({ ...UNDONE, upgrades });
  },
);

/** Each of the two nodes has a commit of its own. */
const ofEachNode = points.filter(([name, skip]) => !between(name) && skip < 2);
test.each(ofEachNode)('an undo of two nodes ends as without it: %s, at commit %i', async (_, skip, faults) => {
  const [, upgrades, cancel] = atItsEnd[0] as (typeof atItsEnd)[number];
  const ends: Fault = { ...AT_ITS_END, effect: { kind: 'act', act: cancel } };
  const armed = faults.map((fault) => ({ ...fault, skip, function: 'restore-nodes' as const }));
  expect(await drained([ends, ...armed])).toMatchObject({ ...UNDONE, upgrades, closed: ['undone'] });
});

test('an execution that somebody stops is held, and its cordons are taken back', async () => {
  const stop: Act = async (world) => {
    await minutes(world, 1);
    const [drain] = await upgradesOf(world);
    world.runner.stopExecution({ executionArn: drain?.execution ?? '' });
  };
  const ended = await drained([], { isStuck: true, act: stop });
  expect(ended).toMatchObject(STUCK);
  expect(ended.said).toMatch(
    /ended ABORTED without concluding\. What it had cordoned is taken back\. Look, then: liftlock release cluster web\./,
  );
});

const marked = (world: World): number =>
  Object.values(world.eks.state.clusters).flatMap(({ kubernetes }) =>
    kubernetes.nodes.filter(({ unschedulable }) => unschedulable),
  ).length;
