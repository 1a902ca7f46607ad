import type { Document } from './documents.ts';
import { apiVersion } from './documents.ts';
import type { SeededChoices } from './seeded-choices.ts';

/** Calendars for waves and tags of a synthetic fleet: `office` has windows, `change-control` has only freezes. */
export const OFFICE = 'office';
export const CHANGE_CONTROL = 'change-control';

/** Offsets of whole, half and quarter hours, both hemispheres, and one without clock changes. */
const ZONES = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kolkata',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'America/Sao_Paulo',
] as const;

/** Two calendars from the seed. Windows are long and on every day, so that a run takes days, not months. `now` is its beginning. */
export function syntheticCalendars(choices: SeededChoices, now: Date): readonly Document[] {
  return [office(choices), changeControl(choices, now)];
}

function office(choices: SeededChoices): Document {
  const opens = choices.integer(0, 23);
  const windows = [
    { name: 'day', schedule: `${choices.pick([0, 30])} ${opens} * * *`, duration: choices.pick(['9h', '14h', '20h']) },
  ];
  const second = {
    name: 'second',
    schedule: `15 ${(opens + 12) % 24} * * *`,
    timeZone: choices.pick(ZONES),
    end: `15 ${(opens + 18) % 24} * * *`,
  };
  return calendar(OFFICE, {
    timeZone: choices.pick(ZONES),
    windows: choices.chance(0.4) ? [...windows, second] : windows,
    freezes: choices.chance(0.3) ? [recurringFreeze(choices)] : [],
  });
}

function changeControl(choices: SeededChoices, now: Date): Document {
  const dated = Array.from({ length: choices.integer(1, 2) }, (_, index) => {
    const from = now.getTime() + choices.integer(20, 900) * 60_000;
    const to = from + choices.integer(20, 240) * 60_000;
    return {
      name: `freeze-${index}`,
      from: isoSeconds(from),
      to: isoSeconds(to),
      reason: 'a release',
      ticket: `CHG-${index}`,
    };
  });
  return calendar(CHANGE_CONTROL, {
    timeZone: choices.pick(ZONES),
    freezes: choices.chance(0.3) ? [...dated, recurringFreeze(choices)] : dated,
  });
}

function recurringFreeze(choices: SeededChoices): Document {
  const name = 'daily-close';
  const hour = choices.integer(0, 23);
  return choices.chance(0.5)
    ? { name, schedule: `0 ${hour} * * *`, duration: choices.pick(['45m', '2h']), reason: 'books are closed' }
    : { name, schedule: `10 ${hour} * * *`, end: `40 ${(hour + 1) % 24} * * *`, reason: 'books are closed' };
}

const isoSeconds = (at: number): string => `${new Date(at).toISOString().slice(0, 19)}Z`;

const calendar = (name: string, spec: Document): Document => ({
  apiVersion,
  kind: 'Calendar',
  metadata: { name },
  spec,
});
