import { Waves } from '../../core/store/entities.ts';
import { loadKind } from '../../core/store/entity.ts';
import { addCluster } from '../../simulator/eks/add-cluster.ts';
import { emptyState } from '../../simulator/eks/empty-state.ts';
import type { PlannedFault } from '../../simulator/simulate/faults/planned-fault.ts';
import { apiVersion, parseDocuments } from '../../simulator/simulate/fleet/documents.ts';
import { runSimulation } from '../../simulator/simulate/run/run-simulation.ts';

jest.setTimeout(60_000);

const start = new Date('2026-11-20T08:00:00Z');

/** One cluster with one node group, in one wave; `version` is where it begins. */
async function runWith(
  faults: readonly PlannedFault[],
  wave: Readonly<Record<string, unknown>> = {},
  version = '1.36',
  nodegroups: readonly string[] = ['workers'],
) {
  const state = emptyState(start);
  addCluster(state, { name: 'web', version, nodegroups: nodegroups.map((name) => ({ name })) });
  const metadata = { name: 'faults' };
  const spec = {
    mode: 'act',
    accounts: ['111111111111'],
    regions: ['eu-central-1'],
    spokeRole: { externalId: 'faults' },
  };
  const policy = { selector: {}, target: '1.37', trigger: 'automatic', waves: [{ name: 'all', ...wave }] };
  const documents = [
    { apiVersion, kind: 'Fleet', metadata, spec },
    { apiVersion, kind: 'UpgradePolicy', metadata, spec: policy },
  ];
  const prepared = { state, start, objects: parseDocuments(documents, start) };
  const simulation = { seed: 1, fleet: { clusters: 1, target: '1.37' }, faults: [...faults] };
  const { result, world } = await runSimulation(simulation, prepared);
  expect(result.violations).toEqual([]);
  const told = world.table.auditTimeline();
  return { result, world, told, events: told.map(({ event }) => event) };
}

type Ran = Awaited<ReturnType<typeof runWith>>;
/** What functions threw, or told their operators of and went on. */
const troublesOf = ({ world }: Ran) => [
  ...world.faults.map((fault) => `${fault.function} ${(fault.error as Error).name}`),
  ...world.log.map((line) => `${line.function} ${line.message} ${JSON.stringify(line.detail)}`),
];
const callsOf = ({ world }: Ran, operation: string) =>
  world.eks.state.mutations.filter((one) => one.operation === operation && !one.replay);

test.each(['TransactWriteItems', 'GetItem', 'BatchGetItem', 'Query', 'StartExecution', 'SendMessage'] as const)(
  'a hub that is denied %s throws, and goes on once it is allowed again',
  async (operation) => {
    const ran = await runWith([{ kind: 'hub-denied', minute: 0, minutes: 20, operation }]);
    expect(ran.result.outcome).toBe('Completed');
    expect(troublesOf(ran).join('\n')).toMatch(/AccessDeniedException|TableDenied|is not authorized to perform/);
    expect(callsOf(ran, 'UpdateClusterVersion')).toHaveLength(1);
  },
);

test('a run does not end before what blocks its cluster is taken away', async () => {
  const { world } = await runWith([{ kind: 'blocked', minute: 1, cluster: 'web', minutes: 240, by: 'budget' }]);
  expect(Object.values(world.eks.state.clusters)[0]?.kubernetes.podDisruptionBudgets[0]?.maxUnavailable).toBe(1);
});

test('only the function that is named is denied', async () => {
  const ran = await runWith([
    { kind: 'hub-denied', minute: 0, minutes: 20, operation: 'TransactWriteItems', function: 'record-clusters' },
  ]);
  const denied = troublesOf(ran).filter((line) =>
    /AccessDeniedException|TableDenied|is not authorized to perform/.test(line),
  );
  expect(denied.length).toBeGreaterThan(0);
  expect(denied.filter((line) => !line.startsWith('record-clusters '))).toEqual([]);
});

test.each(['conflict', 'in-progress', 'too-large'] as const)(
  'transactions that are answered with %s for ten minutes make no call twice',
  async (answer) => {
    const ran = await runWith([
      { kind: 'transactions', minute: 2, minutes: 10, answer, function: 'upgrade-control-plane' },
    ]);
    const calls = callsOf(ran, 'UpdateClusterVersion').map(({ at }) => (at - start.getTime()) / 60_000);
    expect(calls.length).toBeLessThanOrEqual(1);
    expect(calls.filter((minute) => minute < 12)).toEqual([]);
    if (answer !== 'too-large') expect(ran.result.outcome).toBe('Completed');
  },
);

test.each([false, true])(
  'an execution whose history is full fails, and its cluster is held; nested: %s',
  async (nested) => {
    const ran = await runWith([{ kind: 'history-limit', minute: 12, nested }]);
    expect(ran.result.clusters).toMatchObject({ failed: 1 });
    const executions = ran.world.runner.machines
      .records()
      .flatMap(({ arn }) => ran.world.runner.listExecutions({ machineArn: arn, maxResults: 1000 }).executions);
    expect(executions.map(({ executionArn }) => ran.world.runner.describeExecution(executionArn).error)).toContain(
      'States.Runtime',
    );
  },
);

const executionsOf = ({ world: { runner } }: Ran) =>
  runner.machines
    .records()
    .flatMap(({ arn }) => runner.listExecutions({ machineArn: arn, maxResults: 1000 }).executions);

const redrivenOf = (ran: Ran) => executionsOf(ran).filter(({ redriveCount }) => redriveCount > 0);

test.each([
  [false, 0],
  [false, 1],
  [false, 5],
  [false, 120],
  [true, 0],
  [true, 1],
  [true, 5],
  [true, 120],
])(
  'an execution that somebody stops and redrives changes nothing that was not under way; nested: %s, after %d minutes',
  async (nested, minutes) => {
    // In the middle of the scan, of the control plane, and of the first of two node groups: something is left to change.
    for (const minute of [2, 6, 12, 20]) {
      const ran = await runWith([{ kind: 'redriven', minute, minutes, nested, stops: true }], {}, '1.36', ['a', 'b']);
      expect(redrivenOf(ran)).toEqual([expect.objectContaining({ redriveCount: 1 })]);
      expect(redrivenOf(ran).map(({ status }) => status)).toEqual([nested ? 'SUCCEEDED' : 'FAILED']);
      const changed = ran.world.eks.state.mutations.filter(({ at }) => at > start.getTime() + minute * 60_000);
      expect(changed).toEqual([]);
      expect(ran.events.filter((event) => event === 'ClusterHeld')).toHaveLength(1);
      expect(ran.events.filter((event) => event === 'GrantFreed')).toHaveLength(1);
    }
  },
);

test.each([false, true])(
  'one that is redriven while another holds the grant does nothing; nested: %s',
  async (nested) => {
    const people = [
      { kind: 'person', minute: 25, does: 'retry', minutes: 0 },
      { kind: 'person', minute: 26, does: 'accept-failures', minutes: 0 },
    ] as const;
    const stopped = { kind: 'redriven', minute: 12, nested, stops: true } as const;
    const changed = (ran: Ran) => ran.world.eks.state.mutations.map(({ at, operation }) => [at, operation]);
    const ran = await runWith([{ ...stopped, minutes: 20 }, ...people]);
    const late = await runWith([{ ...stopped, minutes: 120 }, ...people]);
    const [redriven] = redrivenOf(ran).map(({ redriveDate }) => redriveDate?.toISOString() ?? '');
    const [, second = ''] = ran.told.filter(({ event }) => event === 'Granted').map(({ at }) => at);
    const [, closed = ''] = ran.told.filter(({ event }) => event === 'GrantClosing').map(({ at }) => at);
    expect([second, redriven, closed].toSorted()).toEqual([second, redriven, closed]);
    expect(ran.result.outcome).toBe('Completed');
    expect(changed(ran)).toEqual(changed(late));
  },
);

test.each([0, 1, 5, 30, 120])(
  'a roll that is redriven after its cluster was released rolls no other node group; after %d minutes',
  async (minutes) => {
    const ran = await runWith(
      [
        { kind: 'redriven', minute: 20, minutes, nested: true, stops: true },
        // The hold is gone, so that it is the fence alone that keeps the redriven roll from what it was about to do.
        { kind: 'person', minute: 21, does: 'release', minutes: 0 },
      ],
      {},
      '1.36',
      ['a', 'b'],
    );
    expect(redrivenOf(ran)).toHaveLength(1);
    expect(callsOf(ran, 'UpdateNodegroupVersion')).toHaveLength(1);
  },
);

test.each([
  ['paused', 'true'],
  ['pin-version', '1.36'],
  ['pin-version', 'latest'],
  ['calendar', 'no-such-calendar'],
] as const)('the tag %s that says %s for a while keeps Liftlock away so long', async (tag, value) => {
  const ran = await runWith([
    { kind: 'tag', minute: 0, minutes: 60, cluster: 'web', tag, value, changed: value, seen: true },
  ]);
  const observed = ran.told.filter(({ event }) => event === 'TagsObserved').map(({ detail }) => detail.tags);
  expect(observed).toEqual([{}]);
  expect(ran.result.outcome).toBe('Completed');
  const [call] = callsOf(ran, 'UpdateClusterVersion');
  expect(call?.at).toBeGreaterThanOrEqual(start.getTime() + 60 * 60_000);
});

test.each([false, true])(
  'a node group that is deleted in the middle of its roll fails its upgrade; created anew: %s',
  async (recreated) => {
    const ran = await runWith([{ kind: 'node-group-deleted', cluster: 'web', minutes: 3, recreated }]);
    expect(ran.world.eks.state.actorFailures).toEqual([]);
    expect(callsOf(ran, 'UpdateNodegroupVersion')).toHaveLength(1);
    const groups = Object.values(ran.world.eks.state.clusters)[0]?.nodegroups ?? [];
    expect(groups.map(({ version }) => version)).toEqual(recreated ? ['1.36'] : []);
    expect(ran.result.clusters).toMatchObject({ failed: 1 });
  },
);

test('the next hop that somebody starts in a bake is refused: the one before it is half done', async () => {
  const ran = await runWith(
    [{ kind: 'person', minute: 30, does: 'start-in-bake', minutes: 0 }],
    { bake: '2h' },
    '1.35',
  );
  const byHand = ran.world.runner
    .listExecutions({ machineArn: 'arn:aws:states:eu-central-1:000000000000:stateMachine:liftlock-upgrade-cluster' })
    .executions.filter(({ name }) => name.startsWith('by-hand'));
  const outputs = byHand.map(({ executionArn }) => ran.world.runner.describeExecution(executionArn).output);
  expect(outputs).toEqual([expect.stringContaining('UpgradeUnderWay')]);
  expect(ran.result.outcome).toBe('Completed');
});

test.each([
  [false, ['Granted'], 'FAILED'],
  [true, ['Granted', 'Granted'], 'SUCCEEDED'],
])(
  'one that was stopped before it had its word of its grant asks for another when it is redriven, by all the rules; released: %s',
  async (released, grants, status) => {
    const ran = await runWith([
      { kind: 'hub-denied', minute: 0, minutes: 60, operation: 'Query', function: 'request-grant' },
      // An outage that it fails by is none of its own: then it goes on by itself.
      { kind: 'redriven', minute: 2, minutes: 120, nested: false, stops: true },
      ...(released ? ([{ kind: 'person', minute: 100, does: 'release', minutes: 0 }] as const) : []),
    ]);
    expect(redrivenOf(ran)).toEqual([expect.objectContaining({ status, redriveCount: 1 })]);
    expect(ran.events.filter((event) => event === 'Granted')).toEqual(grants);
    expect(ran.events.filter((event) => event === 'GrantFreed')).toHaveLength(grants.length);
    expect(callsOf(ran, 'UpdateClusterVersion')).toHaveLength(released ? 1 : 0);
  },
);

test.each([
  ['two', [{ after: 10, back: 40 }]],
  [
    'three',
    [
      { after: 10, back: 40 },
      { after: 20, back: 70 },
    ],
  ],
] as const)('%s restores of the table within hours lose no failure and pass no cap', async (_, again) => {
  const fails = { kind: 'update-fails', cluster: 'web', part: 'node-group' } as const;
  const { events, world } = await runWith([fails, { kind: 'restored', minute: 45, back: 40, again: [...again] }]);
  const restored = events.lastIndexOf('FleetStopped');
  expect(events.filter((event) => event === 'FleetStopped')).toHaveLength(again.length + 1);
  // It had failed before the last restore, to a time before that.
  expect(events.indexOf('UpgradeFailed')).toBeGreaterThan(0);
  expect(events.indexOf('UpgradeFailed')).toBeLessThan(restored);
  const [wave] = await loadKind(world.table, Waves);
  expect(wave).toMatchObject({ status: 'Halted', failed: 1, succeeded: 0 });
});
