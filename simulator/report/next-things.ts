import type { RunReport } from './report-types.ts';

/** What a person would do now, from what the run showed. */
export function nextThings(report: Omit<RunReport, 'next'>): string[] {
  // What its turn has not come to needs nobody yet.
  const stopped = report.clusters.filter(
    ({ bucket, status }) => bucket === 'failed' || (bucket === 'held' && status !== 'Pending'),
  );
  const accounts = new Set(report.unreadableAccounts.map(({ account }) => account));
  const isWhole = report.totals.upgraded === report.clusters.length;
  return [
    ...stopped.map(({ name }) => `${name}: once what blocks it is mended, liftlock retry cluster ${name}`),
    ...[...accounts].map(
      (account) => `account ${account}: deploy the spoke role there (docs/install.md), then: liftlock access check`,
    ),
    isWhole
      ? 'rehearse your own fleet: npm start -- --fleet my-fleet/ (README, Rehearse your own fleet)'
      : 'see it as a page: npm start -- --html report.html',
  ];
}
