import fc from 'fast-check';
import { calendarOf } from '../../test/material/calendar/calendar-of.ts';
import { holds, type ModelRule, type WallClock, wallClock } from '../../test/material/calendar/minute-model.ts';
import { calendarStateAt } from './calendar-state.ts';
import type { CompiledCalendar } from './compile-calendar.ts';
import { nextOpenings } from './next-openings.ts';

const MINUTE = 60_000;
const DAY = 24 * 60;
/** Rules last at most two days, so after four days everything that began before the model's first minute has ended. */
const LEAD = 4 * DAY;
const LOOK = 4 * DAY;

/** Around clock changes of many kinds, and some quiet weeks. */
const scenes = [
  ['Europe/Berlin', '2026-03-29'],
  ['Europe/Berlin', '2026-10-25'],
  ['America/New_York', '2026-03-08'],
  ['America/New_York', '2026-11-01'],
  ['Australia/Lord_Howe', '2026-10-04'],
  ['Australia/Lord_Howe', '2026-04-05'],
  ['Pacific/Auckland', '2026-09-27'],
  ['America/Sao_Paulo', '2018-11-04'],
  ['Africa/Casablanca', '2025-02-23'],
  ['Pacific/Apia', '2011-12-30'],
  ['Asia/Kathmandu', '2026-06-01'],
  ['Asia/Tokyo', '2026-12-31'],
] as const;

const clocks = new Map<string, WallClock>();
function clockOf(zone: string, centre: string): WallClock {
  const from = Date.parse(`${centre}T00:00Z`) - (LEAD + LOOK / 2) * MINUTE;
  const kept = clocks.get(`${zone} ${centre}`) ?? wallClock(zone, from, LEAD + LOOK);
  clocks.set(`${zone} ${centre}`, kept);
  return kept;
}

const field = (most: number, least = 0) =>
  fc.oneof(
    { weight: 3, arbitrary: fc.integer({ min: least, max: most }).map(String) },
    { weight: 1, arbitrary: fc.constant('*') },
    { weight: 1, arbitrary: fc.integer({ min: 2, max: 20 }).map((step) => `*/${Math.min(step, most)}`) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(fc.integer({ min: least, max: most }), fc.integer({ min: least, max: most }))
        .map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`),
    },
  );
const hour = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom('0', '1', '2', '3', '1,2,3', '2-3') },
  { weight: 2, arbitrary: field(23) },
);
const dayOfMonth = fc.oneof(
  { weight: 4, arbitrary: fc.constant('*') },
  { weight: 1, arbitrary: field(31, 1) },
  { weight: 1, arbitrary: fc.constant('L') },
);
const dayOfWeek = fc.oneof(
  { weight: 4, arbitrary: fc.constant('*') },
  { weight: 1, arbitrary: fc.constantFrom('MON-THU', 'SUN', '7', '6-7', 'SUN#1', 'SAT#L', 'MON#4', '1,3,5') },
  { weight: 1, arbitrary: fc.integer({ min: 2, max: 4 }).map((step) => `*/${step}`) },
);
const cron = fc.tuple(field(59), hour, dayOfMonth, dayOfWeek).map(([m, h, d, w]) => `${m} ${h} ${d} * ${w}`);
const rule: fc.Arbitrary<ModelRule> = fc.oneof(
  fc.record({
    schedule: cron,
    minutes: fc.oneof(fc.integer({ min: 1, max: 300 }), fc.integer({ min: 300, max: 2 * DAY })),
  }),
  // The model may have ends every day, as far as it knows what is open at its first minute.
  fc.record({ schedule: cron, end: fc.tuple(field(59), hour).map(([m, h]) => `${m} ${h} * * *`) }),
);
const draft = fc.record({ windows: fc.array(rule, { maxLength: 3 }), freezes: fc.array(rule, { maxLength: 2 }) });
const scene = fc.constantFrom(...scenes);

type Draft = { windows: readonly ModelRule[]; freezes: readonly ModelRule[] };

const specOf = ({ schedule, minutes, end }: ModelRule) =>
  end === undefined ? { schedule, duration: `${minutes}m` } : { schedule, end };

function compiled(zone: string, { windows, freezes }: Draft): CompiledCalendar {
  const calendar = calendarOf({ timeZone: zone, windows: windows.map(specOf), freezes: freezes.map(specOf) });
  // A schedule that never fires is a mistake, and closes for ever (calendar-state.test.ts); the model has no mistakes.
  fc.pre(calendar.problems.length === 0);
  return calendar;
}

/** Minute by minute. */
function model(drafts: readonly Draft[], clock: WallClock): boolean[] {
  const parts = drafts.map(({ windows, freezes }) => ({
    windows: windows.map((window) => holds(window, clock)),
    freezes: freezes.map((freeze) => holds(freeze, clock)),
  }));
  return clock.shown.map((_, index) =>
    parts.every(
      ({ windows, freezes }) =>
        (windows.length === 0 || windows.some((window) => window[index] === true)) &&
        !freezes.some((freeze) => freeze[index] === true),
    ),
  );
}

/** The next minute that differs from this one; undefined when it is beyond the model. */
function nextChange(open: readonly boolean[], index: number): number | undefined {
  const found = open.findIndex((value, later) => later > index && value !== open[index]);
  return found < 0 ? undefined : found;
}

test('the state, and when it changes, are those of walking through the wall clock minute by minute', () => {
  fc.assert(
    fc.property(
      scene,
      fc.array(draft, { minLength: 1, maxLength: 3 }),
      fc.array(fc.integer({ min: LEAD, max: LEAD + LOOK - 1 }), { minLength: 12, maxLength: 12 }),
      ([zone, centre], drafts, looks) => {
        const clock = clockOf(zone, centre);
        const open = model(drafts, clock);
        const calendars = drafts.map((one) => compiled(zone, one));
        const changes = open.flatMap((value, index) => (index > LEAD && value !== open[index - 1] ? [index] : []));
        for (const index of [...looks, ...changes.slice(0, 20), ...changes.slice(0, 20).map((change) => change - 1)]) {
          const state = calendarStateAt(calendars, new Date(clock.from + index * MINUTE));
          const change = nextChange(open, index);
          const expected = change === undefined ? undefined : clock.from + change * MINUTE;
          const found = (state.open ? state.closesAt : state.opensAt)?.getTime();
          expect([index, state.open]).toEqual([index, open[index]]);
          expect(state.open ? state.opensAt : state.closesAt).toBeNull();
          if (expected !== undefined) expect([index, found]).toEqual([index, expected]);
          else
            expect(found ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(clock.from + clock.shown.length * MINUTE);
        }
      },
    ),
    { numRuns: 60 },
  );
});

test('within a minute nothing changes', () => {
  fc.assert(
    fc.property(scene, draft, fc.integer({ min: LEAD, max: LEAD + LOOK - 1 }), ([zone, centre], one, index) => {
      const clock = clockOf(zone, centre);
      const calendar = [compiled(zone, one)];
      const at = clock.from + index * MINUTE;
      const first = calendarStateAt(calendar, new Date(at));
      expect(calendarStateAt(calendar, new Date(at + MINUTE - 1))).toEqual(first);
    }),
  );
});

test('several calendars are open when each of them is, and freezes win over every window', () => {
  fc.assert(
    fc.property(
      scene,
      fc.array(draft, { maxLength: 3 }),
      rule,
      fc.integer({ min: LEAD, max: LEAD + LOOK - 1 }),
      ([zone, centre], drafts, freeze, index) => {
        const clock = clockOf(zone, centre);
        const at = new Date(clock.from + index * MINUTE);
        const calendars = drafts.map((one) => compiled(zone, one));
        const together = calendarStateAt(calendars, at);
        expect(together.open).toBe(calendars.every((calendar) => calendarStateAt([calendar], at).open));
        const frozen = drafts.map((one) => compiled(zone, { ...one, freezes: [...one.freezes, freeze] }));
        const state = calendarStateAt(frozen, at);
        if (state.freeze !== null) expect(state.open).toBe(false);
        const isFrozen = holds(freeze, clock)[index] === true;
        if (isFrozen && drafts.length > 0) expect([state.open, state.freeze === null]).toEqual([false, false]);
        else expect(state.open).toBe(together.open);
      },
    ),
    { numRuns: 30 },
  );
});

test('the order of windows changes nothing but their names, and what was asked before changes nothing at all', () => {
  fc.assert(
    fc.property(
      scene,
      draft,
      fc.array(fc.integer({ min: LEAD, max: LEAD + LOOK - 1 }), { minLength: 3, maxLength: 3 }),
      ([zone, centre], one, looks) => {
        const clock = clockOf(zone, centre);
        const asked = compiled(zone, one);
        const turned = compiled(zone, { windows: [...one.windows].reverse(), freezes: [...one.freezes].reverse() });
        for (const index of looks) {
          const at = new Date(clock.from + index * MINUTE);
          const { open, opensAt, closesAt } = calendarStateAt([asked], at);
          expect(calendarStateAt([turned], at)).toMatchObject({ open, opensAt, closesAt });
          const fresh = compiled(zone, one);
          expect(calendarStateAt([fresh], at)).toMatchObject({ open, opensAt, closesAt });
        }
      },
    ),
    { numRuns: 30 },
  );
});

test('openings follow each other, and each is what the state says at its ends', () => {
  fc.assert(
    fc.property(scene, fc.array(draft, { minLength: 1, maxLength: 2 }), ([zone, centre], drafts) => {
      const calendars = drafts.map((one) => compiled(zone, one));
      let last = Date.parse(`${centre}T00:00Z`);
      for (const { opensAt, closesAt, window } of nextOpenings(calendars, new Date(last), 5)) {
        expect(opensAt.getTime()).toBeGreaterThanOrEqual(last);
        expect(calendarStateAt(calendars, opensAt)).toMatchObject({ open: true, window, closesAt });
        expect(calendarStateAt(calendars, new Date(opensAt.getTime() - 1))).toMatchObject({ open: false, opensAt });
        if (closesAt === null) break;
        expect(calendarStateAt(calendars, closesAt).open).toBe(false);
        last = closesAt.getTime();
      }
    }),
    { numRuns: 30 },
  );
});
