import { KubeVersion } from '../../version/kube-version.ts';
import { latenessPerDay } from '../../version/lateness.ts';
import { SupportCalendar } from '../../version/support-calendar.ts';
import type { Lived } from '../virtual-fleet.ts';
import type { PlanWave } from './plan-schema.ts';

export type Cost = PlanWave['costOfWaiting'];

const DAY = 86_400_000;
const CALENDAR = SupportCalendar.builtIn();

/** Of one cluster, in dollars that are not rounded yet: cents are counted once, in the sum. */
export function costOf(from: string, hops: readonly string[], lived: Lived | undefined, now: Date): Cost {
  const start = now.getTime();
  const forced = datesOf(from).extendedEnd;
  const stay = forced === undefined ? 0 : between(from, start, forced);
  const perDayNow = latenessPerDay(CALENDAR.supportState(KubeVersion.parse(from), now)) ?? 0;
  if (lived?.endedAt === undefined) return { perDayNow, untilDone: stay, avoided: 0 };
  let at = start;
  let version = from;
  let untilDone = 0;
  let untilForced = 0;
  for (const [hop, end] of lived.hopEnds.entries()) {
    untilDone += between(version, at, end);
    untilForced += between(version, at, Math.min(end, forced ?? end));
    at = end;
    version = hops[hop] ?? version;
  }
  if (forced === undefined) return { perDayNow, untilDone, avoided: 0 };
  untilForced += between(version, Math.min(at, forced), forced);
  return { perDayNow, untilDone, avoided: Math.max(0, stay - untilForced) };
}

export function sumOf(costs: readonly Cost[]): Cost {
  const sum = (of: (cost: Cost) => number): number =>
    Math.round(costs.reduce((total, cost) => total + of(cost), 0) * 100) / 100;
  return { perDayNow: sum((c) => c.perDayNow), untilDone: sum((c) => c.untilDone), avoided: sum((c) => c.avoided) };
}

/** What a version costs beyond the standard price; beyond extended support EKS bills the same until it upgrades (facts: eks.md §1.4). */
function between(version: string, from: number, to: number): number {
  const { standardEnd } = datesOf(version);
  if (standardEnd === undefined) return 0;
  return (Math.max(0, to - Math.max(from, standardEnd)) / DAY) * (latenessPerDay('extended') ?? 0);
}

interface Dates {
  readonly standardEnd: number | undefined;
  readonly extendedEnd: number | undefined;
}

const known = new Map<string, Dates>();

function datesOf(version: string): Dates {
  const before = known.get(version);
  if (before !== undefined) return before;
  // Dates do not depend on the instant that is asked about.
  const { endOfStandardSupport, endOfExtendedSupport } = CALENDAR.supportStatus(
    KubeVersion.parse(version),
    new Date(0),
  );
  const dates = { standardEnd: endOfStandardSupport?.getTime(), extendedEnd: endOfExtendedSupport?.getTime() };
  known.set(version, dates);
  return dates;
}
