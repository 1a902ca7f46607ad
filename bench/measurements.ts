/**
 * Every measurement, by the name of its file under `measure/`, with the options that its Node needs. Each runs in a process of its own, one
 * after the other.
 */
export const MEASUREMENTS = {
  'start-command': [],
  'local-cloud': [],
  'test-suite': [],
  wire: [],
  'help-command': [],
  'function-bundles': [],
  expressions: [],
  'reconcile-tick': ['--expose-gc'],
  'full-look': [],
  'idle-tick': [],
  'table-requests': [],
  'cluster-hop': [],
  'longest-upgrade': [],
  'state-language': [],
  'table-transactions': [],
  'scan-manifests': [],
  'scan-one-file': [],
  'scan-live': [],
  drain: [],
  'probe-power': [],
  'thousand-nodes': ['--max-old-space-size=224', '--max-semi-space-size=4'],
  readiness: [],
  calendar: [],
  makespan: [],
  'plan-error': [],
  'simulated-rollouts': ['--max-semi-space-size=128', '--single-threaded-gc'],
  plan: [],
  'plan-command': [],
} as const satisfies Record<string, readonly string[]>;
export type MeasurementName = keyof typeof MEASUREMENTS;
export const MEASUREMENT_NAMES = Object.keys(MEASUREMENTS) as readonly MeasurementName[];
