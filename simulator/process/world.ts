import { MemoryTable } from '../../adapters/memory/table.ts';
import { FUNCTION_NEEDS } from '../../core/contracts/function-needs.ts';
import { type FunctionName, hookRoleName, type MachineName, operateRoleName } from '../../core/contracts/names.ts';
import { STARTED_BY } from '../../core/contracts/step-input.ts';
import { canonicalJson } from '../../core/hash/canonical-json.ts';
import { given } from '../../core/model/given.ts';
import type { Scope } from '../../core/ports/eks.ts';
import type { ExecutionState, Executions } from '../../core/ports/executions.ts';
import type { OwnerAddress } from '../../core/ports/outside.ts';
import type { Ports } from '../../core/ports/ports.ts';
import type { AuditItem } from '../../core/ports/table.ts';
import { definition as concludeUpgrade } from '../../functions/conclude-upgrade/function.ts';
import { definition as discoverClusters } from '../../functions/discover-clusters/function.ts';
import { definition as drainNodes } from '../../functions/drain-nodes/function.ts';
import { definition as listNodeGroups } from '../../functions/list-node-groups/function.ts';
import { definition as reconcileRollouts } from '../../functions/reconcile-rollouts/function.ts';
import { definition as recordClusters } from '../../functions/record-clusters/function.ts';
import { definition as refreshReadiness } from '../../functions/refresh-readiness/function.ts';
import { definition as requestGrant } from '../../functions/request-grant/function.ts';
import { definition as restoreNodes } from '../../functions/restore-nodes/function.ts';
import { definition as rollNodeGroup } from '../../functions/roll-node-group/function.ts';
import type { FunctionDefinition, Log } from '../../functions/runtime/function-definition.ts';
import { definition as scanCluster } from '../../functions/scan-cluster/function.ts';
import { definition as smokeCheck } from '../../functions/smoke-check/function.ts';
import { definition as updateAddons } from '../../functions/update-addons/function.ts';
import { definition as upgradeControlPlane } from '../../functions/upgrade-control-plane/function.ts';
import { definition as watchVersions } from '../../functions/watch-versions/function.ts';
import type { Json } from '../asl/json/json.ts';
import type { ExecutionDescription } from '../asl/runner/execution-description.ts';
import { Runner } from '../asl/runner/runner.ts';
import { ServiceError } from '../asl/runner/service-error.ts';
import { lambdaFunctionError, type TaskInvocation } from '../asl/runner/task-invocation.ts';
import { VirtualClock } from '../clock/virtual-clock.ts';
import type { MuteRules } from '../cloud/alarms/mute-rules.ts';
import { accountsOf } from '../eks/clusters.ts';
import { FakeEks } from '../eks/fake-eks.ts';
import { createInMemoryEks } from '../eks/in-memory-ports.ts';
import { createInMemoryAccount, createInMemoryEc2, createInMemoryTemplates } from '../eks/network.ts';
import type { Timing } from '../eks/operation-context.ts';
import { createInMemoryPrometheus } from '../eks/prometheus-series.ts';
import { seededRandom } from '../eks/seeded-random.ts';
import type { FakeEksState } from '../eks/state/fake-eks-state.ts';
import { FakeKubernetes } from '../kubernetes/fake-kubernetes.ts';
import {
  createInMemoryClusterAccess,
  createInMemoryClusterReaders,
  createInMemoryHookJobs,
  createInMemoryNodeOperators,
} from '../kubernetes/in-memory-cluster-readers.ts';
import type { ServedRequest } from '../kubernetes/server/served-request.ts';
import { InMemoryBus } from './in-memory-bus.ts';
import { createInMemoryGates, type GateShown } from './in-memory-gates.ts';
import { createInMemoryHooks, type HookReceiverHere } from './in-memory-hooks.ts';
import { type DeliverBatch, InMemoryQueue } from './in-memory-queue.ts';
import { InMemorySilences } from './in-memory-silences.ts';
import { FUNCTION_ARN_PREFIX, MACHINE_ARN_PREFIX, machineDefinitions } from './machines.ts';
import { permittedPorts } from './permitted-ports.ts';
import type { RunView } from './run-view.ts';

export interface WorldOptions {
  readonly state: FakeEksState;
  readonly start: Date;
  readonly seed: number;
  /** Durations of the fake EKS, where they must be exact. */
  readonly timing?: Partial<Timing>;
  /** Simulated seconds per real second; without a limit when absent. */
  readonly speed?: number;
  /** Simulated time that one request of a scan or a drain to an API server takes, in milliseconds; 0 when absent. */
  readonly requestMilliseconds?: () => number;
  /** Called for each of these requests, with the ARN of its cluster. */
  readonly onRequest?: (clusterArn: string, request: ServedRequest) => void;
  /** Keeps the histories of executions that have ended; true when absent. No code of Liftlock reads them. */
  readonly keepHistories?: boolean;
  /**
   * When each copy of an event or a queue's message arrives, in milliseconds from now; an empty list loses it. When absent, it arrives once, soon.
   */
  readonly deliver?: (what: 'event' | 'message') => readonly number[];
  /** Wraps the ports of an invocation: crashes, late answers. Nothing when absent. */
  readonly around?: (ports: Ports, invocation: Invocation) => Ports;
}

/** From a change of status until EventBridge calls the reconciler. */
const EVENT_MILLISECONDS = 1_000;

/** One run of a function. */
export interface Invocation {
  readonly function: FunctionName;
  readonly payload: unknown;
  /** 1, 2, 3, … for all invocations of the world. */
  readonly number: number;
}

/** The ARN under which Liftlock calls EKS in an account: the spoke role of the templates. */
export const spokePrincipal = (scope: Scope): string => `arn:aws:iam::${scope.account}:role/LiftlockSpoke`;
export const operatePrincipal = (scope: Scope): string => operateRoleName(spokePrincipal(scope));
const hookPrincipal = (scope: Scope): string => hookRoleName(spokePrincipal(scope));

/** Liftlock in one process: real decisions, steps and state machine files; a fake EKS, tables in memory, virtual time. */
export class World implements RunView {
  readonly clock: VirtualClock;
  readonly eks: FakeEks;
  readonly table = new MemoryTable();
  /** Alarms of the accounts, and their mute rules. */
  readonly silences: InMemorySilences;
  readonly bus: InMemoryBus;
  readonly queue: InMemoryQueue;
  /** Gates that are not green, by alarm or URL. */
  readonly gates = new Map<string, GateShown['status']>();
  readonly gateReadings: GateShown[] = [];
  /** The receivers of hooks, by URL. */
  readonly hooks = new Map<string, HookReceiverHere>();
  /** Notifications to addresses of owners, and why some of them refuse, by topic or URL. */
  readonly sent: { readonly address: OwnerAddress; readonly news: object; readonly refused: string | undefined }[] = [];
  readonly refusing = new Map<string, string>();
  readonly looks = new Map<string, number[]>();
  readonly runner: Runner;
  readonly ports: Ports;
  /** Functions that threw, by name, as in the Errors metric. */
  readonly faults: { readonly at: Date; readonly function: FunctionName; readonly error: unknown }[] = [];
  readonly #around: NonNullable<WorldOptions['around']>;
  readonly #deliver: NonNullable<WorldOptions['deliver']>;
  /** What functions asked for that their roles do not allow, as `function: call`. */
  readonly forbidden: string[] = [];
  /** The log of functions. */
  readonly log: {
    readonly function: FunctionName;
    readonly message: string;
    readonly detail: Readonly<Record<string, unknown>>;
  }[] = [];
  /** Every function refuses to run, as with a reserved concurrency of 0. */
  switchedOff = false;
  /** Called for every execution that has ended. */
  onEnded: (execution: ExecutionDescription) => void = () => {};
  readonly #writtenAt = new WeakMap<AuditItem, number>();
  #invocations = 0;
  #wakes = new Set<string>();

  constructor(options: WorldOptions) {
    const random = seededRandom(options.seed);
    this.#around = options.around ?? ((ports) => ports);
    this.#deliver = options.deliver ?? ((what) => [what === 'event' ? EVENT_MILLISECONDS : 0]);
    this.clock = new VirtualClock({
      start: options.start,
      ...(options.speed === undefined ? {} : { speed: options.speed }),
    });
    this.silences = new InMemorySilences(this.clock);
    this.eks = new FakeEks(options.state, {
      random,
      ...(options.timing === undefined ? {} : { timing: options.timing }),
    });
    this.table.onAppend.push((item) => this.#writtenAt.set(item, this.clock.now().getTime()));
    this.bus = new InMemoryBus(this.clock);
    const record: DeliverBatch = async (event) => {
      const { batchItemFailures } = (await this.invoke('record-clusters', event)) as {
        batchItemFailures: { itemIdentifier: string }[];
      };
      return batchItemFailures.map((failure) => failure.itemIdentifier);
    };
    this.queue = new InMemoryQueue(this.clock, record, () => this.#deliver('message'));
    const sequence = { next: 0 };
    const uuid = () => {
      sequence.next += 1;
      return `00000000-0000-4000-8000-${String(sequence.next).padStart(12, '0')}`;
    };
    this.runner = new Runner({
      timers: this.clock,
      track: (work) => this.clock.track(work),
      environment: { random, uuid },
      invokeTask: (task) => this.#invokeTask(task),
      ...(options.keepHistories === false ? { keepHistory: () => false } : {}),
      onStatusChange: (execution) => {
        const { executionArn, status, input } = execution;
        if (status !== 'RUNNING') this.onEnded(execution);
        // The same as the rule of the stack (infra/constructs/event-rules.ts).
        if (status !== 'RUNNING' && !input.includes(STARTED_BY)) this.wake({ executionArn, status });
      },
    });
    for (const { arn, name, definition } of machineDefinitions())
      this.runner.machines.create({ arn, name: `liftlock-${name}`, definition: definition as Json });
    const fake = createInMemoryEks(this.eks, {
      clock: this.clock,
      principal: spokePrincipal,
      sleep: (milliseconds) => this.clock.sleep(milliseconds),
    });
    const eks: typeof fake = {
      ...fake,
      describeCluster: async (scope, input) => {
        const cluster = await fake.describeCluster(scope, input);
        const known = this.looks.get(cluster.arn) ?? [];
        this.looks.set(cluster.arn, known);
        known.push(this.clock.now().getTime());
        return cluster;
      },
    };
    const kubernetes = new FakeKubernetes(this.eks);
    const looking = { clock: this.clock, sleep: (milliseconds: number) => this.clock.sleep(milliseconds) };
    const reading = {
      ...looking,
      ...given({ requestMilliseconds: options.requestMilliseconds, onRequest: options.onRequest }),
    };
    this.ports = {
      table: this.table,
      eks,
      mutator: eks,
      ec2: createInMemoryEc2(this.eks.state),
      templates: createInMemoryTemplates(this.eks.state),
      account: createInMemoryAccount(this.eks.state),
      silences: this.silences,
      clusters: createInMemoryClusterAccess(kubernetes, { ...looking, principal: spokePrincipal }),
      nodes: createInMemoryNodeOperators(kubernetes, { ...reading, principal: operatePrincipal }),
      jobs: createInMemoryHookJobs(kubernetes, { ...reading, principal: hookPrincipal }),
      readers: createInMemoryClusterReaders(kubernetes, { ...reading, principal: spokePrincipal }),
      executions: createInMemoryExecutions(this.runner),
      events: this.bus,
      queue: this.queue,
      organization: { listAccounts: async () => accountsOf(this.eks.state) },
      gates: createInMemoryGates(this.gates, (gate, status) =>
        this.gateReadings.push({ at: this.clock.now().getTime(), gate, status }),
      ),
      hooks: createInMemoryHooks(this.hooks),
      addresses: {
        send: async (address, _, news) => {
          const refused = this.refusing.get('topic' in address ? address.topic : address.webhook);
          this.sent.push({ address, news: news.detail, refused });
          return refused;
        },
      },
      // A rehearsal has no network, so URLs of a policy count as healthy, which the report says.
      probe: { get: async () => ({ status: 200 }) },
      prometheus: createInMemoryPrometheus(this.eks.state, () => this.clock.now().getTime()),
      clock: this.clock,
      ids: { next: uuid },
    };
  }

  /** Runs a function like Lambda: JSON in and out, with its own view of the ports. */
  async invoke(name: InvokedFunction, payload: unknown): Promise<unknown> {
    const result = await this.#run(name, JSON.parse(JSON.stringify(payload)));
    return result === undefined ? null : JSON.parse(JSON.stringify(result));
  }

  /** `payload` is JSON that must not change: made by a state machine for this invocation, or a copy. */
  async #run(name: InvokedFunction, payload: unknown): Promise<unknown> {
    try {
      if (this.switchedOff)
        throw Object.assign(new Error('the function is switched off'), { name: 'Lambda.TooManyRequestsException' });
      return await FUNCTIONS[name](this.#portsFor(name, payload), payload, (message, detail) =>
        this.log.push({ function: name, message, detail }),
      );
    } catch (error) {
      this.faults.push({ at: this.clock.now(), function: name, error });
      throw error;
    }
  }

  /** An event that makes the reconciler look now; several at one instant cause one look each, as on AWS. */
  wake(ended?: { readonly executionArn: string; readonly status: string }): void {
    const key = ended?.executionArn ?? '';
    if (this.#wakes.has(key)) return;
    const event = ended === undefined ? {} : { 'detail-type': 'Step Functions Execution Status Change', detail: ended };
    for (const milliseconds of this.#deliver('event')) {
      this.#wakes.add(key);
      this.clock.schedule(new Date(this.clock.now().getTime() + milliseconds), async () => {
        this.#wakes.delete(key);
        await this.tick(event);
      });
    }
  }

  get muteRules(): MuteRules {
    return this.silences.rules;
  }

  async auditTimeline(): Promise<readonly AuditItem[]> {
    return this.table.auditTimeline();
  }

  writtenAt(item: AuditItem): number | undefined {
    return this.#writtenAt.get(item);
  }

  /** One tick of the reconciler. A fault in it is one missed tick, and the next one comes. */
  async tick(event: object = {}): Promise<void> {
    await this.#run('reconcile-rollouts', event).catch(() => {});
  }

  #portsFor(name: FunctionName, payload: unknown): Ports {
    this.#invocations += 1;
    return this.#around(this.portsOf(name), { function: name, payload, number: this.#invocations });
  }

  /** The ports as the role of a function has them. */
  portsOf(name: FunctionName): Ports {
    return permittedPorts(this.ports, FUNCTION_NEEDS[name], (refused) => this.forbidden.push(`${name}: ${refused}`));
  }

  async #invokeTask(task: TaskInvocation): Promise<Json> {
    const { FunctionName: arn, Payload: payload } = task.arguments as { FunctionName: string; Payload: unknown };
    const name = arn.slice(FUNCTION_ARN_PREFIX.length) as InvokedFunction;
    try {
      // The runner turns it into JSON.
      return { StatusCode: 200, Payload: ((await this.#run(name, payload)) ?? null) as Json };
    } catch (error) {
      throw lambdaFunctionError(error);
    }
  }
}

/** The port of core on the interpreter's runner. */
export function createInMemoryExecutions(runner: Runner): Executions {
  return {
    arnFor: (machine: MachineName, name: string) =>
      `${MACHINE_ARN_PREFIX.replace(':stateMachine:', ':execution:')}${machine}:${name}`,
    start: async (machine, name, input) => {
      await runner.startExecution({
        machineArn: `${MACHINE_ARN_PREFIX}${machine}`,
        name,
        input: canonicalJson(input),
      });
    },
    describe: async (executionArn): Promise<ExecutionState | undefined> => {
      try {
        const { status, input, error, cause } = runner.describeExecution(executionArn);
        return { input, status, ...(error === undefined ? {} : { error }), ...(cause === undefined ? {} : { cause }) };
      } catch (error) {
        if (error instanceof ServiceError && error.name === 'ExecutionDoesNotExist') return undefined;
        throw error;
      }
    },
  };
}

/** Functions that a simulation invokes. The API is served, not invoked, and a table in memory has no stream to anchor. */
type InvokedFunction = Exclude<FunctionName, 'api' | 'anchor-audit'>;
type Run = (ports: Ports, event: unknown, log: Log) => Promise<unknown>;

const bind =
  <Needs, Input, Output>(definition: FunctionDefinition<Needs, Input, Output>) =>
  (ports: Ports & Needs, event: unknown, log: Log): Promise<Output> =>
    definition.run(ports, definition.parse(event), log);

/** The same definitions that Lambda wraps, with their ports. */
export const FUNCTIONS: Readonly<Record<InvokedFunction, Run>> = {
  'discover-clusters': bind(discoverClusters),
  'record-clusters': bind(recordClusters),
  'watch-versions': bind(watchVersions),
  'refresh-readiness': bind(refreshReadiness),
  'reconcile-rollouts': bind(reconcileRollouts),
  'request-grant': bind(requestGrant),
  'scan-cluster': bind(scanCluster),
  'update-addons': bind(updateAddons),
  'upgrade-control-plane': bind(upgradeControlPlane),
  'list-node-groups': bind(listNodeGroups),
  'roll-node-group': bind(rollNodeGroup),
  'smoke-check': bind(smokeCheck),
  'drain-nodes': bind(drainNodes),
  'restore-nodes': bind(restoreNodes),
  'conclude-upgrade': bind(concludeUpgrade),
};
