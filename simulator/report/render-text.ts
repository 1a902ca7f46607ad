import { visibleLine } from '../../core/model/visible.ts';
import { resultOf } from './bucket.ts';
import type { ClusterReport, RunReport } from './report-types.ts';

/** Wraps a word in the escape codes of a colour; the identity where there are none. */
export type Paint = (colour: 'green' | 'red' | 'yellow' | 'gray' | 'bold', text: string) => string;

const COLOUR = { upgraded: 'green', failed: 'red', held: 'yellow', excluded: 'gray' } as const;
/** What is written where nobody knows how wide the place is. */
const WIDTH = 120;

/** The report as text: a table of the clusters, their reasons in whole, the waves, and what to do next. `width`: columns of the terminal. */
export function renderText(report: RunReport, paint: Paint, width = WIDTH): string {
  const lines = [
    '',
    paint('bold', `Report: ${report.startedAt} to ${report.endedAt} (virtual time)`),
    '',
    ...clusterTable(report.clusters, paint),
    '',
    ...whyNot(report.clusters, paint, width),
    paint('bold', 'Rollouts'),
    ...report.rollouts.flatMap((rollout) => [
      `  ${rollout.id}: ${rollout.status}, target ${rollout.target}`,
      ...rollout.waves.map(
        (wave) =>
          `    ${wave.name.padEnd(12)} ${wave.status.padEnd(22)} ${wave.succeeded} of ${wave.members} upgraded${tail(wave)}`,
      ),
    ]),
    '',
    ...report.unreadableAccounts.flatMap(({ account, region, status, reason }) =>
      wrapped(`Account ${account} in ${region} is ${status}: ${reason}`, '', width).map((line) =>
        paint('yellow', line),
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

function whyNot(clusters: readonly ClusterReport[], paint: Paint, width: number): string[] {
  // Nobody asks why all is well; what was looked at is in the JSON.
  const told = clusters
    .map(({ reasons, ...cluster }) => ({ ...cluster, reasons: reasons.filter(({ code }) => code !== 'Looked') }))
    .filter(({ reasons }) => reasons.length > 0);
  if (told.length === 0) return [];
  const lines = told.flatMap((cluster) => [
    `  ${paint(COLOUR[cluster.bucket], cluster.name)}`,
    ...cluster.reasons.flatMap(({ code, message }) => wrapped(`${code}: ${message}`, '    ', width)),
  ]);
  return [paint('bold', 'Why'), ...lines, ''];
}

/** Lines of whole words, the second and later ones a step further in; a word that is longer than a line has one of its own. */
export function wrapped(text: string, indent: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of visibleLine(text).split(' ')) {
    const begun = lines.length === 0 ? indent : `${indent}  `;
    if (line !== '' && begun.length + line.length + 1 + word.length > width) {
      lines.push(`${begun}${line}`);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, `${lines.length === 0 ? indent : `${indent}  `}${line}`];
}
