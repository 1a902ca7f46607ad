import type { Rollout } from '../../../core/contracts/items/rollout.ts';
import { arnOf } from '../../../core/model/cluster-key.ts';
import { compareTexts } from '../../../core/model/compare-texts.ts';
import { applyConfig } from '../../../core/operations/apply-documents.ts';
import { voteOnWave } from '../../../core/operations/vote-on-wave.ts';
import type { AuditItem, Table } from '../../../core/ports/table.ts';
import { explainCluster } from '../../../core/queries/explain-cluster.ts';
import { loadSnapshot } from '../../../core/rollout/load-snapshot.ts';
import { Clusters, Regions, Rollouts, Upgrades } from '../../../core/store/entities.ts';
import { loadKind, put } from '../../../core/store/entity.ts';
import { KubeVersion } from '../../../core/version/kube-version.ts';
import { acceptedMutations } from '../../eks/log/timeline.ts';
import type { Timing } from '../../eks/operation-context.ts';
import type { ClusterRecord } from '../../eks/state/fake-eks-state.ts';
import { checkInvariants } from '../../invariants/check-invariants.ts';
import { SKEW_MILLISECONDS, type Violation } from '../../invariants/history.ts';
import { loadAllMembers } from '../../process/load-all-members.ts';
import { IDLE_MINUTES, runWorld } from '../../process/run-world.ts';
import { GiveApprovals } from '../../process/stand-in-people.ts';
import { spokePrincipal, type World } from '../../process/world.ts';
import { bucketOf } from '../../report/bucket.ts';
import { worldWithFaults } from '../faults/run-with-faults.ts';
import { type PreparedSimulation, prepareSimulation } from './prepare-simulation.ts';
import type { Simulation } from './simulation.ts';
import { watchState } from './watch-state.ts';

/** The result of one run: the same for the same simulation, except `wallMs`. */
export interface SimulationResult {
  readonly seed: number;
  readonly outcome: SimulationOutcome;
  readonly clusters: Buckets;
  /** From the beginning to the last record. */
  readonly virtualHours: number;
  readonly wallMs: number;
  /** Callbacks of the virtual clock: timers, ticks, deliveries. */
  readonly events: number;
  /** Changes by Liftlock that EKS accepted. */
  readonly mutations: number;
  readonly violations: readonly Violation[];
}

/** The person who applies the config of a simulated fleet. */
const ADMIN = 'arn:aws:iam::000000000000:role/admin';
/** The person who approves where a scenario says so. */
const APPROVER = 'arn:aws:iam::000000000000:role/approver';
/** The longest that a run may take, in days of virtual time. */
const DAYS = 30;
/** Discovery reads every cluster, and would take a tenth of a run in which clusters seldom come or go. */
const DISCOVER_MINUTES = 120;
/** Longer than the reconciler's hourly full look, so that it has looked at a fleet at rest. */
const QUIET_HOURS = 1.25;

/** Observes a running world, and returns the growing list of violations. */
type Watch = (world: World) => readonly Violation[];

/** Runs a simulation to its end and checks it. Throws `InvalidInput` for a fleet that cannot be made. */
export async function runSimulation(
  simulation: Simulation,
  prepared?: PreparedSimulation,
  options: { readonly idleMinutes?: number; readonly timing?: Partial<Timing>; readonly watch?: Watch } = {},
): Promise<{ readonly result: SimulationResult; readonly world: World }> {
  const begun = performance.now();
  const { state, start, objects, knownVersions, approvals = [] } = prepared ?? (await prepareSimulation(simulation));
  const arns = Object.keys(state.clusters);
  const { seed, faults } = simulation;
  const timing = options.timing ?? BRISK_TIMING;
  const { world, over, isExpected } = worldWithFaults({ state, start, seed, timing, keepHistories: false }, faults);
  const skewed = watchSkew(world);
  const unchecked = watchWayBack(world);
  const changesLeft = watchState(world);
  const watched = options.watch?.(world) ?? [];
  if (knownVersions !== undefined) await knowVersions(world, objects, knownVersions, start);
  await applyConfig(world.ports, objects, ADMIN);
  const until = new Date(start.getTime() + DAYS * 86_400_000);
  const people = new GiveApprovals(world, approvals, async (id, wave) => {
    await voteOnWave(world.ports, id, wave, { decision: 'Approved', by: APPROVER });
  });
  const rested = await runWorld(world, {
    until,
    quietHours: QUIET_HOURS,
    notBefore: over,
    people: () => people.look(),
    isExpected,
    idleMinutes: options.idleMinutes ?? IDLE_MINUTES,
    discoverMinutes: DISCOVER_MINUTES,
  });
  const seen = [...skewed, ...unchecked, ...watched, ...changesLeft()];
  const violations = [...seen, ...(await checkInvariants(world)), ...unexpected(world, rested, faults)];
  // What is still under way is explained by what happens next.
  if (rested) violations.push(...(await unanswered(world)));
  const last = world.table.auditTimeline().at(-1);
  const ended = last === undefined ? start.getTime() : (world.writtenAt(last) ?? start.getTime());
  const result: SimulationResult = {
    seed,
    outcome: rested ? outcomeOf(await loadKind(world.table, Rollouts)) : 'Unfinished',
    clusters: await bucketsOf(world.table, arns),
    virtualHours: Math.round((ended - start.getTime()) / 36_000) / 100,
    wallMs: Math.round(performance.now() - begun),
    events: world.clock.ran,
    mutations: acceptedMutations(world.eks.state).filter((mutation) => mutation.principal === spokePrincipal(mutation))
      .length,
    violations,
  };
  return { result, world };
}

/** 16 `rest`: the run comes to rest, and without faults no message goes to the dead-letter queue. */
function unexpected(world: World, rested: boolean, faults: Simulation['faults']): Violation[] {
  const late = rested ? [] : [{ invariant: 'rest', message: `it did not come to rest within ${DAYS} days` }];
  // A message that fails five times in a row is given up on purpose; the next discovery sends it again within the hour.
  if (faults.length > 0) return late;
  const letters = world.queue.deadLetters.map(({ body }) => ({ invariant: 'rest', message: `dead letter: ${body}` }));
  return [...late, ...letters];
}

async function knowVersions(
  world: World,
  objects: PreparedSimulation['objects'],
  announced: readonly string[],
  start: Date,
): Promise<void> {
  const regions = objects.flatMap((object) => (object.kind === 'Fleet' ? object.spec.regions : []));
  const known = { versions: [], announced: [...announced], checkedAt: start.toISOString() };
  await world.table.transact(regions.map((region) => put(Regions, { region, ...known }, 'absent')));
}

/** Names of errors that no fault of a run has: an invocation that ends with one of them is wrong itself. */
const MISTAKES: readonly string[] = ['TypeError', 'RangeError', 'ReferenceError', 'SyntaxError', 'ZodError'];

/** While nothing moves the reconciler looks every four minutes, so what is due may still be about to begin. */
const LOOKED_AT_MILLISECONDS = 5 * 60_000;

/**
 * 27 `answered`: no invocation ended with a mistake of its own. At rest `explain` has an answer for every cluster: a reason, and no instant at which
 * something was to happen and that has passed.
 */
export async function unanswered(world: World): Promise<Violation[]> {
  const violations = world.faults.flatMap(({ function: name, error }) =>
    error instanceof Error && MISTAKES.includes(error.name) ? [answered(`${name} failed: ${error.stack}`)] : [],
  );
  const due = new Date(world.clock.now().getTime() - LOOKED_AT_MILLISECONDS);
  const snapshot = await loadSnapshot(world.table, await world.table.queryActive(), 'fleet');
  for (const cluster of await loadKind(world.table, Clusters)) {
    const { state, reasons, when } = await explainCluster(world.ports, cluster, snapshot);
    if (reasons.length === 0) violations.push(answered(`${cluster.name} is ${state}, and no reason is given`));
    if (when.at !== null && new Date(when.at) < due)
      violations.push(answered(`${cluster.name} is ${state}, and was to go on at ${when.at}: ${reasons[0]?.message}`));
  }
  return violations;
}

const answered = (message: string): Violation => ({ invariant: 'answered', message });

/**
 * The lower end of each range of plausible times (simulator/eks/operation-context.ts): the same steps with fewer polls in between, so that more runs fit into a
 * minute. Faults cause the long waits.
 */
const BRISK_TIMING: Partial<Timing> = {
  controlPlane: [8 * 60, 10 * 60],
  addon: [60, 80],
  insightsRefresh: [60, 70],
  setup: [60, 70],
  nodeJoin: [60, 80],
  drain: [30, 40],
  termination: [80, 85],
  scaleDown: [30, 35],
};

/**
 * 3 `skew`, during the run: no log contains nodes, so they are checked at every record about their cluster. Returns the growing list of violations.
 */
function watchSkew(world: World): Violation[] {
  const violations: Violation[] = [];
  world.table.onAppend.push((item) => {
    if (!WATCHED.has(item.event)) return;
    const cluster = world.eks.state.clusters[arnOf(item.subject)];
    if (cluster !== undefined) violations.push(...skewOf(cluster, item));
  });
  return violations;
}

const WATCHED = new Set([
  'MutationCommitted',
  'MutationAccepted',
  'UpdateEnded',
  'UpgradeSucceeded',
  'VersionObserved',
]);

function skewOf(cluster: ClusterRecord, item: AuditItem): Violation[] {
  const server = KubeVersion.parse(cluster.version);
  const newer = cluster.kubernetes.nodes.find((node) => server.isOlderThan(KubeVersion.parse(node.kubeletVersion)));
  if (newer === undefined) return [];
  const message = `${cluster.name} at ${item.event} ${item.at}: ${newer.name} is at ${newer.kubeletVersion}, the API server at ${cluster.version}`;
  return [{ invariant: 'skew', message }];
}

/**
 * 23 `rollback`, during the run: where a rollback says that it has checked its way, EKS has looked at the cluster since the rollback got its grant, and
 * has found nothing that stays in the way. No log contains what EKS had found. Returns the growing list of violations.
 */
export function watchWayBack(world: World): Violation[] {
  const violations: Violation[] = [];
  const grantedAt = new Map<string, number>();
  world.table.onAppend.push((item) => {
    const { upgradeId = '', step, status, reasons = [] } = item.detail as Told;
    if (!upgradeId.startsWith('rollback-')) return;
    if (item.event === 'Granted') grantedAt.set(item.subject, world.clock.now().getTime());
    if (item.event !== 'StepChanged' || step !== 'scan-cluster' || status !== 'done') return;
    const cluster = world.eks.state.clusters[arnOf(item.subject)];
    // The control plane is back already, and nothing of its way is left to check.
    if (cluster === undefined || upgradeId !== `rollback-${cluster.version}-${upgradeId.split('-')[2]}`) return;
    const { refreshedAt = 0, items } = cluster.insights;
    const isOld = refreshedAt < (grantedAt.get(item.subject) ?? 0) - SKEW_MILLISECONDS;
    const found = items.filter(
      ({ category, name, insightStatus }) =>
        category === 'ROLLBACK_READINESS' &&
        // Nodes and add-ons go back before the control plane.
        (insightStatus?.status === 'UNKNOWN' ||
          (insightStatus?.status === 'ERROR' && !/kubelet|kube-proxy|add-on/i.test(name))),
    );
    const why = [
      ...(isOld && !reasons.some(({ code }) => code.startsWith('Refresh')) ? ['EKS had not looked anew'] : []),
      ...found.map(({ name, insightStatus }) => `EKS said ${insightStatus?.status} of ${name}`),
    ];
    for (const one of why)
      violations.push({
        invariant: 'rollback',
        message: `${item.subject} #${item.sequence}: its way back was called checked, and ${one}`,
      });
  });
  return violations;
}

interface Told {
  readonly upgradeId?: string;
  readonly step?: string;
  readonly status?: string;
  readonly reasons?: readonly { readonly code: string }[];
}

type SimulationOutcome = 'Completed' | 'CompletedWithFailures' | 'Halted' | 'Aborted' | 'Unfinished';

/** The result of a whole run: the worst of its rollouts, where one that still runs or waits for a person is `Unfinished`. */
function outcomeOf(rollouts: readonly Rollout[]): SimulationOutcome {
  const statuses = new Set(rollouts.map((rollout) => rollout.status));
  for (const status of ['Planned', 'Running', 'Paused'] as const) if (statuses.has(status)) return 'Unfinished';
  for (const status of ['Aborted', 'Halted', 'CompletedWithFailures'] as const) if (statuses.has(status)) return status;
  return 'Completed';
}

interface Buckets {
  readonly upgraded: number;
  readonly failed: number;
  readonly held: number;
  readonly excluded: number;
}

/**
 * The final bucket of each cluster of the fleet; a recreated one counts under its ARN (simulation.md, What comes out). Their sum is the number of
 * `arns`.
 */
async function bucketsOf(table: Table, arns: readonly string[]): Promise<Buckets> {
  const members = Map.groupBy(await loadAllMembers(table), ({ clusterKey }) => arnOf(clusterKey));
  const upgrades = Map.groupBy(await loadKind(table, Upgrades), ({ clusterKey }) => arnOf(clusterKey));
  const buckets = { upgraded: 0, failed: 0, held: 0, excluded: 0 };
  for (const arn of arns) {
    const last = upgrades
      .get(arn)
      ?.toSorted((a, b) => compareTexts(a.startedAt ?? '', b.startedAt ?? ''))
      .at(-1);
    buckets[bucketOf(members.get(arn)?.at(-1), last)] += 1;
  }
  return buckets;
}
