import {
  type EventBus,
  EventField,
  type EventPattern,
  type IRuleTarget,
  Match,
  Rule,
  RuleTargetInput,
} from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnEventSourceMapping, type Code, type IFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnSchedule, CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import { Aws, CfnOutput, Duration, Stack, type StackProps } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { EventType } from '../../core/contracts/events.ts';
import { EVENT_SOURCE, type FunctionName, type HAND_ACTS } from '../../core/contracts/names.ts';
import { STARTED_BY } from '../../core/contracts/step-input.ts';
import { AsynchronousCalls } from '../constructs/asynchronous-calls.ts';
import { ApiPolicies, ControlApi } from '../constructs/control-api.ts';
import { DeadLetterQueue } from '../constructs/dead-letter-queue.ts';
import { Functions } from '../constructs/functions.ts';
import type { HubFunction } from '../constructs/hub-function.ts';
import { LiftlockBus } from '../constructs/liftlock-bus.ts';
import { StateMachines } from '../constructs/state-machine.ts';
import { HubMonitoring } from '../monitoring/hub-monitoring.ts';
import { executionArnPrefix } from '../names.ts';
import type { AuditReference } from '../permissions/table-statements.ts';
import type { Settings } from '../settings/settings.ts';
import type { StateStack } from './state-stack.ts';

export interface HubStackProps extends StackProps {
  readonly settings: Settings;
  readonly state: StateStack;
  /** The bundle of a function. */
  readonly codeOf: (name: FunctionName) => Code;
}

/** Everything that acts. It keeps nothing, so it can be replaced at any time, also while rollouts run. */
export class HubStack extends Stack {
  constructor(scope: Construct, id: string, { settings, state, codeOf, ...props }: HubStackProps) {
    super(scope, id, { description: 'Liftlock: functions, state machines, events, API and alarms', ...props });
    const { items, audit, anchors, clusters, notifications, topic } = state;
    const { bus } = new LiftlockBus(this, 'Events', settings);
    const reach = { items, audit, anchors, bus, clusterQueue: clusters.queue, settings };
    const functions = new Functions(this, 'Functions', { reach, codeOf });
    const machines = new StateMachines(this, 'Machines', {
      functionArn: (name) => functions.get(name).function.functionArn,
    });

    const undelivered = new DeadLetterQueue(this, 'Undelivered');
    undelivered.allowRules();
    const deadLetters = undelivered.queue;
    const reconciler = functions.get('reconcile-rollouts');
    new EventRules(this, 'Rules', {
      bus,
      reconciler: reconciler.function,
      machineArns: machines.arns,
      starterRoleArns: [...machines.starterRoleArns, ...functions.starterRoleArns],
      clusterQueue: clusters.queue,
      topic,
      deadLetters,
    });
    new Schedules(this, 'Schedules', { functions, deadLetters, auditTableArn: audit.tableArn });
    new AsynchronousCalls(this, 'ReconcileCalls', { target: reconciler });
    for (const name of ['discover-clusters', 'watch-versions', 'anchor-audit'] as const) {
      new AsynchronousCalls(this, `${name}-calls`, { target: functions.get(name), failures: deadLetters });
    }

    new AuditAnchors(this, 'AuditAnchors', { target: functions.get('anchor-audit'), audit, failures: deadLetters });

    const { api } = new ControlApi(this, 'Control', { handler: functions.get('api').function });
    new ApiPolicies(this, 'Policies', { api });
    new HubMonitoring(this, 'Monitoring', {
      topic,
      auditTable: audit.tableName,
      queues: {
        clusters: clusters.queue,
        'clusters-not-recorded': clusters.deadLetters,
        'events-not-delivered': deadLetters,
        'notifications-not-delivered': notifications.deadLetters,
      },
    });
    new CfnOutput(this, 'ApiUrl', { description: 'LIFTLOCK_API_URL of the command line', value: api.apiEndpoint });
  }
}

interface SchedulesProps {
  readonly functions: Functions;
  readonly deadLetters: Queue;
  /** What the daily sweep is about. */
  readonly auditTableArn: string;
}

/** Late is as good as never for a tick: the next one comes anyway. */
const RETRIES = 2;
const MAXIMUM_AGE_SECONDS = 60;

const RATES: Readonly<Partial<Record<FunctionName, string>>> = {
  'reconcile-rollouts': 'rate(1 minute)',
  'discover-clusters': 'rate(1 hour)',
  'watch-versions': 'rate(1 hour)',
  'anchor-audit': 'rate(1 day)',
};

/** What Liftlock does without being asked, on EventBridge Scheduler. */
class Schedules extends Construct {
  constructor(scope: Construct, id: string, { functions, deadLetters, auditTableArn }: SchedulesProps) {
    super(scope, id);
    const names = Object.keys(RATES) as FunctionName[];
    const arnOf = (name: FunctionName) => functions.get(name).function.functionArn;
    const group = new CfnScheduleGroup(this, 'Group', { name: 'liftlock' });
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    });
    role.addToPolicy(new PolicyStatement({ actions: ['lambda:InvokeFunction'], resources: names.map(arnOf) }));
    role.addToPolicy(new PolicyStatement({ actions: ['sqs:SendMessage'], resources: [deadLetters.queueArn] }));
    for (const name of names) {
      const schedule = new CfnSchedule(this, name, {
        name,
        groupName: group.ref,
        scheduleExpression: RATES[name] ?? '',
        flexibleTimeWindow: { mode: 'OFF' },
        target: {
          arn: arnOf(name),
          roleArn: role.roleArn,
          ...(name === 'anchor-audit' ? { input: JSON.stringify({ sweep: auditTableArn }) } : {}),
          deadLetterConfig: { arn: deadLetters.queueArn },
          retryPolicy: { maximumRetryAttempts: RETRIES, maximumEventAgeInSeconds: MAXIMUM_AGE_SECONDS },
        },
      });
      // A schedule made before its role may act would fail its first calls.
      schedule.node.addDependency(role);
    }
  }
}

interface EventRulesProps {
  readonly bus: EventBus;
  readonly reconciler: IFunction;
  readonly machineArns: readonly string[];
  /** Roles under which Liftlock starts executions. */
  readonly starterRoleArns: readonly string[];
  readonly clusterQueue: IQueue;
  readonly topic: ITopic;
  /** For what a target did not take. */
  readonly deadLetters: Queue;
}

/** What an operator or a new version sets in motion: the reconciler looks now, not in a minute. */
const WAKING = [
  'VersionAvailable',
  'FleetStopped',
  'FleetResumed',
  'RolloutChanged',
  'BreakGlassChanged',
] as const satisfies readonly EventType[];
/** What people say of a wave. The reconciler's own changes of waves do not wake it. */
const WORDS = ['approval', 'promotion'];
/**
 * Input of an execution that no other one started; none where EventBridge leaves a long one out. When a step ends, the execution that
 * started it goes on by itself.
 */
const NOT_NESTED = [{ 'anything-but': { wildcard: `*"${STARTED_BY}"*` } }, null, { exists: false }];
const ENDED = ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'];

/** Who hears of which event. */
class EventRules extends Construct {
  readonly #props: EventRulesProps;

  constructor(scope: Construct, id: string, props: EventRulesProps) {
    super(scope, id);
    this.#props = props;
    const { bus, reconciler, machineArns, starterRoleArns, clusterQueue, topic, deadLetters } = props;
    const wake = () => new LambdaFunction(reconciler, { deadLetterQueue: deadLetters, retryAttempts: 2 });

    // What has no words for people (core/notices) is for programs.
    const told = { ...own(), detail: { notice: { what: Match.exists() } } };
    this.#rule('Notify', bus, told, this.#to(topic.topicArn, NOTICE));
    this.#rule('Wake', bus, own([...WAKING]), wake());
    this.#rule('WakeByWord', bus, { ...own(['WaveChanged' satisfies EventType]), detail: { about: WORDS } }, wake());
    this.#rule('Forwarded', bus, FORWARDED, this.#to(clusterQueue.queueArn));
    const ended: EventPattern = {
      source: ['aws.states'],
      detailType: ['Step Functions Execution Status Change'],
      detail: { status: ENDED, stateMachineArn: [...machineArns], input: NOT_NESTED },
    };
    this.#rule('ExecutionEnded', undefined, ended, wake());
    // An IAM user has no session.
    const person = { sessionIssuer: { arn: [{ exists: false }, { 'anything-but': [...starterRoleArns] }] } };
    const byHand = (eventName: (keyof typeof HAND_ACTS)[], requestParameters: object): EventPattern => ({
      source: ['aws.states'],
      detailType: ['AWS API Call via CloudTrail'],
      detail: { eventName, requestParameters, userIdentity: { sessionContext: person } },
    });
    this.#rule('StartedByHand', undefined, byHand(['StartExecution'], { stateMachineArn: [...machineArns] }), wake());
    const ofLiftlock = [{ prefix: executionArnPrefix() }];
    const others = byHand(['StopExecution', 'RedriveExecution'], { executionArn: ofLiftlock });
    this.#rule('StoppedByHand', undefined, others, wake());
  }

  #rule(id: string, bus: EventBus | undefined, eventPattern: EventPattern, target: IRuleTarget): void {
    new Rule(this, id, { eventPattern, targets: [target], ...(bus === undefined ? {} : { eventBus: bus }) });
  }

  /** Its own policy lets rules of the bus in (stacks/state-stack.ts), so nothing is to be granted here. */
  #to(arn: string, input?: RuleTargetInput): IRuleTarget {
    const deadLetterConfig = { arn: this.#props.deadLetters.queueArn };
    return { bind: () => ({ arn, deadLetterConfig, ...(input === undefined ? {} : { input }) }) };
  }
}

const word = (member: string): string => EventField.fromPath(`$.detail.notice.${member}`);

/** One line each; EventBridge puts them into double quotes. */
const NOTICE = RuleTargetInput.fromMultilineText(
  [
    word('what'),
    `Why: ${word('why')}`,
    `What to do: ${word('todo')}`,
    `Reference: ${word('reference')} (EventBridge may send a message twice; one reference is one change)`,
  ].join('\n'),
);

/** Liftlock's own events: only the hub's account can put them, whatever a spoke claims to be the source. */
const own = (detailType?: string[]): EventPattern => ({
  source: [EVENT_SOURCE],
  account: [Aws.ACCOUNT_ID],
  ...(detailType === undefined ? {} : { detailType }),
});

/** As the forwarder sends them (stacks/spoke-forwarder-stack.ts). AWS keeps sources `aws.…` for itself, so nobody can make these up. */
const FORWARDED: EventPattern = {
  source: ['aws.eks', 'aws.health'],
  detailType: ['AWS API Call via CloudTrail', 'AWS Health Event'],
};

interface AuditAnchorsProps {
  readonly target: HubFunction;
  readonly audit: AuditReference;
  /** Gets where in the stream a batch stood that was given up. */
  readonly failures: Queue;
}

/** So long something new in the audit may wait for its anchor, so that one object holds what happened together. */
const WINDOW = Duration.minutes(1);
const BATCH = 1_000;
/** Tried until the stream is about to forget; the daily sweep anchors what was given up. */
const MAXIMUM_AGE = Duration.hours(20);

/**
 * The audit table's stream, handed to `anchor-audit`. A batch that fails is not halved: it comes again as it was until its anchor is there. Every
 * record comes, without a filter: one of a change is the alarm.
 */
class AuditAnchors extends Construct {
  constructor(scope: Construct, id: string, { target, audit, failures }: AuditAnchorsProps) {
    super(scope, id);
    const mapping = new CfnEventSourceMapping(this, 'Stream', {
      functionName: target.function.functionArn,
      eventSourceArn: audit.streamArn,
      startingPosition: 'TRIM_HORIZON',
      batchSize: BATCH,
      maximumBatchingWindowInSeconds: WINDOW.toSeconds(),
      maximumRecordAgeInSeconds: MAXIMUM_AGE.toSeconds(),
      destinationConfig: { onFailure: { destination: failures.queueArn } },
    });
    // Lambda looks whether the role may read the stream when the mapping is made.
    mapping.node.addDependency(target.role);
  }
}
