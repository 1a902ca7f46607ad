import type { DataTables } from './data-tables.ts';

export type DataDescription = ReturnType<typeof describeData>;

const DAY = 24 * 60 * 60 * 1000;

/** How old the tables are, how far they reach and how many rows they have: `liftlock versions data` prints it. */
export function describeData(tables: DataTables, now: Date) {
  const { coverage, ...lists } = tables;
  const counts = Object.entries(lists).map(([name, rows]) => [name, rows.length]);
  const days = Math.floor((now.getTime() - Date.parse(coverage.updatedOn)) / DAY);
  return {
    ...coverage,
    /** Whole days since `updatedOn`, never below 0. */
    ageInDays: Math.max(0, days),
    /** Number of rows of each table, by its name. */
    counts: Object.fromEntries(counts) as Record<keyof typeof lists, number>,
    /** Number of APIs that clusters serve by default, upstream or on EKS. */
    servedByDefault: lists.apis.filter((row) => row.servedByDefault || row.eksServedFrom !== null).length,
    /** Number of rows whose sources do not agree. */
    disputed: lists.apis.filter(({ disagreements }) => disagreements.length > 0).length,
  };
}
