import { closedSpans, frozenSpans } from '../../../core/calendar/closed-spans.ts';
import type { CompiledCalendar } from '../../../core/calendar/compile-calendar.ts';
import type { Span } from '../../../core/calendar/spans.ts';
import { batchesOf } from '../../../core/model/batches.ts';
import { shortId } from '../../../core/model/cluster-key.ts';
import { apart } from '../../../core/model/words.ts';
import type { PlanCluster, PlanDocument, PlanWave } from '../../../core/plan/document/plan-schema.ts';
import { xmlText } from '../../output/scan/xml-text.ts';
import { pastWords, runsPast } from '../plan-words.ts';
import { drawn, LEFT, px, rect, type Scale, scaleBetween, shortened, TOP, WIDTH } from './time-axis.ts';

const ROW = 16;
const HEAD = 24;

export type Calendars = ReadonlyMap<string, CompiledCalendar>;

/** Draws waves as bands, clusters as bars, closed windows and freezes shaded, and the deadline as a line, in one SVG. */
export function drawing(plan: PlanDocument, calendars: Calendars): string {
  const scale = scaleOf(plan);
  const parts: string[] = [];
  let y = TOP;
  const nameOf = apart(
    plan.waves.flatMap(({ clusters }) => clusters),
    ({ name }) => name,
    ({ accountId: account, region, name }) => shortId({ account, region, name }),
  );
  for (const wave of plan.waves) {
    if (wave.clusters.length === 0) continue;
    const { svg, height } = band(wave, calendars, scale, y, nameOf);
    parts.push(svg);
    y += height;
  }
  const height = y + 10;
  return drawn(scale, 'Gantt chart of the plan', height, [...parts, deadlineLine(plan, scale, height)]);
}

function band(
  wave: PlanWave,
  calendars: Calendars,
  scale: Scale,
  y: number,
  nameOf: (cluster: PlanCluster) => string,
): { svg: string; height: number } {
  const bars = barsOf(wave, nameOf);
  const height = HEAD + Math.max(1, bars.length) * ROW + 8;
  const own = wave.calendars.flatMap((name) => calendars.get(name) ?? []);
  const shaded = (spans: readonly Span[] | undefined, kind: string): string =>
    (spans ?? []).map(({ from, to }) => rect(kind, scale.x(from), y, scale.x(to) - scale.x(from), height - 2)).join('');
  const closed = closedSpans(own, scale);
  const frozen = frozenSpans(own, scale);
  const rows = bars.map((bar, index) => {
    const top = y + HEAD + index * ROW;
    const width = Math.max(2, scale.x(bar.to) - scale.x(bar.from));
    return `<text class="label" x="${LEFT - 8}" y="${top + 11}">${xmlText(shortened(bar.label))}</text><g><title>${xmlText(bar.title)}</title>${rect('bar', scale.x(bar.from), top + 2, width, ROW - 4)}</g>`;
  });
  const soak = wave.endsAt === null || wave.soakUntil === null ? '' : soakBar(wave.endsAt, wave.soakUntil, scale, y);
  const title = `<text class="wave" x="8" y="${y + 17}">${xmlText(`${wave.policy}/${wave.name}`)} · ${wave.clusters.length}</text>`;
  const svg = `<g>${rect('band', 0, y, WIDTH, height - 2)}${shaded(closed, 'closed')}${shaded(frozen, 'frozen')}${title}${soak}\n${rows.join('\n')}</g>`;
  return { svg, height };
}

const soakBar = (from: string, to: string, scale: Scale, y: number): string => {
  const [start, end] = [scale.x(Date.parse(from)), scale.x(Date.parse(to))];
  return `<g><title>soaks until ${to}</title>${rect('soak', start, y + 6, Math.max(2, end - start), 10)}</g>`;
};

function deadlineLine({ deadline }: PlanDocument, scale: Scale, height: number): string {
  if (deadline === null) return '';
  const at = Date.parse(deadline);
  if (at < scale.from || at > scale.to) return '';
  const x = px(scale.x(at));
  return `<line class="deadline" x1="${x}" x2="${x}" y1="${TOP - 6}" y2="${height}"/><text class="late" x="${x}" y="${height - 2}">deadline</text>`;
}

/** One bar of the chart: a cluster, or several that follow each other in the order of their wave. */
type Bar = ReturnType<typeof barOfSeveral>;

/** A wave with more clusters is drawn with this number of bars, each for several clusters. */
const MOST_BARS = 40;

function barsOf({ clusters }: PlanWave, nameOf: (cluster: PlanCluster) => string): Bar[] {
  const planned = clusters.filter((cluster): cluster is Dated => cluster.start !== null && cluster.end !== null);
  const size = Math.ceil(planned.length / MOST_BARS);
  if (size <= 1) return planned.map((cluster) => barOf(cluster, nameOf(cluster)));
  return batchesOf(planned, size).map((several) => barOfSeveral(several, nameOf));
}

type Dated = PlanCluster & { readonly start: string; readonly end: string };

const barOf = ({ name, from, hops, start, end, accountId, region, reasons }: Dated, label: string): Bar => ({
  label,
  title: `${name} (${accountId}, ${region}) ${[from, ...hops].join(' → ')}: ${start} to ${end}${runsPast({ reasons }) ? `. ${pastWords(reasons)}` : ''}`,
  from: Date.parse(start),
  to: Date.parse(end),
});

function barOfSeveral(clusters: readonly Dated[], nameOf: (cluster: PlanCluster) => string) {
  const from = clusters.reduce((least, { start }) => Math.min(least, Date.parse(start)), Number.POSITIVE_INFINITY);
  const to = clusters.reduce((most, { end }) => Math.max(most, Date.parse(end)), 0);
  const [first, last] = [clusters[0], clusters.at(-1)];
  const named = (one: Dated | undefined) => (one === undefined ? '' : nameOf(one));
  return {
    label: clusters.length === 1 ? named(first) : `${clusters.length} clusters`,
    title: `${clusters.length} clusters, ${named(first)} (${first?.position}) to ${named(last)} (${last?.position}): ${new Date(from).toISOString()} to ${new Date(to).toISOString()}`,
    from,
    to,
  };
}

const HOUR = 3_600_000;

/** From the plan's now to its last known instant. */
function scaleOf({ now, waves, deadline }: PlanDocument): Scale {
  const from = Date.parse(now);
  const known = [...waves.flatMap(({ startsAt, endsAt, soakUntil }) => [startsAt, endsAt, soakUntil]), deadline];
  const last = known.flatMap((at) => (at === null ? [] : Date.parse(at))).reduce((a, b) => Math.max(a, b), from + HOUR);
  return scaleBetween(from, last);
}

/** Cells contain HTML already. */
export function htmlTable(headers: readonly string[], rows: readonly (readonly string[])[]): string {
  const head = headers.map((header) => `<th scope="col">${xmlText(header)}</th>`).join('');
  const body = rows.map((row) => `<tr>${row.map((cell) => `<td>${cell}</td>`).join('')}</tr>`).join('\n');
  return `<table><thead><tr>${head}</tr></thead><tbody>\n${body}\n</tbody></table>`;
}
