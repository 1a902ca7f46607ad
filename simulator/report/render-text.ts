import { visibleLine } from '../../core/model/visible.ts';
import { resultOf } from './bucket.ts';
import type { ClusterReport, RunReport } from './report-types.ts';

/** Wraps a word in the escape codes of a colour; the identity where there are none. */
export type Paint = (colour: 'green' | 'red' | 'yellow' | 'gray' | 'bold', text: string) => string;

const COLOUR = { upgraded: 'green', failed: 'red', held: 'yellow', excluded: 'gray' } as const;
const REASON_WIDTH = 150;

/** The report as text: a table of the clusters, their reasons, the waves, and what to do next. */
export function renderText(report: RunReport, paint: Paint): string {
  const lines = [
    '',
    paint('bold', `Report: ${report.startedAt} to ${report.endedAt} (virtual time)`),
    '',
    ...clusterTable(report.clusters, paint),
    '',
    ...whyNot(report.clusters, paint),
    paint('bold', 'Rollouts'),
    ...report.rollouts.flatMap((rollout) => [
      `  ${rollout.id}: ${rollout.status}, target ${rollout.target}`,
      ...rollout.waves.map(
        (wave) =>
          `    ${wave.name.padEnd(12)} ${wave.status.padEnd(22)} ${wave.succeeded} of ${wave.members} upgraded${tail(wave)}`,
      ),
    ]),
    '',
    ...report.unreadableAccounts.map((account) =>
      paint(
        'yellow',
        `Account ${account.account} in ${account.region} is ${account.status}: ${visibleLine(account.reason.slice(0, REASON_WIDTH))}`,
      ),
    ),
    ...(report.rested
      ? []
      : [paint('yellow', 'The run was cut off while clusters were still moving; --days gives it more time.')]),
    ...report.violations.map((violation) => paint('red', `INVARIANT BROKEN ${violation}`)),
    `${report.clusters.length} ${report.clusters.length === 1 ? 'cluster' : 'clusters'}: ${upgraded(report)}, ${report.totals.failed} failed, ${report.totals.held} held, ${report.totals.excluded} excluded. Every invariant held: ${report.violations.length === 0 ? 'yes' : 'NO'}.`,
    `On AWS the state machines would have made ${report.cost.stateTransitions} transitions ($${report.cost.dollars.toFixed(4)}).`,
    '',
    paint('bold', 'Next'),
    ...report.next.map((thing) => `  - ${thing}`),
    '',
  ];
  return lines.join('\n');
}

function upgraded({ clusters, totals }: RunReport): string {
  const behind = clusters.filter((cluster) => resultOf(cluster) === 'nodes behind').length;
  return `${totals.upgraded} upgraded${behind === 0 ? '' : ` (${behind} with nodes behind)`}`;
}

const tail = (wave: RunReport['rollouts'][number]['waves'][number]): string => {
  const counts = [
    [wave.failed, 'failed'],
    [wave.blocked, 'blocked'],
    [wave.excluded, 'excluded'],
    [wave.quarantined, 'quarantined'],
  ] as const;
  return counts
    .filter(([count]) => count > 0)
    .map(([count, word]) => `, ${count} ${word}`)
    .join('');
};

function clusterTable(clusters: readonly ClusterReport[], paint: Paint): string[] {
  const rows = clusters.map((cluster) => [
    cluster.name,
    cluster.account,
    cluster.region,
    `${cluster.from} → ${cluster.version}`,
    cluster.target ?? '-',
    resultOf(cluster),
    duration(cluster),
    cluster.held ? 'held' : '',
  ]);
  const header = ['CLUSTER', 'ACCOUNT', 'REGION', 'VERSION', 'TARGET', 'RESULT', 'TOOK', ''];
  const widths = header.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [
    paint('gray', line(header)),
    ...rows.map((row, index) => paint(COLOUR[clusters[index]?.bucket ?? 'excluded'], line(row))),
  ];
}

function duration(cluster: ClusterReport): string {
  if (cluster.startedAt === undefined || cluster.endedAt === undefined) return '-';
  const minutes = Math.round((Date.parse(cluster.endedAt) - Date.parse(cluster.startedAt)) / 60_000);
  return minutes < 60 ? `${minutes}m` : `${Math.floor(minutes / 60)}h${String(minutes % 60).padStart(2, '0')}m`;
}

function whyNot(clusters: readonly ClusterReport[], paint: Paint): string[] {
  // Nobody asks why all is well; what was looked at is in the JSON.
  const told = clusters.filter((cluster) => cluster.reasons.some(({ code }) => code !== 'Looked'));
  if (told.length === 0) return [];
  const lines = told.flatMap((cluster) => [
    `  ${paint(COLOUR[cluster.bucket], cluster.name)}`,
    ...cluster.reasons
      .slice(0, 4)
      .map(
        (reason) =>
          `    ${reason.code}: ${visibleLine(reason.message.length > REASON_WIDTH * 2 ? `${reason.message.slice(0, REASON_WIDTH * 2)}…` : reason.message)}`,
      ),
  ]);
  return [paint('bold', 'Why'), ...lines, ''];
}
