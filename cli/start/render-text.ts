import { shortId } from '../../core/model/cluster-key.ts';
import { visibleLine } from '../../core/model/visible.ts';
import { apart, counted } from '../../core/model/words.ts';
import { resultOf, totalsText } from '../../simulator/report/bucket.ts';
import type { ClusterReport, RunReport } from '../../simulator/report/report-types.ts';
import type { Paint } from '../command/io.ts';
import { blockerLines, tableLines, wrapped } from '../output/print.ts';
import { BAR, legend, waveBar, waveWords } from './wave-bar.ts';

const COLOUR = { upgraded: 'green', failed: 'red', held: 'yellow', excluded: 'dim' } as const;

/** The report as text: a table of the clusters, all their blockers, the waves, and what to do next. Long sentences are wrapped. */
export function renderText(report: RunReport, { paint, columns }: { paint: Paint; columns: number }): string {
  const wrap = (text: string, indent: string): string[] => wrapped(visibleLine(text), columns, indent);
  const { clusters, rollouts, unreadableAccounts, violations, cost } = report;
  const nameOf = apart(clusters, ({ name }) => name, shortId);
  const lines = [
    '',
    paint('bold', `Report: ${report.startedAt} to ${report.endedAt} (virtual time)`),
    '',
    ...clusterTable(clusters, paint),
    ...section('What blocks', clusters.filter(({ blockers }) => blockers.length > 0).flatMap(blockedLines)),
    ...section('Also noted', clusters.flatMap(notedLines)),
    ...section('Rollouts', rolloutSection()),
    ...section('Accounts that could not be read', unreadableAccounts.flatMap(accountLines)),
    '',
    ...(report.rested
      ? []
      : [paint('yellow', 'The run was cut off while clusters were still moving; --days gives it more time.')]),
    ...violations.map((violation) => paint('red', `INVARIANT BROKEN ${violation}`)),
    `${counted(clusters.length, 'cluster')}: ${totalsText(clusters)}. Every invariant held: ${violations.length === 0 ? 'yes' : 'NO'}.`,
    `On AWS the state machines would have made ${cost.stateTransitions} transitions ($${cost.dollars.toFixed(4)}).`,
    ...section(
      'Next',
      report.next.flatMap((thing) => wrap(`  - ${thing}`, '    ')),
    ),
    '',
  ];
  return lines.join('\n');

  function section(heading: string, of: readonly string[]): string[] {
    return of.length === 0 ? [] : ['', paint('bold', heading), ...of];
  }

  function blockedLines(cluster: ClusterReport): string[] {
    const { bucket, version, target } = cluster;
    const aim = target === undefined || target === version ? '' : `, target ${target}`;
    return [
      `  ${paint(COLOUR[bucket], nameOf(cluster))}  ${resultOf(cluster)} at ${version}${aim}`,
      ...cluster.blockers
        .flatMap((one) => blockerLines(one, '    '))
        .flatMap((line) => wrap(line, `${/^ */.exec(line)?.[0]}  `)),
    ];
  }

  /** Reasons of clusters that nothing blocks; the JSON has what a step looked at where all is well. */
  function notedLines(cluster: ClusterReport): string[] {
    const { bucket, blockers, reasons } = cluster;
    const noted = blockers.length > 0 ? [] : reasons.filter(({ code }) => code !== 'Looked');
    if (noted.length === 0) return [];
    const told = noted.flatMap(({ code, message }) => wrap(`    ${code}: ${message}`, '      '));
    return [`  ${paint(COLOUR[bucket], nameOf(cluster))}`, ...told];
  }

  function rolloutSection(): string[] {
    const waves = rollouts.flatMap((rollout) => rollout.waves);
    return rollouts.length === 0
      ? []
      : [...rollouts.flatMap(rolloutLines), ...wrapped(`  ${legend(waves, paint)}`, columns, '  ')];
  }

  function rolloutLines({ id, status, target, waves }: RunReport['rollouts'][number]): string[] {
    const rows = waves.map((wave) => [`    ${wave.name}`, wave.status, waveBar(wave, BAR, paint), waveWords(wave)]);
    return [`  ${id}: ${status}, target ${target}`, ...tableLines(['', '', '', ''], rows).slice(1)];
  }

  function accountLines({ account, region, status, reason }: RunReport['unreadableAccounts'][number]): string[] {
    const [head = '', ...rest] = wrap(`  ${account} in ${region} is ${status}: ${reason}`, '    ');
    return [head, ...rest].map((line) => paint('yellow', line));
  }
}

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
  const headers = ['CLUSTER', 'ACCOUNT', 'REGION', 'VERSION', 'TARGET', 'RESULT', 'TOOK', ''];
  const [header = '', ...body] = tableLines(
    headers,
    rows.map((row) => row.map(visibleLine)),
  );
  return [
    paint('dim', header),
    ...body.map((line, index) => paint(COLOUR[clusters[index]?.bucket ?? 'excluded'], line)),
  ];
}

function duration({ startedAt, endedAt }: ClusterReport): string {
  if (startedAt === undefined || endedAt === undefined) return '-';
  const minutes = Math.round((Date.parse(endedAt) - Date.parse(startedAt)) / 60_000);
  return minutes < 60 ? `${minutes}m` : `${Math.floor(minutes / 60)}h${String(minutes % 60).padStart(2, '0')}m`;
}
