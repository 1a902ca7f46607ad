import { type Fault, FaultInjector } from './faults/fault-injector.ts';
import { nodeImage } from './node-image.ts';
import { type Caller, draw, plausibleTiming, type Timing, type World } from './operation-context.ts';
import type { OperationInput, OperationName, OperationOutput } from './operations/catalog.ts';
import { serve } from './operations/serve.ts';
import { advance } from './progress/advance.ts';
import { scheduleAutoUpgrade } from './progress/end-of-support.ts';
import type { OutsideActor } from './progress/outside-actor.ts';
import { schedule } from './progress/schedule.ts';
import { parallelNodes } from './progress/start-roll.ts';
import type { ClusterRecord, FakeEksState } from './state/fake-eks-state.ts';
import { reportedVersion } from './support-calendar.ts';
import { later } from './updates.ts';

export interface FakeEksOptions {
  /** Numbers in [0, 1) for durations, ids and the order of nodes. The same seed and calls give the same world. */
  readonly random: () => number;
  readonly timing?: Partial<Timing>;
  /** Faults of calls, in the order of trying; see `fault-injector.ts`. */
  readonly faults?: readonly Fault[];
}

/**
 * Amazon EKS as a pure model of many accounts and Regions. It reads no clock: every call has `now`, before which everything that was due has
 * happened. Behaviour: facts: eks.md §1–§9, §11. The state is plain JSON and belongs to the model from then on.
 */
export class FakeEks {
  readonly state: FakeEksState;
  readonly faults: FaultInjector;
  readonly #world: { random: () => number; timing: Timing };

  constructor(state: FakeEksState, options: FakeEksOptions) {
    this.state = state;
    this.faults = new FaultInjector(options.faults ?? []);
    this.#world = { random: options.random, timing: { ...plausibleTiming, ...options.timing } };
    const planned = new Set(
      state.timers.flatMap(({ event }) => (event.kind === 'auto-upgrade' ? [`${event.arn}@${event.createdAt}`] : [])),
    );
    for (const cluster of Object.values(state.clusters)) {
      if (planned.has(`${cluster.arn}@${cluster.createdAt}`)) continue;
      const world = { ...this.#world, state, now: state.now };
      scheduleAutoUpgrade(world, cluster);
      resumeUpdates(world, cluster);
    }
    const known = new Set(state.timers.flatMap(({ event }) => (event.kind === 'actor' ? [event.index] : [])));
    state.actors.forEach((actor, index) => {
      if (!known.has(index) && actor.at >= state.now) schedule(state, actor.at, { kind: 'actor', index });
    });
  }

  /**
   * One call, like the SDK's `send`, with answers in the SDK's shapes. It throws errors with AWS's names, `$fault` and `$metadata.httpStatusCode`,
   * `UnmodelledOperation` for an operation that is not modelled, and the errors of the fault list.
   */
  operation<N extends OperationName>(name: N, input: OperationInput<N>, caller: Caller, now: Date): OperationOutput<N>;
  operation(name: string, input: object, caller: Caller, now: Date): object;
  operation(name: string, input: object, caller: Caller, now: Date): object {
    this.advance(now);
    const call = { operation: name, input, caller };
    this.faults.before(call);
    const output = serve({ ...this.#world, state: this.state, now: this.state.now, caller }, name, input);
    this.faults.after(call);
    return output;
  }

  /** Advances the world to `now`. A `now` in the past changes nothing, because time never goes back. */
  advance(now: Date): void {
    advance(this.state, now.getTime(), this.#world);
  }

  /** Adds an outside actor to a running world. */
  addActor(actor: OutsideActor): void {
    this.state.actors.push(actor);
    schedule(this.state, Math.max(actor.at, this.state.now), { kind: 'actor', index: this.state.actors.length - 1 });
  }
}

/** Continues updates that a dump shows as in progress, because the state has no event for them yet. */
function resumeUpdates(world: World, cluster: ClusterRecord): void {
  if (cluster.status === 'CREATING') {
    later(world, cluster, draw(world.random, world.timing.creation), 'cluster-created');
  }
  if (!cluster.updates.some((update) => update.status === 'InProgress')) return;
  const scheduled = new Set(
    world.state.timers.flatMap(({ event }) => (event.kind !== 'actor' && event.updateId ? [event.updateId] : [])),
  );
  for (const update of cluster.updates) {
    if (update.status !== 'InProgress' || scheduled.has(update.id)) continue;
    const nodegroup = cluster.nodegroups.find((each) => each.name === update.nodegroupName);
    if (nodegroup !== undefined && update.type === 'VersionUpdate') {
      const version = update.toVersion ?? nodegroup.version;
      const nodes = cluster.kubernetes.nodes.filter((node) => node.nodegroupName === nodegroup.name);
      const release = update.params.find((parameter) => parameter.type === 'ReleaseVersion')?.value;
      nodegroup.roll = {
        updateId: update.id,
        version,
        releaseVersion: release ?? nodegroup.releaseVersion,
        kubeletVersion: reportedVersion(world.state.supportCalendar, version),
        image: nodeImage(release ?? nodegroup.releaseVersion, nodegroup.launchTemplate),
        force: false,
        phase: 'setup',
        parallel: parallelNodes(nodegroup, nodes.length),
        remaining: nodes.map((node) => node.name),
        draining: [],
      };
      later(world, cluster, draw(world.random, world.timing.setup), 'roll', update.id);
    } else if (update.addonName !== undefined) {
      later(world, cluster, draw(world.random, world.timing.addon), 'addon-ends', update.id);
    } else if (update.type === 'VersionUpdate' || update.type === 'VersionRollback') {
      later(world, cluster, draw(world.random, world.timing.controlPlane), 'control-plane-ends', update.id);
    } else later(world, cluster, draw(world.random, world.timing.config), 'config-ends', update.id);
  }
}
