import {
  type EventBus,
  EventField,
  type EventPattern,
  type IRuleTarget,
  Match,
  Rule,
  type RuleTargetConfig,
  RuleTargetInput,
} from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnSchedule, CfnScheduleGroup } from 'aws-cdk-lib/aws-scheduler';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue, Queue } from 'aws-cdk-lib/aws-sqs';
import { Aws } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { EventType } from '../../core/contracts/events.ts';
import { EVENT_SOURCE, type FunctionName, type HAND_ACTS } from '../../core/contracts/names.ts';
import { STARTED_BY } from '../../core/contracts/step-input.ts';
import { executionArnPrefix, OWN_RULES } from '../names.ts';
import type { Functions } from './functions.ts';

interface EventRulesProps {
  readonly bus: EventBus;
  readonly reconciler: IFunction;
  readonly machineArns: readonly string[];
  /** The roles under which Liftlock starts executions. */
  readonly starterRoleArns: readonly string[];
  readonly clusterQueue: IQueue;
  readonly topic: ITopic;
  /** Gets the events that a target did not take. */
  readonly deadLetters: Queue;
}

/** Events that come from operators, or announce a new version. After one of them the reconciler looks at once, not in a minute. */
const WAKING = [
  'VersionAvailable',
  'FleetStopped',
  'FleetResumed',
  'RolloutChanged',
  'BreakGlassChanged',
] as const satisfies readonly EventType[];
/** Votes and promotions of people. Only `WaveChanged` has these values of `about`. The reconciler's own changes of waves do not wake it. */
const WORDS = ['approval', 'promotion'];
/**
 * Selects executions that no other execution started. An execution continues by itself when a nested one ends, so that end need not wake anybody.
 * EventBridge puts null in the place of a long input, and a short one may be absent; both pass.
 */
const NOT_NESTED = [{ 'anything-but': { wildcard: `*"${STARTED_BY}"*` } }, { exists: false }];
const ENDED = ['SUCCEEDED', 'FAILED', 'TIMED_OUT', 'ABORTED'];

/** The rules that pass events on to those who need them. */
export class EventRules extends Construct {
  readonly #props: EventRulesProps;

  constructor(scope: Construct, id: string, props: EventRulesProps) {
    super(scope, id);
    this.#props = props;
    const { bus, reconciler, machineArns, starterRoleArns, clusterQueue, topic, deadLetters } = props;
    const wake = () => new LambdaFunction(reconciler, { deadLetterQueue: deadLetters, retryAttempts: 2 });

    // An event without texts for people (core/notices) is for programs. One that went to the address of an owner concerns nobody else.
    const told = { ...own(), detail: { notice: { what: Match.exists() }, sentTo: Match.doesNotExist() } };
    this.#rule('Notify', bus, told, this.#to(topic.topicArn, { input: NOTICE, role: this.#publisher(topic) }));
    this.#rule('Wake', bus, own([...WAKING]), wake());
    this.#rule('WakeByWord', bus, { ...own(), detail: { about: WORDS } }, wake());
    this.#rule('Forwarded', bus, FORWARDED, this.#to(clusterQueue.queueArn));
    const ended: EventPattern = {
      source: ['aws.states'],
      detailType: ['Step Functions Execution Status Change'],
      detail: { status: ENDED, stateMachineArn: [...machineArns], input: NOT_NESTED },
    };
    this.#rule('ExecutionEnded', undefined, ended, wake());
    // An IAM user has no session, and so no session issuer.
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

  /** Without a role the target's own policy has to allow rules of the bus (stacks/state-stack.ts). */
  #to(arn: string, more: Pick<RuleTargetConfig, 'input' | 'role'> = {}): IRuleTarget {
    const deadLetterConfig = { arn: this.#props.deadLetters.queueArn };
    return { bind: () => ({ arn, deadLetterConfig, ...more }) };
  }

  /**
   * EventBridge publishes on the topic by this role, and not by a policy of the topic. When it publishes by a policy it names neither the rule nor
   * the account, so that a policy allows the rules of every account or of none (docs/adr/0031-eventbridge-publishes-by-a-role.md).
   */
  #publisher({ topicArn }: ITopic): Role {
    const role = new Role(this, 'Publisher', {
      description: "Liftlock's notifications are published on its topic by this role",
      assumedBy: new ServicePrincipal('events.amazonaws.com', {
        conditions: { ArnLike: { 'aws:SourceArn': OWN_RULES } },
      }),
    });
    role.addToPolicy(new PolicyStatement({ actions: ['sns:Publish'], resources: [topicArn] }));
    return role;
  }
}

const word = (member: string): string => EventField.fromPath(`$.detail.notice.${member}`);

/** EventBridge puts each line into double quotes. */
const NOTICE = RuleTargetInput.fromMultilineText(
  [
    word('what'),
    `Why: ${word('why')}`,
    `What to do: ${word('todo')}`,
    `Reference: ${word('reference')} (EventBridge may send a message twice; one reference is one change)`,
  ].join('\n'),
);

/** Liftlock's own events. Only the hub's account can put them, because a spoke can choose the source of its events but not their account. */
const own = (detailType?: string[]): EventPattern => ({
  source: [EVENT_SOURCE],
  account: [Aws.ACCOUNT_ID],
  ...(detailType === undefined ? {} : { detailType }),
});

/** Events as the forwarder sends them (stacks/spoke-stacks.ts). Nobody can forge them, because AWS reserves sources that begin with `aws.`. */
const FORWARDED: EventPattern = {
  source: ['aws.eks', 'aws.health'],
  detailType: ['AWS API Call via CloudTrail', 'AWS Health Event'],
};

interface SchedulesProps {
  readonly functions: Functions;
  readonly deadLetters: Queue;
  /** The table that the daily sweep reads. */
  readonly auditTableArn: string;
}

/** A late tick is useless, since the next one comes anyway. */
const RETRIES = 2;
const MAXIMUM_AGE_SECONDS = 60;

const RATES: Readonly<Partial<Record<FunctionName, string>>> = {
  'reconcile-rollouts': 'rate(1 minute)',
  'discover-clusters': 'rate(1 hour)',
  'watch-versions': 'rate(1 hour)',
  'refresh-readiness': 'rate(1 hour)',
  'anchor-audit': 'rate(1 day)',
};

/** The schedules of EventBridge Scheduler: they start what Liftlock does without an event. */
export class Schedules extends Construct {
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
        state: 'ENABLED',
        flexibleTimeWindow: { mode: 'OFF' },
        target: {
          arn: arnOf(name),
          roleArn: role.roleArn,
          ...(name === 'anchor-audit' ? { input: JSON.stringify({ sweep: auditTableArn }) } : {}),
          deadLetterConfig: { arn: deadLetters.queueArn },
          retryPolicy: { maximumRetryAttempts: RETRIES, maximumEventAgeInSeconds: MAXIMUM_AGE_SECONDS },
        },
      });
      // The first calls of a schedule would fail if it were created before its role has permissions.
      schedule.node.addDependency(role);
    }
  }
}
