import { rmSync } from 'node:fs';
import type { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import type { AuditItem, RestoredTable } from '../../core/ports/table.ts';
import { Runner } from '../asl/runner/runner.ts';
import { VirtualClock } from '../clock/virtual-clock.ts';
import { FakeEks } from '../eks/fake-eks.ts';
import { seededRandom } from '../eks/seeded-random.ts';
import type { Lookups } from '../iam/requirements/requirement.ts';
import type { RunView } from '../process/run-view.ts';
import type { HttpAnswer, HttpRequest } from '../wire/wire-options.ts';
import type { WatchedMetric } from './alarms/alarm-definition.ts';
import { Alarms } from './alarms/alarms.ts';
import type { MuteRules } from './alarms/mute-rules.ts';
import type { CloudApis } from './api/cloud-apis.ts';
import type { CloudOptions } from './cloud-options.ts';
import { CloudTime } from './cloud-time.ts';
import { CloudTrail } from './eks/cloud-trail.ts';
import { eksLookups } from './eks/eks-lookups.ts';
import { targetDelivery } from './events/deliver-target.ts';
import { EventBuses } from './events/event-buses.ts';
import { IamAuthority } from './iam-authority.ts';
import type { Functions } from './lambda/functions.ts';
import type { ServersHere } from './lambda/worker-messages.ts';
import { Logs } from './logs/logs.ts';
import { ExecutionLogs } from './machines/execution-logs.ts';
import { childAccess, statusEvents, taskRunner } from './machines/run-task.ts';
import { type Datum, Metrics } from './metrics/metrics.ts';
import { executionData, queueData } from './metrics/service-metrics.ts';
import { Buckets } from './objects/buckets.ts';
import { Queues } from './queues/queues.ts';
import { MadeByHand } from './receivers/made-by-hand.ts';
import { ResourcePolicies } from './resource-policies.ts';
import { Schedules } from './schedules/schedules.ts';
import { startSchedule } from './schedules/start-schedule.ts';
import { Secrets } from './secrets/secrets.ts';
import { KeptState } from './state/kept-state.ts';
import { TableStreams } from './streams/table-streams.ts';
import { AuditOrder } from './tables/audit-order.ts';
import type { ExpiringTable, ExpirySweep } from './tables/expiry-sweep.ts';
import type { Resource } from './template/resolve-stack.ts';
import { notificationDelivery } from './topics/deliver-notification.ts';
import { Topics } from './topics/topics.ts';
import { Wiring } from './wiring.ts';

/** The addresses of the local cloud. */
export interface CloudWire {
  /** `http://127.0.0.1:4566` has all AWS services and the HTTP API. */
  readonly origin: string;
  readonly port: number;
  readonly kubernetesPort: number;
  readonly kubernetes: ServersHere;
  /** Answers a request like the port, but without it; a request whose target is a whole address goes to that API server. */
  answer(request: HttpRequest): Promise<HttpAnswer>;
  close(): Promise<void>;
}

/** A function that threw, whatever invoked it. */
export interface FunctionFault {
  readonly at: Date;
  readonly function: string;
  readonly error: Error;
}

/** The parts of the state that no call of EKS changes. They come from the folder at each start, so that a deleted one can be restored there. */
const BESIDE_EKS = [
  'images',
  'parameters',
  'templateTags',
  'freeAddresses',
  'goneResources',
  'vcpuQuotas',
  'keyStates',
] as const;

/**
 * The local cloud: the output of `cdk synth`, installed into fake services that answer by AWS's own protocols on one port. The template's own
 * policies decide every access. It owns the clock: nothing happens until a caller runs it.
 */
export class LocalCloud implements RunView {
  readonly time: CloudTime;
  readonly eks: FakeEks;
  readonly wiring = new Wiring();
  readonly auditOrder = new AuditOrder();
  readonly logs = new Logs();
  readonly metrics = new Metrics();
  readonly faults: FunctionFault[] = [];
  readonly resources: Resource[] = [];
  readonly outputs = new Map<string, unknown>();
  readonly policies = new ResourcePolicies();
  readonly alarms = new Alarms((metric, since, until) =>
    [...this.metrics.data(metric), ...this.#queueData(metric, since, until)].filter(
      ({ at }) => at >= since && at < until,
    ),
  );
  readonly secrets = new Secrets();
  readonly byHand = new MadeByHand();
  readonly buckets = new Buckets();
  readonly streams = new TableStreams();
  readonly expiring: ExpiringTable[] = [];
  readonly authority: IamAuthority;
  readonly queues: Queues;
  readonly topics: Topics;
  readonly buses: EventBuses;
  readonly trail: CloudTrail;
  readonly schedules: Schedules;
  readonly kept: KeptState;
  readonly runner: Runner;
  readonly executionLogs: ExecutionLogs;
  readonly options: CloudOptions;
  functions!: Functions;
  apis!: CloudApis;
  wire!: CloudWire;
  /** Signs as the administrator of the hub's account. */
  dynamo!: DynamoDBClient;
  /** The installed tables, as that administrator sees them. */
  table!: RestoredTable;
  sweep: ExpirySweep | undefined;
  #closed = false;

  constructor(options: CloudOptions) {
    this.options = options;
    const { seed, timing, stateFolder } = options;
    this.kept = new KeptState(stateFolder);
    // With the same numbers again, new updates of EKS would get the ids of old ones.
    const random = seededRandom(seed + this.kept.life * SEEDS_APART);
    this.time = new CloudTime(
      new VirtualClock({
        start: this.kept.world.clock() ?? options.start,
        ...(options.speed === undefined ? {} : { speed: options.speed }),
      }),
      (now) => this.kept.world.keepClock(now),
    );
    const { clock, uuid } = this.time;
    const now = () => clock.now();
    const state = this.kept.world.eks() ?? options.eksState;
    for (const part of BESIDE_EKS) Object.assign(state, { [part]: options.eksState[part] });
    this.eks = new FakeEks(state, {
      random,
      ...(timing === undefined ? {} : { timing }),
    });
    this.authority = new IamAuthority({
      policies: this.policies,
      now,
      random: Math.random,
      organizationId: options.organizationId ?? ORGANIZATION_ID,
      lookups: this.#lookups(),
    });
    this.kept.world.keepByHand(this.alarms, this.secrets, this.byHand);
    this.kept.world.keepObjects(this.buckets);
    this.queues = new Queues(() => now().getTime(), uuid);
    this.queues.onChange = (queue) => this.kept.world.keepQueue(queue);
    this.topics = new Topics(
      uuid,
      notificationDelivery({
        authority: this.authority,
        functions: { invokeAsynchronously: (...call) => this.functions.invokeAsynchronously(...call) },
        queues: this.queues,
        onLost: ({ arn }, why) => options.onNote(`A notification did not reach subscription ${arn}: ${why}`),
      }),
    );
    this.buses = new EventBuses(
      targetDelivery({
        authority: this.authority,
        functions: { invokeAsynchronously: (...call) => this.functions.invokeAsynchronously(...call) },
        queues: this.queues,
        topics: this.topics,
        buses: () => this.buses,
        wiring: this.wiring,
        now,
        soon: (run) => this.time.after(EVENT_SECONDS, async () => run()),
        onLost: (rule, target, why) =>
          options.onNote(`An event of rule ${rule.name} did not reach ${target.Arn}: ${why}`),
      }),
    );
    this.trail = new CloudTrail(this.eks, this.buses, uuid);
    this.schedules = new Schedules(clock, (schedule, at) =>
      startSchedule(schedule, at, { functions: this.functions, wiring: this.wiring, uuid, onNote: options.onNote }),
    );
    const hubAccount = options.stacks[0]?.account ?? '';
    this.executionLogs = new ExecutionLogs(this.logs, now());
    const tellStatus = statusEvents(this.buses, uuid, now);
    this.runner = new Runner({
      timers: clock,
      track: (work) => this.time.hold(work),
      environment: { random, uuid },
      invokeTask: (task, surroundings) =>
        taskRunner(this.functions, this.authority, this.wiring, hubAccount)(task, surroundings),
      authorizeChild: childAccess(this.authority, this.wiring, hubAccount),
      onStatusChange: (execution) => {
        const { stateMachineArn, status } = execution;
        for (const datum of executionData(stateMachineArn, status, now().getTime())) this.metrics.put(datum);
        tellStatus(execution);
      },
      onStep: (execution) => {
        this.executionLogs.write(execution);
        return this.kept.executions.keep(execution);
      },
    });
  }

  /** The account and Region of the hub's stacks. */
  get hub(): { readonly account: string; readonly region: string } {
    const { account = '', region = '' } = this.options.stacks[0] ?? {};
    return { account, region };
  }

  get anchorBucket(): string {
    return this.resources.find(({ type }) => type === 'AWS::S3::Bucket')?.name ?? '';
  }

  get clock(): VirtualClock {
    return this.time.clock;
  }

  get muteRules(): MuteRules {
    return this.alarms.muteRules;
  }

  async auditTimeline(): Promise<readonly AuditItem[]> {
    const items: AuditItem[] = [];
    for await (const item of this.table.auditSince(new Date(0))) items.push(item);
    return this.auditOrder.sort(items);
  }

  /** Functions and state machines have the tags that users gave them, executions have none, and neither has an unknown alarm. */
  #lookups(): Lookups {
    const lookups = eksLookups(this.eks);
    const tagsOf = (arn: string) => {
      if (arn.startsWith('arn:aws:cloudwatch:')) return this.alarms.tagsOf(arn) ?? {};
      return /^arn:aws:(lambda|states):/.test(arn) ? this.byHand.tagsOf(arn) : lookups.tagsOf?.(arn);
    };
    return { ...lookups, tagsOf };
  }

  /** Starts the schedules. */
  begin(): void {
    this.schedules.start();
    this.sweep?.start();
    this.#keepHouse();
  }

  /** SQS publishes its metrics even while nothing happens, so they are computed on request. */
  #queueData({ namespace, name, dimensions }: WatchedMetric, since: number, until: number): Datum[] {
    const { QueueName = '' } = dimensions;
    const queue = this.queues.all().find(({ options }) => options.arn.endsWith(`:${QueueName}`));
    if (namespace !== 'AWS/SQS' || queue === undefined) return [];
    return queueData(QueueName, queue.present(), since, until).filter((datum) => datum.name === name);
  }

  #keepHouse(): void {
    this.time.after(HOUSEKEEPING_SECONDS, async () => {
      if (this.#closed) return;
      await this.functions.giveBackIdle();
      this.#keepHouse();
    });
  }

  /** Ends every function and server; the kept state is always complete. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.schedules.stop();
    this.sweep?.stop();
    this.dynamo?.destroy();
    await this.functions?.close();
    await this.wire?.close();
    for (const folder of this.byHand.folders) rmSync(folder, { recursive: true, force: true });
    this.kept.close();
  }
}

/** Seconds between the sending and the arrival of an event. */
const EVENT_SECONDS = 1;
const SEEDS_APART = 1_000_003;
const HOUSEKEEPING_SECONDS = 600;
export const ORGANIZATION_ID = 'o-liftlocklocal';
