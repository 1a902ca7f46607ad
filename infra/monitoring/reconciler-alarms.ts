import { Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { Duration } from 'aws-cdk-lib/core';
import { ownMetric } from './metrics.ts';
import type { Monitoring } from './monitoring.ts';

const RECONCILER = 'reconcile-rollouts';

/** The loop that everything hangs on. */
export function reconcilerAlarms(monitoring: Monitoring): void {
  monitoring.high('reconciler/heartbeat-missing', 'The reconciler has finished no tick for five minutes.', {
    metric: ownMetric(RECONCILER, 'Ticks', { period: Duration.minutes(1) }),
    at: 1,
    below: true,
    periods: 5,
    missingIsBreaching: true,
  });
  monitoring.medium('reconciler/decision-problems', 'The same tick after tick cannot be carried out.', {
    metric: ownMetric(RECONCILER, 'DecisionProblems'),
    at: 1,
    periods: 3,
  });
  monitoring.high('upgrades/stuck', 'An upgrade runs and none of its steps has changed for hours.', {
    metric: ownMetric(RECONCILER, 'UpgradesStuck', { period: Duration.minutes(15), statistic: Stats.MAXIMUM }),
    at: 1,
    periods: 2,
  });
  const slowly = { period: Duration.hours(1), statistic: Stats.MAXIMUM };
  monitoring.low('rollouts/approval-overdue', 'A wave has waited for its approval for three days.', {
    metric: ownMetric(RECONCILER, 'ApprovalsOverdue', slowly),
    at: 1,
  });
  monitoring.medium(
    'rollouts/gates-not-green',
    'A wave soaks, and one of its gates has not been green for six hours.',
    {
      metric: ownMetric(RECONCILER, 'GatesNotGreen', slowly),
      at: 1,
    },
  );
  // Everything is looked at once an hour: two hours hold at least one look.
  monitoring.medium('rollouts/halted', 'A rollout is halted and waits for a person.', {
    metric: ownMetric(RECONCILER, 'RolloutsHalted', { ...slowly, period: Duration.hours(2) }),
    at: 1,
  });
}
