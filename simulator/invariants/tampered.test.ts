import { HOOK_JOB_MARK } from '../../core/ports/hook-jobs.ts';
import type { AuditItem } from '../../core/ports/table.ts';
import { Clusters, Grants, Waves } from '../../core/store/entities.ts';
import { decode, replace } from '../../core/store/entity.ts';
import { acceptedMutations } from '../eks/log/timeline.ts';
import type { ClusterRecord } from '../eks/state/fake-eks-state.ts';
import type { World } from '../process/world.ts';
import { runSimulation } from '../simulate/run/run-simulation.ts';
import { checkInvariants } from './check-invariants.ts';

/** A successful run of one cluster with a node group, to be falsified. */
async function goodRun(): Promise<World> {
  const { world } = await runSimulation({ seed: 11, fleet: { clusters: 1, target: '1.37' }, faults: [] });
  expect(await checkInvariants(world)).toEqual([]);
  return world;
}

const clusterOf = (world: World): ClusterRecord => Object.values(world.eks.state.clusters)[0] as ClusterRecord;

function mutationOf(world: World, operation: string) {
  const found = acceptedMutations(world.eks.state, { operation })[0];
  if (found === undefined) throw new Error(`the run has no ${operation}`);
  return found;
}

function timeline(world: World): AuditItem[] {
  return world.table.auditTimeline() as AuditItem[];
}

/** Removes the items of some events from the audit, wherever they are. */
function forget(world: World, events: readonly string[]): void {
  const items = timeline(world);
  for (let index = items.length - 1; index >= 0; index -= 1)
    if (events.includes(items[index]?.event ?? '')) items.splice(index, 1);
}

async function falsify<Data extends object>(
  world: World,
  entity: Parameters<typeof decode<Data>>[0],
  change: Partial<Data>,
): Promise<void> {
  const [item] = await world.table.queryKind(entity.kind);
  if (item === undefined) throw new Error(`the run has no ${entity.kind}`);
  const read = decode<Data>(entity, item);
  await world.table.transact([replace(entity, read, { ...read.data, ...change })]);
}

const FALSIFIED: readonly (readonly [invariant: string, what: string, tamper: (world: World) => unknown])[] = [
  [
    'one-update',
    'another update of the control plane was under way',
    (world) => {
      const { updates } = clusterOf(world);
      const [first] = updates;
      if (first === undefined) throw new Error('the run has no update');
      updates.push({ ...first, id: 'other', createdAt: first.createdAt - 60_000, endedAt: first.createdAt + 60_000 });
    },
  ],
  ['one-hop', 'two minors at once', (world) => (mutationOf(world, 'UpdateClusterVersion').request.version = '1.38')],
  ['one-hop', 'one minor down', (world) => (mutationOf(world, 'UpdateClusterVersion').request.version = '1.35')],
  [
    'skew',
    'a node is newer than its API server',
    (world) => {
      const [node] = clusterOf(world).kubernetes.nodes;
      if (node !== undefined) node.kubeletVersion = 'v1.38.0-eks-abc1234';
    },
  ],
  [
    'order',
    'nodes went to a version before their control plane',
    (world) => {
      const last = clusterOf(world).versions.at(-1);
      if (last !== undefined) last.since += 86_400_000;
    },
  ],
  ['audit', 'a call had no intent', (world) => (mutationOf(world, 'UpdateAddon').request.clientRequestToken = 'x')],
  ['audit', 'a call has no outcome', (world) => forget(world, ['MutationAccepted', 'UpdateEnded'])],
  ['audit', 'an item is missing', (world) => timeline(world).splice(6, 1)],
  ['stop', 'a call came a minute after its commit', (world) => (mutationOf(world, 'UpdateAddon').at += 60_000)],
  [
    'once',
    'EKS took a token twice',
    (world) => world.eks.state.mutations.push({ ...mutationOf(world, 'UpdateAddon'), updateId: 'second' }),
  ],
  ['untouched', 'the cluster is unsupported', (world) => falsify(world, Clusters, { unsupported: 'an outpost' })],
  [
    'untouched',
    'a tag kept Liftlock away',
    (world) => {
      const discovered = timeline(world).findIndex((item) => item.event === 'ClusterDiscovered');
      const item = timeline(world)[discovered] as AuditItem;
      timeline(world)[discovered] = { ...item, detail: { ...item.detail, tags: { 'liftlock/paused': 'true' } } };
    },
  ],
  ['permitted', 'a function was denied something', (world) => world.forbidden.push('scan-cluster: the index kind')],
  ['audit', 'a write is not on record', (world) => falsify(world, Waves, { maxConcurrency: 17 })],
  ['rest', 'a grant is left open', (world) => falsify(world, Grants, { status: 'open' })],
  [
    'rest',
    'an alarm stays silenced',
    (world) => {
      const schedule = { Schedule: { Expression: 'at(2026-11-20T08:00)', Duration: 'PT1H' } };
      const rule = { Name: 'liftlock-web', Description: `Ours. liftlock:${'0'.repeat(64)}`, Rule: schedule };
      world.muteRules.put({ account: '111111111111', region: 'eu-central-1' }, rule, [], world.clock.now());
    },
  ],
  [
    'rest',
    'a Job of a hook is left',
    (world) => {
      const metadata = { namespace: 'hooks', name: 'asked', annotations: { [HOOK_JOB_MARK]: 'key' } };
      clusterOf(world).kubernetes.objects?.push({ apiVersion: 'batch/v1', kind: 'Job', metadata });
    },
  ],
  ['rest', 'a wave counts wrong', (world) => falsify(world, Waves, { blocked: 3 })],
];

test.each(FALSIFIED)('%s: %s', async (invariant, _, tamper) => {
  const world = await goodRun();
  await tamper(world);
  expect(await checkInvariants(world)).toContainEqual({ invariant, message: expect.any(String) });
});
