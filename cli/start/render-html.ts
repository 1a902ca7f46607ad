import { resultOf, totalsText } from '../../simulator/report/bucket.ts';
import type { ClusterReport, RunReport } from '../../simulator/report/report-types.ts';
import { htmlTable } from '../plan/chart/drawing.ts';
import { CHART_STYLE } from '../plan/chart/time-axis.ts';
import { escaped as e, RUN_LEGEND, RUN_STYLE, runChart } from './run-chart.ts';
import { waveBarSvg, waveWords } from './wave-bar.ts';

/** One self-contained page without script and outside resources. */
export function renderHtml(report: RunReport): string {
  const { startedAt, endedAt, violations, rollouts, unreadableAccounts: accounts } = report;
  const waves = rollouts.map(({ id, status, waves }) => {
    const rows = waves.map((wave) => [e(wave.name), e(wave.status), waveBarSvg(wave), e(waveWords(wave))]);
    return `<h3>${e(id)}: ${e(status)}</h3>${htmlTable(['Wave', 'Status', '', 'Clusters'], rows)}`;
  });
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Liftlock run report</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>${STYLE}${CHART_STYLE}${RUN_STYLE}</style></head><body>
<h1>Liftlock run report</h1>
<p>${e(startedAt)} to ${e(endedAt)} (virtual time). ${totalsText(report.clusters)}.
Every invariant held: ${violations.length === 0 ? 'yes' : '<strong>no</strong>'}.</p>
${listed('Broken invariants', violations)}
${runChart(report)}
${RUN_LEGEND}
<h2>Clusters</h2>
${htmlTable(['Cluster', 'Version', 'Result', 'What blocks it, or was noted'], report.clusters.map(clusterCells))}
<h2>Rollouts</h2>
${waves.join('\n') || '<p>None was created.</p>'}
${listed(
  'Accounts that could not be read',
  accounts.map(({ account, region, reason }) => `${account} in ${region}: ${reason}`),
)}
${listed('Next', report.next)}
${listed('Taken for granted', report.statements)}
</body></html>
`;
}

function clusterCells(cluster: ClusterReport): string[] {
  const { name, account, region, from, version, bucket, held, blockers, reasons } = cluster;
  const told = blockers.map(({ code, what, cause, owner, fix }) => {
    const parts = Object.entries({ cause, owner, fix });
    const known = parts.flatMap(([word, text]) => (text === null ? [] : `<br>${word}: ${e(text)}`));
    return `<div><b>${e(code)}</b> ${e(what)}${known.join('')}</div>`;
  });
  const noted = reasons
    .filter(({ code }) => code !== 'Looked')
    .map(({ code, message }) => `<div><b>${e(code)}</b> ${e(message)}</div>`);
  return [
    `${e(name)}<br><span class="reasons">${e(account)} ${e(region)}</span>`,
    `${e(from)} → ${e(version)}`,
    `<b class="${bucket}">${e(resultOf(cluster))}${held ? ', held' : ''}</b>`,
    `<div class="reasons">${(told.length > 0 ? told : noted).join('')}</div>`,
  ];
}

const listed = (heading: string, texts: readonly string[]): string =>
  texts.length === 0 ? '' : `<h2>${heading}</h2><ul>${texts.map((text) => `<li>${e(text)}</li>`).join('')}</ul>`;

const STYLE = `
body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:75rem;padding:0 1rem;color:#1f2328;background:#fff}
table{border-collapse:collapse;width:100%;margin:1rem 0}th,td{text-align:left;padding:.4rem .6rem;border-bottom:1px solid #d0d7de;vertical-align:top}
th{font-weight:600;background:#f6f8fa}.reasons{color:#57606a;font-size:13px}svg{display:block}.legend{font-size:13px}
.upgraded{color:#1a7f37}.failed{color:#cf222e}.held{color:#9a6700}.excluded{color:#6e7781}td>svg.bar{width:240px;border:0}
`;
