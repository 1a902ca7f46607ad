import type { FunctionName } from '../../core/contracts/names.ts';
import type { Ports } from '../../core/ports/ports.ts';
import type { StoredItem, WriteOperation } from '../../core/ports/table.ts';
import type { KeptMuteRule } from '../../simulator/cloud/alarms/mute-rules.ts';
import type { FakeEksState } from '../../simulator/eks/state/fake-eks-state.ts';
import { Faults } from '../../simulator/faults/faulty-ports.ts';
import { FUNCTIONS, type Invocation, World } from '../../simulator/process/world.ts';
import { watchedPorts } from './watched-ports.ts';

type StepFunction = Exclude<FunctionName, 'api' | 'anchor-audit'>;

/** The input of a step, as its machine passes it. */
interface Payload {
  readonly input: { readonly cluster: string };
  readonly execution: { readonly arn: string; readonly name: string; readonly startTime: string };
  readonly poll: number;
}

/** The moment at which a step is invoked: what the table, EKS, the API servers and CloudWatch have then. Each copy goes on by itself. */
export class StepMoment {
  readonly name: StepFunction;
  readonly payload: Payload;
  /** The calls that the invocation went on to commit, and what else it wrote. */
  readonly written: string[] = [];
  readonly #hooks: World['hooks'];
  readonly #now: Date;
  readonly #items: readonly StoredItem[];
  readonly #audit: readonly WriteOperation[];
  readonly #eks: FakeEksState;
  readonly #rules: readonly KeptMuteRule[];

  constructor(world: World, { function: name, payload }: Invocation) {
    this.name = name as StepFunction;
    this.payload = payload as Payload;
    this.#hooks = world.hooks;
    this.#now = world.clock.now();
    this.#items = world.table.snapshot();
    this.#audit = world.table.auditTimeline().map((item) => ({ type: 'append', item, textLength: 1 }));
    this.#eks = structuredClone(world.eks.state);
    this.#rules = world.muteRules.all();
  }

  async copy(): Promise<World> {
    const world = new World({ state: structuredClone(this.#eks), start: this.#now, seed: 7, keepHistories: false });
    world.table.resetTo(this.#items);
    for (const append of this.#audit) await world.table.transact([append]);
    world.muteRules.restore(this.#rules);
    for (const [url, receiver] of this.#hooks) world.hooks.set(url, receiver);
    return world;
  }

  /** Invokes the step once more, or another function with the input of this one. */
  invoke = (ports: Ports, name = this.name, more: object = {}): Promise<unknown> =>
    FUNCTIONS[name](ports, { ...structuredClone(this.payload), ...more }, () => {});
}

const STEPS: readonly string[] = [
  'update-addons',
  'upgrade-control-plane',
  'roll-node-group',
  'drain-nodes',
  'restore-nodes',
];

const COMMITS = /^(Update|Rollback|Extend|Create|Delete|Mute|Unmute|Cordon|Evict|Uncordon)(?!Ended)/;

/** Keeps the moments at which steps of a cluster are invoked in a world. */
export class Recorder extends Faults {
  readonly #moments: StepMoment[] = [];
  #of: World | undefined;

  constructor() {
    super([]);
  }

  override attach(world: World): void {
    this.#of = world;
  }

  override readonly around = (ports: Ports, invocation: Invocation): Ports => {
    if (this.#of === undefined || !STEPS.includes(invocation.function)) return ports;
    const moment = new StepMoment(this.#of, invocation);
    this.#moments.push(moment);
    return watchedPorts(ports, async ({ writes }) => void (writes !== undefined && moment.written.push(writes)));
  };

  /** The first moment of each kind: of those that write the same, one stands for all. */
  distinct(): StepMoment[] {
    const kinds = new Map<string, StepMoment>();
    for (const moment of this.#moments) {
      const kind = `${moment.name}: ${moment.written.join(', ')}`;
      if (moment.written.some((write) => COMMITS.test(write)) && !kinds.has(kind)) kinds.set(kind, moment);
    }
    return [...kinds.values()];
  }
}
