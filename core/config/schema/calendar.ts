import { z } from 'zod';
import { fieldOf, soundItems } from '../sound-fields.ts';
import { documentSchema, listOf, matching, objectName, someText } from './names.ts';
import { positiveDuration } from './quantities.ts';

/** checks/calendar.ts checks whether cron can be read, since that takes a parser. */
const cron = someText(200).describe(
  'Five fields of cron: minute, hour, day of month, month, day of week; names, L and # are known.',
);

const timeZone = someText(100).describe('An IANA time zone, such as Europe/Berlin.');

const localTime = matching(
  /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:\d{2})?)?$/,
  'is not a time: write 2026-11-24T00:00 (in the time zone of the calendar), 2026-11-24, or 2026-11-24T00:00:00Z',
);

const end = cron.optional().describe('Instead of duration: it ends when this cron fires next after the start.');

const windowSchema = z
  .strictObject({
    name: objectName.describe('Unique among the windows of the calendar.'),
    schedule: cron.describe('When the window opens, in cron.'),
    duration: positiveDuration.optional().describe('How long it stays open, in elapsed time.'),
    end,
    timeZone: timeZone.optional().describe('Where it differs from that of the calendar.'),
  })
  .describe('When changes may be made.');

const freezeName = objectName.describe('Unique among the freezes of the calendar.');

const aboutFreeze = {
  timeZone: timeZone.optional(),
  reason: z.string().max(1000).optional().describe('Why; shown to everybody who waits for it.'),
  ticket: z.string().max(200).optional().describe('Where it was agreed.'),
};

const once = z.strictObject({
  name: freezeName,
  from: localTime.describe('The first instant of the freeze.'),
  to: localTime.describe('The first instant after it.'),
  ...aboutFreeze,
});

const recurring = z.strictObject({
  name: freezeName,
  schedule: cron.describe('When the freeze begins, in cron.'),
  duration: positiveDuration.optional().describe('How long it lasts, in elapsed time.'),
  end,
  ...aboutFreeze,
});

const freezeError =
  'is no freeze: it needs name and either from and to, or schedule and one of duration and end; beside them it takes reason, ticket and timeZone';

const freeze = z.union([once, recurring], freezeError);

const schemaWith = <Freezes extends z.ZodType>(freezes: Freezes) =>
  documentSchema(
    'Calendar',
    z
      .strictObject({
        timeZone: timeZone.default('UTC'),
        windows: listOf(windowSchema, 200, 'windows')
          .default([])
          .describe('When changes may be made; together they are open when one of them is. None = always.'),
        freezes,
      })
      .describe('Windows and freezes.'),
  ).describe('When changes may be made, and when not.');

export const calendarSchema = schemaWith(
  listOf(freeze, 1000, 'freezes').default([]).describe('When nothing may be changed, whatever window is open.'),
);

/**
 * The same schema for one document. Each freeze is checked as the kind that its fields suggest, so that a misspelled field is reported by its name
 * and place.
 */
export function calendarSchemaFor(document: unknown): typeof calendarSchema {
  const given = fieldOf(document, 'spec', 'freezes');
  if (!Array.isArray(given) || given.length === 0 || given.length > 1000) return calendarSchema;
  const [first = freeze, ...others] = given.map(kindOfFreeze);
  // It accepts the same documents as `calendarSchema`.
  return schemaWith(z.tuple([first, ...others])) as unknown as typeof calendarSchema;
}

/** The valid windows and freezes of a document, each with its place. */
export const soundRules = (document: unknown) => ({
  windows: soundItems(() => windowSchema, fieldOf(document, 'spec', 'windows')),
  freezes: soundItems(kindOfFreeze, fieldOf(document, 'spec', 'freezes')),
});

function kindOfFreeze(given: unknown): typeof once | typeof recurring | typeof freeze {
  const isDated = fieldOf(given, 'from') !== undefined || fieldOf(given, 'to') !== undefined;
  const recurs = ['schedule', 'duration', 'end'].some((field) => fieldOf(given, field) !== undefined);
  if (isDated === recurs) return freeze;
  return isDated ? once : recurring;
}
