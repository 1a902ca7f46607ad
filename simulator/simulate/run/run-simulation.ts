import { applyConfig } from '../../../core/operations/apply-documents.ts';
import { voteOnWave } from '../../../core/operations/vote-on-wave.ts';
import { Regions, Rollouts } from '../../../core/store/entities.ts';
import { loadKind, put } from '../../../core/store/entity.ts';
import { acceptedMutations } from '../../eks/log/timeline.ts';
import type { Timing } from '../../eks/timing.ts';
import { checkInvariants } from '../../invariants/check-invariants.ts';
import type { Violation } from '../../invariants/history.ts';
import { GiveApprovals } from '../../process/give-approvals.ts';
import { IDLE_MINUTES, runWorld } from '../../process/run-world.ts';
import { spokePrincipal, type World } from '../../process/world.ts';
import { worldWithFaults } from '../faults/run-with-faults.ts';
import { BRISK_TIMING } from './brisk-timing.ts';
import { type Buckets, bucketsOf, outcomeOf, type SimulationOutcome } from './outcome.ts';
import { type PreparedSimulation, prepareSimulation } from './prepare-simulation.ts';
import type { Simulation } from './simulation.ts';
import { unanswered } from './unanswered.ts';
import { watchSkew } from './watch-skew.ts';
import { watchState } from './watch-state.ts';
import { watchWayBack } from './watch-way-back.ts';

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
export type Watch = (world: World) => readonly Violation[];

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
