import { shortId } from '../../core/model/cluster-key.ts';
import { shellWord } from '../../core/model/shell-word.ts';
import { apart } from '../../core/model/words.ts';
import type { ClusterReport, RunReport } from './report-types.ts';

/** The request for the run. */
export interface Asked {
  /** The folder of the fleet unless it is the example, for which the report suggests a rehearsal of one's own. */
  readonly ownFleet?: string | undefined;
  /** The path of the report as a page, if there is one. */
  readonly html?: string | undefined;
  /** Whether the fleet goes on after the report, so that commands find it. */
  readonly serve?: boolean;
}

/** The next actions for a person, from the results of the run. */
export function nextThings(report: Omit<RunReport, 'next'>, { ownFleet, html, serve = false }: Asked): string[] {
  // A cluster before its turn needs no action yet.
  const stopped = report.clusters.filter(
    ({ bucket, status }) => bucket === 'failed' || (bucket === 'held' && status !== 'Pending'),
  );
  const accounts = new Set(report.unreadableAccounts.map(({ account }) => account));
  const fleet = ownFleet === undefined ? '' : ` --fleet ${shellWord(ownFleet)}`;
  const nameOf = apart(report.clusters, ({ name }) => name, shortId);
  const isWhole = report.totals.upgraded === report.clusters.length;
  return [
    ...stopped.map((one) => `${nameOf(one)}: ${goesOn(one, nameOf(one))}`),
    ...report.rollouts.flatMap(({ id, resume }) =>
      resume === undefined ? [] : `rollout ${id} is halted: once somebody has looked at why, ${resume}`,
    ),
    ...[...accounts].map(
      (account) => `account ${account}: deploy the spoke role there (docs/install.md), then: liftlock access check`,
    ),
    ...(serve || stopped.length + accounts.size === 0
      ? []
      : [`try such commands here: npm start --${fleet} --serve keeps the fleet running for bin/liftlock`]),
    ...(isWhole && ownFleet === undefined
      ? ['rehearse your own fleet: npm start -- --fleet my-fleet/ (README, Rehearse your own fleet)']
      : []),
    ...(isWhole || html !== undefined ? [] : [`see it as a page: npm start --${fleet} --html report.html`]),
  ];
}

/** One that is set aside is refused a retry: what suspects it is taken back. */
function goesOn({ goesOn: condition, status }: ClusterReport, name: string): string {
  if (status === 'Quarantined') return `what lets it go on says: liftlock explain cluster ${name}`;
  return condition ?? `once what blocks it is mended, liftlock retry cluster ${name}`;
}
