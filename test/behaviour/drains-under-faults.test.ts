import { resumeFleet, stopFleet } from '../../core/operations/fleet-switch.ts';
import { cancelDrain, requestDrain } from '../../core/operations/request-drain.ts';
import { openUndoEntries } from '../../core/protocol/undo.ts';
import { UndoEntries } from '../../core/store/entities.ts';
import { loadKind } from '../../core/store/entity.ts';
import type { ClusterRecord } from '../../simulator/eks/state/fake-eks-state.ts';
import type { Fault } from '../../simulator/faults/fault.ts';
import { Faults } from '../../simulator/faults/faulty-ports.ts';
import { disruptionCounts } from '../../simulator/kubernetes/disruption/disruption-counts.ts';
import type { ApiFault } from '../../simulator/kubernetes/faults/api-fault.ts';
import type { NodeState } from '../../simulator/kubernetes/kubernetes-state.ts';
import type { World } from '../../simulator/process/world.ts';
import { SeededChoices } from '../../simulator/simulate/fleet/seeded-choices.ts';
import { AT_MUTATIONS } from '../e2e/crash-scenarios.ts';
import { cordoned, drain, drainedShop, drainsOf, podsOnLegacy, setCordon, strict } from './drained-shop.ts';
import { controlsOf, discover, minutes, PERSON, recordOf, run, smallFleet, upgradesOf } from './small-fleet.ts';

const SEEDS = 60;
const STEPS = ['drain-nodes', 'restore-nodes', 'conclude-upgrade', 'request-grant', 'reconcile-rollouts'] as const;

const api = {
  ...{ kind: 'Deployment' as const, namespace: 'shop', name: 'api', labels: { app: 'api' }, replicas: 6 },
  image: 'registry.example/api:1',
};

/** `takeOver`: a node that the drain has cordoned is taken into use again, and cordoned by hand after that. */
const ACTS = [
  'stop',
  'resume',
  'cancel',
  'cordon',
  'uncordon',
  'takeOver',
  'vanish',
  'loosen',
  'wait',
  'wait',
  'wait',
] as const;

interface Drawn {
  readonly faults: readonly Fault[];
  /** 0: there is no budget. */
  readonly minAvailable: number;
  readonly people: readonly (typeof ACTS)[number][];
  readonly maxUnavailable: number;
}

function draw(seed: number): Drawn {
  const choices = new SeededChoices(seed);
  const faults = Array.from({ length: choices.integer(0, 4) }, () => {
    const { faults: some } = choices.pick(AT_MUTATIONS);
    const name = choices.pick(STEPS);
    return some.map((fault): Fault => ({ ...fault, function: name, skip: choices.integer(0, 6) }));
  });
  return {
    faults: faults.flat(),
    minAvailable: choices.pick([0, 3, 5, 6]),
    people: Array.from({ length: choices.integer(0, 6) }, () => choices.pick(ACTS)),
    maxUnavailable: choices.integer(1, 3),
  };
}

const clusterOf = (world: World): ClusterRecord => {
  const [cluster] = Object.values(world.eks.state.clusters);
  if (cluster === undefined) throw new Error('the world has no cluster');
  return cluster;
};

/** All that the fake has of a node, but for when it was first asked about it, and who has written to it. */
const textOf = ({ createdAt: _, managedFields: _managers, ...node }: NodeState): string => JSON.stringify(node);

/** All of them by name: what a drain leaves behind would show. */
const nodesOf = (world: World): Map<string, string> =>
  new Map(clusterOf(world).kubernetes.nodes.map((node) => [node.name, textOf(node)]));

/** Somebody else does something. What they do to nodes counts as before the drain: `before` follows. */
async function act(world: World, what: Drawn['people'][number], before: Map<string, string>): Promise<void> {
  const { kubernetes } = clusterOf(world);
  const [free] = kubernetes.nodes.filter(({ annotations }) => annotations?.['liftlock.dev/cordoned-by'] === undefined);
  if (what === 'stop') await stopFleet(world.ports, PERSON, 'look');
  if (what === 'resume') await resumeFleet(world.ports, PERSON).catch(() => undefined);
  if (what === 'cancel')
    await cancelDrain(world.ports, await recordOf(world, 'web'), 'legacy', 'ann', 'no').catch(() => undefined);
  if (what === 'loosen') for (const budget of kubernetes.podDisruptionBudgets) budget.minAvailable = 0;
  if (what === 'vanish') {
    const gone = kubernetes.nodes.find(({ nodegroupName }) => nodegroupName === 'legacy');
    kubernetes.nodes = kubernetes.nodes.filter((node) => node !== gone);
    before.delete(gone?.name ?? '');
  }
  const ours = kubernetes.nodes.find((node) => node.unschedulable && node !== free);
  if (what === 'takeOver' && ours?.annotations !== undefined) {
    await setCordon(world, ours.name, false);
    await setCordon(world, ours.name, true);
    before.set(ours.name, JSON.stringify({ ...JSON.parse(before.get(ours.name) ?? ''), unschedulable: true }));
  }
  if (free === undefined || (what !== 'cordon' && what !== 'uncordon')) return;
  free.unschedulable = what === 'cordon';
  before.set(free.name, textOf(free));
}

test.each(Array.from({ length: SEEDS }, (_, seed) => seed))(
  'whatever fails and whoever acts, nothing of a drain is left behind, no budget is broken, and no more nodes are down than may be: seed %i',
  async (seed) => {
    const drawn = draw(seed);
    const budget = { namespace: 'shop', name: 'b', matchLabels: { app: 'api' } };
    const { minAvailable } = drawn;
    const world = await smallFleet({
      clusters: [
        {
          ...{ name: 'web', version: '1.36', workloads: [api] },
          nodegroups: ['legacy', 'new'].map((name) => ({ name, nodes: 3 })),
          podDisruptionBudgets: minAvailable === 0 ? [] : [{ ...budget, minAvailable }],
        },
      ],
      policy: {
        trigger: 'manual',
        drain: { pause: '0s', podTimeout: '10m', maxUnavailable: drawn.maxUnavailable, taint: 'liftlock.dev/d' },
      },
      armed: new Faults(drawn.faults),
    });
    await discover(world);
    const before = nodesOf(world);
    await requestDrain(world.ports, await recordOf(world, 'web'), 'legacy', PERSON, { approve: true });
    for (const what of drawn.people) {
      await minutes(world, 2);
      await act(world, what, before);
    }
    await resumeFleet(world.ports, PERSON).catch(() => undefined);
    await run(world, 3);

    const cluster = clusterOf(world);
    const { forbidden, taken } = disruptionCounts(cluster);
    expect(forbidden).toEqual({ evicted: 0, deleted: 0 });
    const ours = taken.filter(({ by }) => by !== PERSON);
    for (const { down } of ours) expect(down).toBeLessThanOrEqual(drawn.maxUnavailable);
    const key = (await recordOf(world, 'web')).clusterKey;
    expect(await openUndoEntries(world.table, key)).toEqual([]);
    const drain = (await upgradesOf(world)).find(({ machine }) => machine === 'drain-nodes');
    expect(['Succeeded', 'Failed', 'Canceled', 'Blocked']).toContain(drain?.status);
    for (const [name, text] of nodesOf(world)) {
      const own = JSON.parse(text) as { annotations?: object };
      const isKept = drain?.status === 'Succeeded' && own.annotations !== undefined;
      expect([name, isKept ? before.get(name) : text]).toEqual([name, before.get(name)]);
    }
  },
);

const BUSY = { kind: 'too-many-requests', retryAfterSeconds: 1 } as const;
const BROKEN = { kind: 'server-error', status: 503 } as const;

/** A drain whose pods may stand in the way for ten minutes, after so many minutes of a fault of its API server. */
async function drainedBeside(faults: readonly ApiFault[], while_: number) {
  const world = await drainedShop([], { policy: { drain: { pause: '0s', podTimeout: '10m' } } });
  const { kubernetes } = clusterOf(world);
  kubernetes.faults = [...faults];
  await drain(world);
  await minutes(world, while_);
  const [during] = await drainsOf(world);
  const isTold = world.bus.published.some(({ event }) => event.type === 'DrainBlocked');
  const said = during?.reasons[0]?.message ?? during?.steps['drain-nodes/legacy']?.reasons[0]?.message ?? '';
  kubernetes.faults = [];
  await run(world, 1);
  const held = (await controlsOf(world)).filter((one) => one.held !== undefined);
  const [{ status = 'none' } = {}] = await drainsOf(world);
  return {
    during: during?.status,
    said,
    isTold,
    status,
    held,
    cordoned: cordoned(world).length,
    left: podsOnLegacy(world),
  };
}

test.each<[string, ApiFault[], string, RegExp]>([
  ['takes no eviction', [{ ...BUSY, on: 'pods/eviction' }], 'Running', /for 2\d min: the API server has no place for/],
  ['fails each eviction', [{ ...BROKEN, on: 'pods/eviction' }], 'Parked', /503: .* It may pass\./],
  ['fails before the first cordon', [{ ...BROKEN, on: 'nodes' }], 'Parked', /503: .* It may pass\./],
  ['is too busy before the first cordon', [{ ...BUSY, on: 'nodes' }], 'Parked', /429: .* It may pass\./],
  ['fails later on', [{ ...BROKEN, on: 'nodes', skip: 2 }], 'Parked', /503: .* It may pass\./],
])(
  'an API server that %s for longer than a pod may stand in the way is no fault of the cluster: the drain goes on',
  async (_, faults, during, said) => {
    const seen = await drainedBeside(faults, 25);
    expect(seen).toMatchObject({
      during,
      isTold: during === 'Running',
      status: 'Succeeded',
      held: [],
      cordoned: 3,
      left: 0,
    });
    expect(seen.said).toMatch(said);
    expect(seen.said).not.toMatch(/access manifest/);
  },
);

test.each<[string, number, string]>([
  ['some minutes', 10, 'Succeeded'],
  ['longer than it is tried', 25, 'Blocked'],
])(
  'a connection that breaks off before the first cordon is tried again, and after %s the drain has %s',
  async (_, while_, status) => {
    const reset = { kind: 'connection-reset', when: 'before-answer', on: 'nodes' } as const;
    expect(await drainedBeside([reset], while_)).toMatchObject({ status, held: [] });
  },
);

test('a pod that its budget holds has the rest of its time left once an API server that took no evictions meanwhile takes them', async () => {
  const world = await drainedShop([strict], { policy: { drain: { pause: '0s', podTimeout: '10m' } } });
  const { kubernetes } = clusterOf(world);
  await drain(world);
  await minutes(world, 5);
  kubernetes.faults = [{ ...BUSY, on: 'pods/eviction' }];
  await minutes(world, 25);
  expect(await drainsOf(world)).toMatchObject([{ status: 'Running' }]);
  kubernetes.faults = [];
  await minutes(world, 3);
  expect(await drainsOf(world)).toMatchObject([{ status: 'Running' }]);
  await minutes(world, 10);
  expect(await drainsOf(world)).toMatchObject([{ status: 'Failed' }]);
});

const STALE = /^DrainBudget: .* for 10 min: budget unsynced is still being processed .* No number of replicas helps/;

test('a budget that its controller never gets through with is in the way for as long as any other, and the drain ends', async () => {
  const world = await drainedShop([], { policy: { drain: { pause: '0s', podTimeout: '10m' } } });
  const { kubernetes } = clusterOf(world);
  kubernetes.disruptionControllerStopped = true;
  const metadata = { namespace: 'shop', name: 'unsynced', generation: 1 };
  const spec = { minAvailable: '50%', selector: { matchLabels: { app: 'api' } } };
  const status = { observedGeneration: 0, disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0 };
  kubernetes.objects = [{ apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata, spec, status }];
  await drain(world);
  await minutes(world, 25);
  const [{ status: ended = 'none', reasons = [] } = {}] = await drainsOf(world);
  const said = reasons.map(({ code, message }) => `${code}: ${message}`);
  expect([ended, said]).toEqual(['Failed', expect.arrayContaining([expect.stringMatching(STALE)])]);
});

const RESET = { kind: 'connection-reset', when: 'during-body' } as const;

// An undo reads the list of nodes, then each node before it is patched.
test.each<[string, ApiFault]>([
  ['fails half-way through an undo', { ...BROKEN, on: 'nodes', skip: 3, times: 1 }],
  ['uncordons a node and breaks its answer off', { ...RESET, on: 'nodes', skip: 2, times: 1 }],
  ['uncordons the second node and breaks its answer off', { ...RESET, on: 'nodes', skip: 4, times: 1 }],
])('an API server that %s does not have cordons on record as taken over by somebody', async (_, fault) => {
  const policy = { drain: { pause: '0s', podTimeout: '10m', maxUnavailable: 3, order: 'spread' } };
  const world = await drainedShop([strict], { policy });
  await drain(world);
  await minutes(world, 3);
  expect(cordoned(world)).toHaveLength(3);
  await cancelDrain(world.ports, await recordOf(world, 'web'), 'legacy', 'ann', 'no');
  clusterOf(world).kubernetes.faults = [fault];
  await run(world, 1);
  expect(clusterOf(world).kubernetes.faults).toEqual([]);
  const closed = (await loadKind(world.table, UndoEntries)).map((entry) => entry.closed?.how);
  expect([cordoned(world), closed]).toEqual([[], ['undone', 'undone', 'undone']]);
});
