import type { PlanDocument, PlanWave } from '../../../core/plan/document/plan-schema.ts';
import { barsOf } from './bars.ts';
import { closedSpans, type ShownCalendar, type Span } from './closed-spans.ts';
import { escaped } from './html-text.ts';
import { type Scale, scaleOf, ticksOf } from './scale.ts';

const WIDTH = 1200;
const LEFT = 210;
const RIGHT = 1180;
const ROW = 16;
const HEAD = 24;
const TOP = 34;
/** More shaded stretches than this are a grey surface that says nothing. */
const MOST_SPANS = 250;

export type Calendars = ReadonlyMap<string, ShownCalendar>;

/** Waves as bands, clusters as bars, closed windows and freezes shaded, the deadline as a line: one SVG. */
export function drawing(plan: PlanDocument, calendars: Calendars): string {
  const scale = scaleOf(plan, LEFT, RIGHT);
  const parts: string[] = [];
  let y = TOP;
  for (const wave of plan.waves) {
    if (wave.clusters.length === 0) continue;
    const { svg, height } = band(wave, calendars, scale, y);
    parts.push(svg);
    y += height;
  }
  const height = y + 10;
  const ticks = ticksOf(scale).map(
    ({ at, text }) =>
      `<line class="tick" x1="${px(scale.x(at))}" x2="${px(scale.x(at))}" y1="${TOP - 6}" y2="${height}"/><text class="axis" x="${px(scale.x(at))}" y="${TOP - 12}">${text}</text>`,
  );
  return [
    `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="Gantt chart of the plan" xmlns="http://www.w3.org/2000/svg">`,
    '<defs><pattern id="frozen" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="8" height="8" class="ice"/><line x1="0" y1="0" x2="0" y2="8" class="hatch"/></pattern></defs>',
    ...ticks,
    ...parts,
    deadlineLine(plan, scale, height),
    '</svg>',
  ].join('\n');
}

function band(wave: PlanWave, calendars: Calendars, scale: Scale, y: number): { svg: string; height: number } {
  const bars = barsOf(wave);
  const height = HEAD + Math.max(1, bars.length) * ROW + 8;
  const own = wave.calendars.flatMap((name) => calendars.get(name) ?? []);
  const shaded = (spans: readonly Span[] | undefined, kind: string): string =>
    (spans ?? []).map(({ from, to }) => rect(kind, scale.x(from), y, scale.x(to) - scale.x(from), height - 2)).join('');
  const closed =
    own.length === 0
      ? []
      : closedSpans(
          own.map(({ open }) => open),
          scale.from,
          scale.to,
          MOST_SPANS,
        );
  const frozen =
    own.length === 0
      ? []
      : closedSpans(
          own.map(({ freezes }) => freezes),
          scale.from,
          scale.to,
          MOST_SPANS,
        );
  const rows = bars.map((bar, index) => {
    const top = y + HEAD + index * ROW;
    const width = Math.max(2, scale.x(bar.to) - scale.x(bar.from));
    return `<text class="label" x="${LEFT - 8}" y="${top + 11}">${escaped(shortened(bar.label))}</text><g><title>${escaped(bar.title)}</title>${rect('bar', scale.x(bar.from), top + 2, width, ROW - 4)}</g>`;
  });
  const soak = wave.endsAt === null || wave.soakUntil === null ? '' : soakBar(wave.endsAt, wave.soakUntil, scale, y);
  const title = `<text class="wave" x="8" y="${y + 17}">${escaped(`${wave.policy}/${wave.name}`)} · ${wave.clusters.length}</text>`;
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

const px = (value: number): string => value.toFixed(1);

const rect = (kind: string, x: number, y: number, width: number, height: number): string =>
  `<rect class="${kind}" x="${px(x)}" y="${px(y)}" width="${px(width)}" height="${px(height)}"/>`;

const shortened = (label: string): string => (label.length > 30 ? `${label.slice(0, 29)}…` : label);
