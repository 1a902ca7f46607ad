import type { PlanDocument } from '../../../core/plan/document/plan-schema.ts';

/** Where instants stand on the chart; x in pixels. */
export interface Scale {
  readonly from: number;
  readonly to: number;
  readonly left: number;
  readonly right: number;
  x(instant: number): number;
}

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** From the plan's now to the last thing that it knows, with a little room after it. */
export function scaleOf({ now, waves, deadline }: PlanDocument, left: number, right: number): Scale {
  const from = Date.parse(now);
  const known = [...waves.flatMap(({ startsAt, endsAt, soakUntil }) => [startsAt, endsAt, soakUntil]), deadline];
  const last = known.flatMap((at) => (at === null ? [] : Date.parse(at))).reduce((a, b) => Math.max(a, b), from + HOUR);
  const to = last + (last - from) * 0.03;
  return { from, to, left, right, x: (instant) => left + ((instant - from) / (to - from)) * (right - left) };
}

const STEPS = [HOUR, 3 * HOUR, 6 * HOUR, 12 * HOUR, DAY, 2 * DAY, 7 * DAY, 14 * DAY, 28 * DAY, 91 * DAY, 364 * DAY];
const MOST_TICKS = 14;

/** Full hours or days of UTC along the axis, and how they are written. */
export function ticksOf({ from, to }: Scale): { readonly at: number; readonly text: string }[] {
  const step = STEPS.find((one) => (to - from) / one <= MOST_TICKS) ?? 364 * DAY;
  const ticks: { at: number; text: string }[] = [];
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) {
    const text = new Date(at).toISOString();
    ticks.push({ at, text: step < DAY ? `${text.slice(5, 10)} ${text.slice(11, 16)}` : text.slice(0, 10) });
  }
  return ticks;
}
