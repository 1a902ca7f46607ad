import ICAL from 'ical.js';
import { ZonedComponent } from './import-freezes.ts';

const root = new ZonedComponent('vcalendar');

test.each([
  ['Europe/Berlin', '2026-03-29T01:59:59', 1],
  ['Europe/Berlin', '2026-03-29T02:30:00', 1],
  ['Europe/Berlin', '2026-03-29T03:00:00', 2],
  ['Europe/Berlin', '2026-10-25T02:59:59', 2],
  ['Europe/Berlin', '2026-10-25T03:00:00', 1],
  ['/America/New_York', '2026-03-08T02:30:00', -5],
  ['America/New_York', '2026-03-08T03:00:00', -4],
  ['America/New_York', '2026-11-01T01:30:00', -4],
  ['America/New_York', '2026-11-01T02:00:00', -5],
  ['Australia/Lord_Howe', '2026-04-05T01:45:00', 11],
  ['Pacific/Apia', '2011-12-31T00:00:00', 14],
])('in %s %s is %d hours from UTC', (id, time, hours) => {
  expect(root.getTimeZoneByID(id).utcOffset(ICAL.Time.fromDateTimeString(time))).toBe(hours * 3600);
});

test('UTC is the UTC of the library', () => {
  expect(root.getTimeZoneByID('UTC')).toBe(ICAL.Timezone.utcTimezone);
});
