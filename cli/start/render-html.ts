import { visible } from '../../core/model/visible.ts';
import { resultOf } from '../../simulator/report/bucket.ts';
import type { ClusterReport, RunReport } from '../../simulator/report/report-types.ts';

const COLOURS = { upgraded: '#1a7f37', failed: '#cf222e', held: '#9a6700', excluded: '#6e7781' } as const;
const STEP_COLOURS: Readonly<Record<string, string>> = {
  done: '#2da44e',
  failed: '#cf222e',
  blocked: '#bf8700',
  parked: '#8250df',
  running: '#0969da',
};

/** What a browser must not take for markup. Everything in a report may come from a cluster's tags or from an error text. */
export function escapeHtml(text: string): string {
  return visible(text)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** One self-contained page: no script, no outside resource. */
export function renderHtml(report: RunReport): string {
  const e = escapeHtml;
  const rows = report.clusters.map((cluster) => clusterRow(report, cluster)).join('\n');
  const rollouts = report.rollouts
    .map(
      (rollout) =>
        `<h3>${e(rollout.id)}: ${e(rollout.status)}</h3><table><tr><th>Wave</th><th>Status</th><th>Upgraded</th><th>Failed</th><th>Blocked</th><th>Excluded</th></tr>${rollout.waves
          .map(
            (wave) =>
              `<tr><td>${e(wave.name)}</td><td>${e(wave.status)}</td><td>${wave.upgraded} of ${wave.members}</td><td>${wave.failed}</td><td>${wave.blocked}</td><td>${wave.excluded}</td></tr>`,
          )
          .join('')}</table>`,
    )
    .join('\n');
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Liftlock run report</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:75rem;padding:0 1rem;color:#1f2328}
table{border-collapse:collapse;width:100%;margin:1rem 0}th,td{text-align:left;padding:.4rem .6rem;border-bottom:1px solid #d0d7de;vertical-align:top}
th{font-weight:600;background:#f6f8fa}.bucket{font-weight:600}.reasons{color:#57606a;font-size:13px}svg{display:block}
</style></head><body>
<h1>Liftlock run report</h1>
<p>${e(report.startedAt)} to ${e(report.endedAt)} (virtual time). ${report.totals.upgraded} upgraded, ${report.totals.failed} failed, ${report.totals.held} held, ${report.totals.excluded} excluded.
Every invariant held: ${report.violations.length === 0 ? 'yes' : '<strong>no</strong>'}.</p>
<h2>Clusters</h2>
<table><tr><th>Cluster</th><th>Version</th><th>Result</th><th>Why</th><th>When</th></tr>
${rows}
</table>
<h2>Rollouts</h2>
${rollouts || '<p>None was created.</p>'}
${report.unreadableAccounts.length === 0 ? '' : `<h2>Accounts that could not be read</h2><ul>${report.unreadableAccounts.map((one) => `<li>${e(one.account)} in ${e(one.region)}: ${e(one.reason)}</li>`).join('')}</ul>`}
<h2>Next</h2><ul>${report.next.map((thing) => `<li>${e(thing)}</li>`).join('')}</ul>
<h2>Taken for granted</h2><ul>${report.statements.map((statement) => `<li>${e(statement)}</li>`).join('')}</ul>
</body></html>
`;
}

function clusterRow(report: RunReport, cluster: ClusterReport): string {
  const e = escapeHtml;
  const reasons = cluster.reasons.map((reason) => `<div><b>${e(reason.code)}</b> ${e(reason.message)}</div>`).join('');
  return `<tr><td>${e(cluster.name)}<br><span class="reasons">${e(cluster.account)} ${e(cluster.region)}</span></td><td>${e(cluster.from)} → ${e(cluster.version)}</td><td class="bucket" style="color:${COLOURS[cluster.bucket]}">${e(resultOf(cluster))}${cluster.held ? ', held' : ''}</td><td class="reasons">${reasons}</td><td>${timeline(report, cluster)}</td></tr>`;
}

const WIDTH = 320;

/** The steps of one cluster on the time of the whole run. */
function timeline(report: RunReport, cluster: ClusterReport): string {
  const start = Date.parse(report.startedAt);
  const span = Math.max(1, Date.parse(report.endedAt) - start);
  const at = (time: string) => ((Date.parse(time) - start) / span) * WIDTH;
  const bars = cluster.steps.map((step) => {
    const from = at(step.startedAt);
    const width = Math.max(1, at(step.endedAt ?? report.endedAt) - from);
    const title = `${step.hop} ${step.step}: ${step.status}`;
    return `<rect x="${from.toFixed(1)}" y="3" width="${width.toFixed(1)}" height="12" fill="${STEP_COLOURS[step.status] ?? '#6e7781'}"><title>${escapeHtml(title)}</title></rect>`;
  });
  return `<svg width="${WIDTH}" height="18" role="img" aria-label="steps of ${escapeHtml(cluster.name)}"><line x1="0" x2="${WIDTH}" y1="16.5" y2="16.5" stroke="#d0d7de"/>${bars.join('')}</svg>`;
}
