import { MACHINE_NAMES } from '../../core/contracts/names.ts';
import { machineMetric, sumOf } from './metrics.ts';
import type { Monitoring } from './monitoring.ts';

/** Nested executions always succeed and hand their outcome up, so each end is counted once. */
export function machineAlarms(monitoring: Monitoring): void {
  const sum = (metricName: string) =>
    sumOf(
      'machines',
      MACHINE_NAMES.map((name) => machineMetric(name, metricName)),
    );
  monitoring.medium('machines/failed', 'An upgrade, or a step that was started by hand, failed or was blocked.', {
    metric: sum('ExecutionsFailed'),
    at: 1,
  });
  monitoring.high(
    'machines/timed-out',
    'An execution ran into its time limit, which is several times the longest real run.',
    {
      metric: sum('ExecutionsTimedOut'),
      at: 1,
    },
  );
  monitoring.medium('machines/aborted', 'Somebody stopped an execution from outside; its cluster is held.', {
    metric: sum('ExecutionsAborted'),
    at: 1,
  });
  monitoring.medium('machines/throttled', 'Step Functions makes executions wait for their next state.', {
    metric: sum('ExecutionThrottled'),
    at: 1,
    periods: 3,
  });
}
