import type { StepStatus } from './step-result.ts';

/** CloudWatch namespace of Liftlock's own metrics. Functions publish them, alarms and the dashboard read them: one list for both. */
export const METRIC_NAMESPACE = 'Liftlock';
/** Dimension `service` of each of them; the other dimension, `function`, is the name of the function. */
export const METRIC_SERVICE = 'liftlock';

const METRIC_NAMES = [
  /** One for each tick of the reconciler: its absence is what the dead-man alarm watches. */
  'Ticks',
  /** One for each run of discover-clusters, of watch-versions, of refresh-readiness and of the audit's sweep that came to its end: their absence rings too. */
  'Runs',
  'AuditAnchored',
  /** Items that the daily sweep found unanchored. */
  'AuditAnchoredLate',
  /** Items of the audit that were changed, taken out, or are not what was anchored. */
  'AuditTampered',
  'DecisionsApplied',
  'DecisionProblems',
  'UpgradesWaiting',
  'UpgradesStuck',
  'ApprovalsOverdue',
  'GatesNotGreen',
  /** Once an hour. */
  'RolloutsHalted',
  'ScopesRead',
  'ScopesUnreadable',
  'ClustersQueued',
  'MessagesFailed',
  'RegionsUnreadable',
  'VersionsAnnounced',
  /** Looks at the readiness of clusters. */
  'ScansStarted',
  /** Once an hour: clusters that have something newer to take inside their minor, and for longer than their policy allows; the age of the oldest image. */
  'PatchesBehind',
  'PatchesOverdue',
  'OldestImageDays',
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

/** How steps end or go on, by status. */
export const STEP_METRICS: Readonly<Record<StepStatus, MetricName>> = {
  done: 'StepsDone',
  wait: 'StepsWait',
  parked: 'StepsParked',
  blocked: 'StepsBlocked',
  failed: 'StepsFailed',
};
