import { Cron } from 'croner';
import fc from 'fast-check';
import { DAY } from './civil-day.ts';
import { parseCron } from './parse-cron.ts';

const range = (least: number, most: number) =>
  fc
    .tuple(fc.integer({ min: least, max: most }), fc.integer({ min: least, max: most }), fc.integer({ min: 1, max: 6 }))
    .chain(([a, b, step]) => {
      const both = `${Math.min(a, b)}-${Math.max(a, b)}`;
      return fc.constantFrom(`${a}`, both, `${both}/${step}`, '*', `*/${Math.min(step, most)}`);
    });
const list = (least: number, most: number, ...more: string[]) => {
  const item =
    more.length === 0
      ? range(least, most)
      : fc.oneof({ weight: 4, arbitrary: range(least, most) }, fc.constantFrom(...more));
  return fc.array(item, { minLength: 1, maxLength: 3 }).map((items) => items.join(','));
};
const cron = fc
  .tuple(
    list(0, 59),
    list(0, 23),
    list(1, 31, 'L'),
    list(1, 12, 'JAN', 'feb-apr'),
    list(0, 6, '7', 'SUN', 'MON-FRI', 'sat', 'TUE#2', 'FRI#L', '7#1', '4L', '5-7'),
  )
  .map((fields) => fields.join(' '));

const begin = Date.UTC(2026, 10, 20, 9, 30);
const end = begin + 1500 * DAY;

/**
 * croner 11 reads 30 or 31 February as 2 or 3 March and continues from there: `14 5 1,31 2-4 *` leaves out 2027-03-01. The comparison leaves out
 * these two days.
 */
function isLostByCroner(at: Date): boolean {
  return at.getUTCMonth() === 2 && at.getUTCDate() <= 2;
}

function firstTimesOfCroner(schedule: Cron): string[] {
  const times: string[] = [];
  let at = schedule.nextRun(new Date(begin));
  while (at !== null && at.getTime() < end && times.length < 12) {
    const isLost = isLostByCroner(at);
    if (!isLost) times.push(at.toISOString());
    at = schedule.nextRun(isLost ? new Date(Date.UTC(at.getUTCFullYear(), 2, 2, 23, 59)) : at);
  }
  return times;
}

/** The times of the first days, in UTC, on which it fires. No clock change affects either program. */
test('cron is read as croner reads it, with the day rule of vixie', () => {
  fc.assert(
    fc.property(cron, (text) => {
      const parsed = parseCron(text);
      if ('problem' in parsed) throw new Error(parsed.problem);
      const [, , dayOfMonth = '', , dayOfWeek = ''] = text.split(' ');
      const domAndDow = dayOfMonth.startsWith('*') || dayOfWeek.startsWith('*');
      const theirs = new Cron(text, { paused: true, timezone: 'UTC', mode: '5-part', domAndDow });
      const ours: string[] = [];
      for (let day = Math.floor(begin / DAY); ours.length < 12 && day * DAY < end; day += 1) {
        if (!parsed.schedule.matches(day) || isLostByCroner(new Date(day * DAY))) continue;
        for (const minute of parsed.schedule.minutes) {
          const at = day * DAY + minute * 60_000;
          if (at > begin && at < end) ours.push(new Date(at).toISOString());
        }
      }
      expect(ours.slice(0, 12)).toEqual(firstTimesOfCroner(theirs));
    }),
    { numRuns: 300 },
  );
});
