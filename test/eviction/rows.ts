import type { EvictionRow } from './eviction-row.ts';
import { rowsOfControllers } from './rows-of-controllers.ts';
import { rowsOfCounts } from './rows-of-counts.ts';
import { rowsOfEvictions } from './rows-of-evictions.ts';
import { rowsOfStatuses } from './rows-of-statuses.ts';

export type { Eviction, EvictionRow, Expectation } from './eviction-row.ts';

/** What Kubernetes does with evictions: the fake API servers are judged by these rows, and so is whoever foresees a drain. */
export const evictionRows: readonly EvictionRow[] = [
  ...rowsOfCounts,
  ...rowsOfControllers,
  ...rowsOfEvictions,
  ...rowsOfStatuses,
];
