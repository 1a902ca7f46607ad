import type { DataCoverage, DataTables } from './data-tables.ts';

/** How old the tables are, how far they reach and how much is in them: what `liftlock versions data` prints. */
export interface DataDescription extends DataCoverage {
  /** Whole days since `updatedOn`, never below 0. */
  readonly ageInDays: number;
  /** Entries of each table, by its name. */
  readonly counts: Readonly<Record<Exclude<keyof DataTables, 'coverage'>, number>>;
  /** Rows of APIs that clusters serve without being told to, on EKS or anywhere. */
  readonly servedByDefault: number;
  /** Rows whose sources do not agree. */
  readonly disputed: number;
}

const DAY = 24 * 60 * 60 * 1000;

export function describeData(tables: DataTables, now: Date): DataDescription {
  const { coverage, ...lists } = tables;
  const counts = Object.entries(lists).map(([name, rows]) => [name, rows.length]);
  const days = Math.floor((now.getTime() - Date.parse(coverage.updatedOn)) / DAY);
  return {
    ...coverage,
    ageInDays: Math.max(0, days),
    counts: Object.fromEntries(counts) as DataDescription['counts'],
    servedByDefault: lists.apis.filter((row) => row.servedByDefault || row.eksServedFrom !== null).length,
    disputed: lists.apis.filter(({ disagreements }) => disagreements.length > 0).length,
  };
}
