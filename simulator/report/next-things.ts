import type { RunReport } from './report-types.ts';

/** How the run was asked for. */
export interface Asked {
  /** The folder of the fleet where that is not the example; nobody has to be told to rehearse their own then. */
  readonly ownFleet?: string | undefined;
  /** Where the report is written as a page, if it is. */
  readonly html?: string | undefined;
}

/** What a person would do now, from what the run showed. */
export function nextThings(report: Omit<RunReport, 'next'>, { ownFleet, html }: Asked): string[] {
  // What its turn has not come to needs nobody yet.
  const stopped = report.clusters.filter(
    ({ bucket, status }) => bucket === 'failed' || (bucket === 'held' && status !== 'Pending'),
  );
  const accounts = new Set(report.unreadableAccounts.map(({ account }) => account));
  const fleet = ownFleet === undefined ? '' : ` --fleet ${ownFleet}`;
  const isWhole = report.totals.upgraded === report.clusters.length;
  return [
    ...stopped.map(
      ({ name, goesOn }) => `${name}: ${goesOn ?? `once what blocks it is mended, liftlock retry cluster ${name}`}`,
    ),
    ...[...accounts].map(
      (account) => `account ${account}: deploy the spoke role there (docs/install.md), then: liftlock access check`,
    ),
    ...(isWhole && ownFleet === undefined
      ? ['rehearse your own fleet: npm start -- --fleet my-fleet/ (README, Rehearse your own fleet)']
      : []),
    ...(isWhole || html !== undefined ? [] : [`see it as a page: npm start --${fleet} --html report.html`]),
  ];
}
