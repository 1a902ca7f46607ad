import type { StepStatus } from './step-result.ts';

/** CloudWatch namespace of Liftlock's own metrics. Functions publish them, and alarms and the dashboard read them, so both use one list. */
export const METRIC_NAMESPACE = 'Liftlock';
/** The value of the dimension `service`. The other dimension, `function`, is the name of the function. */
export const METRIC_SERVICE = 'liftlock';

const METRIC_NAMES = [
  /** One for each tick of the reconciler. An alarm rings when they are missing. */
  'Ticks',
  /** One for each completed run of discover-clusters, watch-versions, refresh-readiness and the audit's sweep. Alarms ring without them, too. */
  'Runs',
  'AuditAnchored',
  /** Items that the daily sweep found unanchored. */
  'AuditAnchoredLate',
  /** Items of the audit that were changed or removed, or differ from their anchor. */
  'AuditTampered',
  'DecisionsApplied',
  'DecisionProblems',
  'UpgradesWaiting',
  'UpgradesStuck',
  'ApprovalsOverdue',
  'GatesNotGreen',
  /** Published once an hour. */
  'RolloutsHalted',
  'ScopesRead',
  'ScopesUnreadable',
  'ClustersQueued',
  'MessagesFailed',
  /** Requests that the API answered with a fault of its own. */
  'Answers5xx',
  'RegionsUnreadable',
  'VersionsAnnounced',
  /** Looks at the readiness of clusters. */
  'ScansStarted',
  /** Once an hour: clusters with newer images or add-ons to take, those later than their policy allows, and the oldest image's age. */
  'PatchesBehind',
  'PatchesOverdue',
  'OldestImageDays',
  /** Events that EventBridge did not take: what they tell is in the table, and nobody hears of it. */
  'EventsLost',
  /** A function threw. */
  'Faults',
  'StepsDone',
  'StepsWait',
  'StepsParked',
  'StepsBlocked',
  'StepsFailed',
  'UpgradesSucceeded',
  'UpgradesFailed',
  'UpgradesBlocked',
  'UpgradesParked',
  'UpgradesCanceled',
] as const;
export type MetricName = (typeof METRIC_NAMES)[number];
export type Counts = Readonly<Partial<Record<MetricName, number>>>;

/** The metric for each status of a step. */
export const STEP_METRICS: Readonly<Record<StepStatus, MetricName>> = {
  done: 'StepsDone',
  wait: 'StepsWait',
  parked: 'StepsParked',
  blocked: 'StepsBlocked',
  failed: 'StepsFailed',
};
