import {
  Alarm,
  AlarmRule,
  AlarmState,
  ComparisonOperator,
  CompositeAlarm,
  Dashboard,
  GraphWidget,
  type IMetric,
  Stats,
  TextWidget,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import type { IQueue } from 'aws-cdk-lib/aws-sqs';
import { Duration } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import type { MetricName } from '../../core/contracts/metrics.ts';
import { type FunctionName, MACHINE_NAMES, NODE_FUNCTIONS, UPGRADE_FUNCTIONS } from '../../core/contracts/names.ts';
import { ALARM_PREFIX } from '../names.ts';
import { commonMetric, lambdaMetric, machineMetric, ownMetric, sumOf, tableMetric } from './metrics.ts';

interface HubMonitoringProps {
  readonly topic: ITopic;
  readonly auditTable: string;
  readonly queues: MonitoredQueues<IQueue>;
}

/** All alarms of the hub, a composite alarm of the severe ones, and the dashboard. */
export class HubMonitoring extends Construct {
  constructor(scope: Construct, id: string, { topic, auditTable, queues }: HubMonitoringProps) {
    super(scope, id);
    const monitoring = new Monitoring(this, 'Alarms', { topic });
    reconcilerAlarms(monitoring);
    functionAlarms(monitoring);
    machineAlarms(monitoring);
    auditAlarms(monitoring, auditTable);
    eventAlarms(monitoring);
    queueAlarms(monitoring, queues);
    monitoring.composite('controller/unhealthy', 'At least one alarm of severity high is on.');
    new HubDashboard(this, 'Dashboard', { queues });
  }
}

/** Nested executions always succeed and pass their outcome to their parent, so each end is counted once. */
function machineAlarms(monitoring: Monitoring): void {
  const sum = (metricName: string) =>
    sumOf(
      'machines',
      MACHINE_NAMES.map((name) => machineMetric(name, metricName)),
    );
  monitoring.medium('machines/failed', 'An upgrade, or a step that was started by hand, failed or was blocked.', {
    metric: sum('ExecutionsFailed'),
  });
  const timedOut = 'An execution ran into its time limit, which is more than the longest real run takes.';
  monitoring.high('machines/timed-out', timedOut, { metric: sum('ExecutionsTimedOut') });
  monitoring.medium('machines/aborted', 'Somebody stopped an execution from outside; its cluster is held.', {
    metric: sum('ExecutionsAborted'),
  });
  monitoring.medium('machines/throttled', 'Step Functions makes executions wait for their next state.', {
    metric: sum('ExecutionThrottled'),
    periods: 3,
  });
}

const RECONCILER = 'reconcile-rollouts';

/** Without the reconciler nothing moves. */
function reconcilerAlarms(monitoring: Monitoring): void {
  monitoring.high('reconciler/heartbeat-missing', 'The reconciler has finished no tick for five minutes.', {
    metric: ownMetric(RECONCILER, 'Ticks', { period: Duration.minutes(1) }),
    silence: true,
    periods: 5,
  });
  monitoring.medium('reconciler/decision-problems', 'The same tick after tick cannot be carried out.', {
    metric: ownMetric(RECONCILER, 'DecisionProblems'),
    periods: 3,
  });
  monitoring.high(
    'upgrades/stuck',
    'An upgrade has not moved for a day, or nodes were down for so long, or it parks for an hour for what is denied or not answered, or its scan leaves too little of each of its windows, or what one has left could not be taken back for as long.',
    {
      metric: ownMetric(RECONCILER, 'UpgradesStuck', { period: Duration.minutes(15), statistic: Stats.MAXIMUM }),
      periods: 2,
    },
  );
  const slowly = { period: Duration.hours(1), statistic: Stats.MAXIMUM };
  monitoring.low(
    'rollouts/approval-overdue',
    'It has been the turn of a wave for three days, and it lacks an approval.',
    {
      metric: ownMetric(RECONCILER, 'ApprovalsOverdue', slowly),
    },
  );
  const notGreen = 'A wave soaks, and one of its gates has not been green for six hours.';
  monitoring.medium('rollouts/gates-not-green', notGreen, { metric: ownMetric(RECONCILER, 'GatesNotGreen', slowly) });
  // The reconciler looks at everything once an hour, so two hours hold at least one look.
  monitoring.medium('rollouts/halted', 'A rollout is halted and waits for a person.', {
    metric: ownMetric(RECONCILER, 'RolloutsHalted', { ...slowly, period: Duration.hours(2) }),
  });
}

/**
 * State and its audit are written in one transaction, so that what cannot be audited does not happen: Liftlock stands still, and nothing else tells
 * why. A condition that fails is no fault, since two functions may want the same sequence number. A throttle or an error of DynamoDB is one.
 */
function auditAlarms(monitoring: Monitoring, table: string): void {
  const failures = [
    tableMetric(table, 'WriteThrottleEvents'),
    tableMetric(table, 'SystemErrors', { Operation: 'TransactWriteItems' }),
    tableMetric(table, 'SystemErrors', { Operation: 'PutItem' }),
  ];
  monitoring.high('audit/write-failures', 'The audit cannot be written, so nothing that needs it happens.', {
    metric: sumOf('failures', failures),
    periods: 2,
  });
  monitoring.high('audit/tampered', 'The audit was changed, or is not what was anchored.', {
    metric: ownMetric('anchor-audit', 'AuditTampered'),
  });
  const notAnchored = 'For an hour nothing of the audit was anchored, and after a day its stream forgets.';
  monitoring.high('audit/not-anchored', notAnchored, {
    metric: lambdaMetric('anchor-audit', 'IteratorAge', { period: Duration.minutes(5), statistic: Stats.MAXIMUM }),
    at: Duration.hours(1).toMilliseconds(),
    periods: 3,
  });
  monitoring.medium('audit/anchored-late', 'The daily sweep anchored what the stream never brought.', {
    metric: ownMetric('anchor-audit', 'AuditAnchoredLate'),
  });
  // CloudWatch's longest period is a day, and an alarm evaluates at most a week.
  monitoring.medium('audit/sweep-missing', 'The audit was not held against its anchors for two days.', {
    metric: ownMetric('anchor-audit', 'Runs', { period: Duration.days(1) }),
    silence: true,
    periods: 2,
  });
}

/** Faults of the reconciler and of steps leave clusters half-way. Faults of the others only make Liftlock's knowledge older. */
const SEVERITY: Readonly<Record<FunctionGroup, 'high' | 'medium'>> = {
  reconciler: 'high',
  inventory: 'medium',
  upgrades: 'high',
  api: 'medium',
  audit: 'medium',
};

/** A function that runs once an hour cannot fail in three periods of five minutes. Its alarm rings when no run has ended for three hours. */
const HOURLY: Readonly<Partial<Record<FunctionName, { readonly path: string; readonly description: string }>>> = {
  'discover-clusters': {
    path: 'inventory/discovery-missing',
    description: 'No discovery of clusters has come to its end for three hours.',
  },
  'watch-versions': {
    path: 'inventory/versions-missing',
    description: 'Nobody has asked for three hours which versions EKS offers.',
  },
  'refresh-readiness': {
    path: 'inventory/readiness-missing',
    description: 'For three hours no cluster was looked at for its readiness.',
  },
};

/** Functions that tell of their faults in what they answer: to Lambda those calls have succeeded. */
const ANSWERED: Readonly<Partial<Record<FunctionName, MetricName>>> = {
  api: 'Answers5xx',
  'record-clusters': 'MessagesFailed',
};

/** Alarms for faults and throttles, by group. The caller retries a single fault, so an alarm takes three periods in a row. */
function functionAlarms(monitoring: Monitoring): void {
  for (const group of GROUP_NAMES) {
    const functions = FUNCTION_GROUPS[group].filter((name) => HOURLY[name] === undefined);
    const metrics = (metricName: string): IMetric[] => functions.map((name) => lambdaMetric(name, metricName));
    const answered = functions.flatMap((name) =>
      ANSWERED[name] === undefined ? [] : [ownMetric(name, ANSWERED[name])],
    );
    monitoring[SEVERITY[group]](`${group}/function-errors`, `Functions of the group ${group} fail again and again.`, {
      metric: sumOf(group, [...metrics('Errors'), ...answered]),
      periods: 3,
    });
    monitoring.medium(`${group}/function-throttles`, `Lambda turns calls of the group ${group} away.`, {
      metric: sumOf(group, metrics('Throttles')),
      at: group === 'upgrades' ? 50 : 10,
      periods: 3,
    });
  }
  const hour = { period: Duration.hours(1) };
  for (const [name, { path, description }] of Object.entries(HOURLY)) {
    const metric = ownMetric(name as FunctionName, 'Runs', hour);
    monitoring.medium(path, description, { metric, silence: true, periods: 3 });
  }
  const unreadable = 'Accounts or Regions of the fleet could not be read for three hours.';
  monitoring.low('inventory/accounts-unreadable', unreadable, {
    metric: ownMetric('discover-clusters', 'ScopesUnreadable', hour),
    periods: 3,
  });
  monitoring.low(
    'inventory/regions-unreadable',
    'In some Region nobody could say which versions EKS offers, or which images there are.',
    {
      metric: ownMetric('watch-versions', 'RegionsUnreadable', hour),
      periods: 3,
    },
  );
}

/** Alarms go to the topic without EventBridge, so this one tells what notices cannot. */
function eventAlarms(monitoring: Monitoring): void {
  monitoring.medium('events/not-published', 'EventBridge did not take events, so nobody was told what they say.', {
    metric: commonMetric('EventsLost'),
  });
}

const DEAD_LETTERS = {
  'clusters-not-recorded': 'A cluster could not be recorded in five attempts.',
  'events-not-delivered': 'A rule, a schedule or a call by one of them did not reach its target.',
  'notifications-not-delivered': 'SNS could not deliver a notification to a subscriber.',
} as const;

export type MonitoredQueues<Queue> = Readonly<Record<keyof typeof DEAD_LETTERS | 'clusters', Queue>>;

/** Alarms for messages in dead-letter queues, and for clusters that wait for longer than one discovery takes. */
function queueAlarms(monitoring: Monitoring, queues: MonitoredQueues<IQueue>): void {
  const most = { period: Duration.minutes(5), statistic: Stats.MAXIMUM };
  for (const [name, description] of Object.entries(DEAD_LETTERS)) {
    const queue = queues[name as keyof typeof DEAD_LETTERS];
    monitoring.medium(`queues/${name}`, description, { metric: queue.metricApproximateNumberOfMessagesVisible(most) });
  }
  monitoring.medium('queues/clusters-delayed', 'A cluster has waited for an hour to be looked at.', {
    metric: queues.clusters.metricApproximateAgeOfOldestMessage(most),
    at: Duration.hours(1).toSeconds(),
    periods: 3,
  });
}

interface Threshold {
  readonly metric: IMetric;
  /** The alarm rings at this value; absent = 1, so that it rings at the first occurrence. */
  readonly at?: number;
  /** The alarm rings below the value instead, and also when there is no data. */
  readonly silence?: true;
  /** How many periods in a row have to breach. */
  readonly periods?: number;
}

type Severity = 'high' | 'medium' | 'low';

/**
 * The only place that makes alarms. `path` is `<part>/<short>`. Every alarm notifies the topic; its description begins with the severity and ends
 * with a link to its heading in the runbook. The composite alarm includes those of severity high.
 */
class Monitoring extends Construct {
  readonly #topic: ITopic;
  readonly #high: Alarm[] = [];

  constructor(scope: Construct, id: string, { topic }: { readonly topic: ITopic }) {
    super(scope, id);
    this.#topic = topic;
  }

  /** Upgrades are in danger, or Liftlock cannot see: somebody has to act at once, also at night. */
  high(path: string, description: string, threshold: Threshold): void {
    this.#high.push(this.#alarm('high', path, description, threshold));
  }

  /** Something does not work and does not recover by itself: somebody has to act today. */
  medium(path: string, description: string, threshold: Threshold): void {
    this.#alarm('medium', path, description, threshold);
  }

  /** Somebody should look this week. */
  low(path: string, description: string, threshold: Threshold): void {
    this.#alarm('low', path, description, threshold);
  }

  /** One alarm for all alarms of severity high, for those who page on a single alarm. */
  composite(path: string, description: string): void {
    const alarm = new CompositeAlarm(this, idOf(path), {
      compositeAlarmName: `${ALARM_PREFIX}/${path}`,
      actionsEnabled: true,
      alarmDescription: describe('high', path, description),
      alarmRule: AlarmRule.anyOf(...this.#high.map((one) => AlarmRule.fromAlarm(one, AlarmState.ALARM))),
    });
    alarm.addAlarmAction(new SnsAction(this.#topic));
    alarm.addOkAction(new SnsAction(this.#topic));
  }

  #alarm(severity: Severity, path: string, description: string, threshold: Threshold): Alarm {
    const { metric, at = 1, silence, periods = 1 } = threshold;
    const alarm = new Alarm(this, idOf(path), {
      alarmName: `${ALARM_PREFIX}/${path}`,
      // CloudFormation finds drift of nothing but what a template says, and somebody may turn off the actions in the console.
      actionsEnabled: true,
      alarmDescription: describe(severity, path, description),
      metric,
      threshold: at,
      comparisonOperator: silence
        ? ComparisonOperator.LESS_THAN_THRESHOLD
        : ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
      evaluationPeriods: periods,
      datapointsToAlarm: periods,
      treatMissingData: silence ? TreatMissingData.BREACHING : TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(new SnsAction(this.#topic));
    alarm.addOkAction(new SnsAction(this.#topic));
    return alarm;
  }
}

const idOf = (path: string): string => path.replaceAll('/', '-');

function describe(severity: Severity, path: string, description: string): string {
  const anchor = `${ALARM_PREFIX}/${path}`.replaceAll('/', '');
  return `[${severity}] ${description} See docs/runbook.md#${anchor}`;
}

const HALF = 12;
/** The graphs that an operator looks at first: whether the reconciler runs, and what runs, failed and waits. */
class HubDashboard extends Construct {
  constructor(scope: Construct, id: string, { queues }: { readonly queues: MonitoredQueues<IQueue> }) {
    super(scope, id);
    const dashboard = new Dashboard(this, 'Dashboard', {
      dashboardName: 'liftlock',
      defaultInterval: Duration.days(1),
    });
    const markdown =
      'Liftlock. Why a cluster is or is not upgrading: `liftlock explain cluster NAME`. Alarms: docs/runbook.md';
    dashboard.addWidgets(new TextWidget({ markdown, width: 2 * HALF, height: 2 }));
    const graph = (title: string, left: IMetric[], right: IMetric[] = []) =>
      new GraphWidget({ title, width: HALF, left, right });
    const own = (of: FunctionName, names: readonly MetricName[], window?: Parameters<typeof ownMetric>[2]) =>
      names.map((name) => ownMetric(of, name, window));
    const [minutes, hour] = [{ period: Duration.minutes(5) }, { period: Duration.hours(1) }];
    const slowest = lambdaMetric(RECONCILER, 'Duration', { ...minutes, statistic: Stats.percentile(99) });
    const most = { ...minutes, statistic: Stats.MAXIMUM };
    const ended = ['ExecutionsStarted', 'ExecutionsSucceeded', 'ExecutionsFailed'];
    const times = { ...hour, statistic: Stats.percentile(90) };
    dashboard.addWidgets(
      graph('Reconciler', own(RECONCILER, ['Ticks', 'DecisionsApplied', 'DecisionProblems']), [slowest]),
      graph('Upgrades that wait', own(RECONCILER, ['UpgradesWaiting', 'UpgradesStuck'], most)),
    );
    dashboard.addWidgets(
      graph(
        'Upgrades of clusters, and how long steps take',
        ended.map((name) => machineMetric('upgrade-cluster', name)),
        MACHINE_NAMES.map((name) => machineMetric(name, 'ExecutionTime', times)),
      ),
      graph(
        'Faults',
        GROUP_NAMES.map((group) =>
          sumOf(
            group,
            FUNCTION_GROUPS[group].map((name) => lambdaMetric(name, 'Errors')),
          ),
        ),
      ),
    );
    const waiting = Object.values(queues).map((queue) => queue.metricApproximateNumberOfMessagesVisible());
    dashboard.addWidgets(
      graph('Inventory', own('discover-clusters', ['ClustersQueued', 'ScopesRead', 'ScopesUnreadable'], hour)),
      graph('Queues', waiting),
    );
  }
}

/** Functions that one alarm watches together, since the same person acts on them in the same way. */
const FUNCTION_GROUPS = {
  reconciler: ['reconcile-rollouts'],
  inventory: ['discover-clusters', 'record-clusters', 'watch-versions', 'refresh-readiness'],
  upgrades: [...UPGRADE_FUNCTIONS, ...NODE_FUNCTIONS],
  api: ['api'],
  audit: ['anchor-audit'],
} as const satisfies Readonly<Record<string, readonly FunctionName[]>>;
type FunctionGroup = keyof typeof FUNCTION_GROUPS;

const GROUP_NAMES = Object.keys(FUNCTION_GROUPS) as FunctionGroup[];
