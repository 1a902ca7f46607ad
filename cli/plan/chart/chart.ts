import type { PlanDocument } from '../../../core/plan/document/plan-schema.ts';
import { xmlText } from '../../output/scan/xml-text.ts';
import { deadlineWords } from '../plan-text.ts';
import { asSentence, dollars, nothingToDo, runsPast, zoneTime } from '../plan-words.ts';
import { type Calendars, drawing, htmlTable } from './drawing.ts';
import { CHART_STYLE } from './time-axis.ts';

/** The number of excluded clusters in the list; the JSON has all of them. */
const MOST_EXCLUDED = 500;

/** One file that a browser shows without network and without script: the summary, the chart, the waves, the excluded clusters, the assumptions. */
export function chart(plan: PlanDocument, calendars: Calendars): string {
  const clusters = plan.waves.reduce((sum, wave) => sum + wave.clusters.length, 0);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Upgrade plan of ${xmlText(plan.now)}</title>
<style>${STYLE}${CHART_STYLE}</style>
</head>
<body>
<h1>Upgrade plan</h1>
${summary(plan, clusters)}
${[...plan.stalled, ...plan.running].map(({ message }) => `<p class="bad">${xmlText(message)}</p>`).join('\n')}
${clusters === 0 ? '' : `${drawing(plan, calendars)}\n${LEGEND}\n`}<h2>Waves</h2>
${waves(plan)}
${excluded(plan)}
<h2>What is assumed</h2>
<ul>${plan.assumptions.map((text) => `<li>${xmlText(text)}</li>`).join('')}</ul>
<p class="hash">Plan ${xmlText(plan.hash)}${plan.binding ? '' : ' (binds no approval)'}</p>
</body>
</html>
`;
}

const LEGEND =
  '<p class="legend"><span class="key bar"></span> upgrade <span class="key soak"></span> soak <span class="key closed"></span> window closed <span class="key ice"></span> freeze. Times on the axis are UTC.</p>';

function summary(plan: PlanDocument, clusters: number): string {
  const { feasible, deadline, limitedBy, eta, costOfWaiting, waves: all, now } = plan;
  const nothing = nothingToDo(plan);
  const past = all.flatMap((wave) => wave.clusters).filter(runsPast).length;
  const end = all
    .flatMap(({ endsAt }) => (endsAt === null ? [] : Date.parse(endsAt)))
    .reduce((a, b) => Math.max(a, b), 0);
  const by = deadline === null ? '' : ` by ${xmlText(zoneTime(deadline, null))}`;
  const verdict =
    nothing !== undefined
      ? xmlText(asSentence(nothing))
      : feasible
        ? `${clusters === 1 ? 'The one cluster' : `All ${clusters} clusters`} can be upgraded${by}.`
        : `The deadline cannot be met${by}: ${xmlText(limitedBy?.change ?? '')}.`;
  const ends: [string, string][] = [
    ['Last upgrade ends', end === 0 ? 'never' : zoneTime(new Date(end).toISOString(), null)],
    ['Half of all chances', eta.p50 === null ? 'does not end' : `by ${zoneTime(eta.p50, null)}`],
    ['Nine of ten chances', eta.p90 === null ? 'does not end' : `by ${zoneTime(eta.p90, null)}`],
    ...(past === 0 ? [] : [['Run past their window', `${past} of ${clusters}`] as [string, string]]),
  ];
  const rows: [string, string][] = [
    ['Planned from', zoneTime(now, null)],
    ['Deadline', deadline === null ? deadlineWords(plan) : zoneTime(deadline, null)],
    ...(nothing === undefined ? ends : []),
    ['Extended support now', `${dollars(costOfWaiting.perDayNow)} a day`],
    ['Until all is done', dollars(costOfWaiting.untilDone)],
    ['Avoided by this plan', dollars(costOfWaiting.avoided)],
  ];
  const cells = rows.map(([name, value]) => `<div><dt>${xmlText(name)}</dt><dd>${xmlText(value)}</dd></div>`).join('');
  return `<p class="${feasible ? 'good' : 'bad'}">${verdict}</p>\n<dl>${cells}</dl>`;
}

function waves({ waves: all }: PlanDocument): string {
  const rows = all.map((wave) => {
    const at = (instant: string | null): string => xmlText(zoneTime(instant, wave.timeZone));
    const count = wave.clusters.length;
    return [
      xmlText(`${wave.policy}/${wave.name}`),
      count === 0 ? 'none' : String(count),
      xmlText(wave.target ?? '-'),
      at(wave.startsAt),
      at(wave.endsAt),
      at(wave.soakUntil),
      String(wave.maxConcurrency),
      count === 0 ? '-' : `${wave.worstCase} of ${count}`,
      dollars(wave.costOfWaiting.avoided),
    ];
  });
  const headers = ['Wave', 'Clusters', 'Target', 'Starts', 'Ends', 'Soaks until', 'At once', 'Fail at worst', 'Avoids'];
  return htmlTable(headers, rows);
}

function excluded({ excluded: all }: PlanDocument): string {
  if (all.length === 0) return '';
  const rows = all
    .slice(0, MOST_EXCLUDED)
    .map(({ name, accountId, region, message }) => [name, accountId, region, message].map(xmlText));
  const more = all.length > MOST_EXCLUDED ? `<p>… and ${all.length - MOST_EXCLUDED} more.</p>` : '';
  return `<h2>Left out</h2>\n${htmlTable(['Cluster', 'Account', 'Region', 'Why'], rows)}${more}`;
}

const STYLE = `
body{font:14px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:1240px;padding:0 1rem;color:#1b1f24;background:#fff}
h1{margin:0 0 .5rem}h2{margin:1.6rem 0 .5rem;font-size:1.1rem}
.good,.bad{padding:.6rem .9rem;border-radius:6px;font-size:1.1rem}.good{background:#e3f5e6}.bad{background:#fde7e5}
dl{display:flex;flex-wrap:wrap;gap:.4rem 2rem}dt{color:#57606a;font-size:.85rem}dd{margin:0;font-weight:600}
.bar{fill:#2563a8;background:#2563a8}.deadline{stroke:#c0261c;stroke-width:2}.late{font-size:11px;fill:#c0261c;text-anchor:end}
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.25rem .6rem;border-bottom:1px solid #e3e7eb;vertical-align:top}
.hash{color:#57606a;font-size:.8rem;overflow-wrap:anywhere}
`;
