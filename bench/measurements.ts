/** Every measurement, by the name of its file under `measure/`. Each runs in a process of its own, one after the other. */
export const MEASUREMENTS = [
  'start-command',
  'help-command',
  'function-bundles',
  'reconcile-tick',
  'idle-tick',
  'cluster-hop',
  'longest-upgrade',
  'state-language',
  'table-transactions',
] as const;
export type MeasurementName = (typeof MEASUREMENTS)[number];
