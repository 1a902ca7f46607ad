import { Duration } from 'aws-cdk-lib/core';
import type { FunctionName } from '../../core/contracts/names.ts';
import { FUNCTION_GROUPS, type FunctionGroup, GROUP_NAMES } from './function-groups.ts';
import { lambdaMetric, ownMetric, sumOf } from './metrics.ts';
import type { Monitoring } from './monitoring.ts';

/** Faults of the reconciler and of steps leave clusters half-way; the others only make Liftlock's knowledge older. */
const SEVERITY: Readonly<Record<FunctionGroup, 'high' | 'medium'>> = {
  reconciler: 'high',
  inventory: 'medium',
  upgrades: 'high',
  api: 'medium',
  audit: 'medium',
};

/** What comes once an hour cannot fail in three periods of five minutes; it rings when no run came to its end for three hours. */
const HOURLY: Readonly<Partial<Record<FunctionName, { readonly path: string; readonly description: string }>>> = {
  'discover-clusters': {
    path: 'inventory/discovery-missing',
    description: 'No discovery of clusters has come to its end for three hours.',
  },
  'watch-versions': {
    path: 'inventory/versions-missing',
    description: 'Nobody has asked for three hours which versions EKS offers.',
  },
};

/** Faults and throttles, by group. A single fault is retried by whoever called; three periods in a row are not passing. */
export function functionAlarms(monitoring: Monitoring): void {
  for (const group of GROUP_NAMES) {
    const functions = FUNCTION_GROUPS[group].filter((name) => HOURLY[name] === undefined);
    const sum = (metricName: string) =>
      sumOf(
        group,
        functions.map((name) => lambdaMetric(name, metricName)),
      );
    monitoring[SEVERITY[group]](`${group}/function-errors`, `Functions of the group ${group} fail again and again.`, {
      metric: sum('Errors'),
      at: 1,
      periods: 3,
    });
    monitoring.medium(`${group}/function-throttles`, `Lambda turns calls of the group ${group} away.`, {
      metric: sum('Throttles'),
      at: group === 'upgrades' ? 50 : 10,
      periods: 3,
    });
  }
  const hour = { period: Duration.hours(1) };
  for (const [name, { path, description }] of Object.entries(HOURLY)) {
    const metric = ownMetric(name as FunctionName, 'Runs', hour);
    monitoring.medium(path, description, { metric, at: 1, below: true, periods: 3, missingIsBreaching: true });
  }
  monitoring.low(
    'inventory/accounts-unreadable',
    'Accounts or Regions of the fleet could not be read for three hours.',
    {
      metric: ownMetric('discover-clusters', 'ScopesUnreadable', hour),
      at: 1,
      periods: 3,
    },
  );
  monitoring.low('inventory/regions-unreadable', 'In some Region nobody could say which versions EKS offers.', {
    metric: ownMetric('watch-versions', 'RegionsUnreadable', hour),
    at: 1,
    periods: 3,
  });
}
