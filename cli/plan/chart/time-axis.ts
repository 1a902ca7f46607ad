export const WIDTH = 1200;
export const LEFT = 210;
const RIGHT = 1180;
/** The top of the first band, below the times. */
export const TOP = 34;

/** Converts instants to positions on a chart; x in pixels. */
export interface Scale {
  readonly from: number;
  readonly to: number;
  x(instant: number): number;
}

/** It leaves a little room after the last instant. */
export function scaleBetween(from: number, last: number): Scale {
  const to = last + (last - from) * 0.03;
  return { from, to, x: (instant) => LEFT + ((instant - from) / (to - from)) * (RIGHT - LEFT) };
}

/** A chart with its parts and the times above them, at full hours or days of UTC. */
export function drawn(scale: Scale, label: string, height: number, parts: readonly string[]): string {
  const ticks = ticksOf(scale).map(
    ({ at, text }) =>
      `<line class="tick" x1="${px(scale.x(at))}" x2="${px(scale.x(at))}" y1="${TOP - 6}" y2="${height}"/><text class="axis" x="${px(scale.x(at))}" y="${TOP - 12}">${text}</text>`,
  );
  return [
    `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${label}" xmlns="http://www.w3.org/2000/svg">`,
    '<defs><pattern id="frozen" width="8" height="8" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="8" height="8" class="ice"/><line x1="0" y1="0" x2="0" y2="8" class="hatch"/></pattern></defs>',
    ...parts,
    ...ticks,
    '</svg>',
  ].join('\n');
}

/** A label that fits left of the time. Of a cluster's id account and Region stay, which tell it from its namesakes. */
export const shortened = (label: string): string => (label.length > 30 ? `${label.slice(0, 29)}…` : label);

export const px = (value: number): string => value.toFixed(1);

export const rect = (kind: string, x: number, y: number, width: number, height: number): string =>
  `<rect class="${kind}" x="${px(x)}" y="${px(y)}" width="${px(width)}" height="${px(height)}"/>`;

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const STEPS = [
  ...[5 * MINUTE, 15 * MINUTE, 30 * MINUTE, HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR],
  ...[DAY, 2 * DAY, 7 * DAY, 14 * DAY, 28 * DAY, 91 * DAY, 364 * DAY],
];
const MOST_TICKS = 14;

function ticksOf({ from, to }: Scale): { readonly at: number; readonly text: string }[] {
  const step = STEPS.find((one) => (to - from) / one <= MOST_TICKS) ?? 364 * DAY;
  const ticks: { at: number; text: string }[] = [];
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) {
    const text = new Date(at).toISOString();
    ticks.push({ at, text: step < DAY ? `${text.slice(5, 10)} ${text.slice(11, 16)}` : text.slice(0, 10) });
  }
  return ticks;
}

/** The style of both charts. */
export const CHART_STYLE = `
svg{width:100%;height:auto;border:1px solid #d5dae0;border-radius:6px}
.band{fill:#f4f6f8}.closed{fill:#dde2e8}.frozen{fill:url(#frozen)}.ice{fill:#cfe6f7;background:#cfe6f7}.hatch{stroke:#5b9bd0;stroke-width:3}
.soak{fill:#e0a83a;background:#e0a83a}.tick{stroke:#c8ced6;stroke-width:.6}
.axis{font-size:10px;text-anchor:middle;fill:#57606a}.label{font-size:10px;text-anchor:end}.wave{font-size:12px;font-weight:600}
.key{display:inline-block;width:1.2em;height:.8em;margin:0 .2em 0 .8em}.key.closed{background:#dde2e8}
`;
