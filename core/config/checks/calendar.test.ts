import { formatIssue } from '../issue.ts';
import { parseConfig } from '../parse-config.ts';

const now = new Date('2026-11-20T08:00:00Z');

/** Lines 5 and following are the spec. */
const calendar = (spec: string) => `apiVersion: liftlock/v1alpha1
kind: Calendar
metadata: { name: prod }
spec:
${spec}`;

const issuesOf = (text: string, at: Date | null = now) => {
  const { errors, warnings } = parseConfig([{ path: 'c.yaml', text }], at === null ? {} : { now: at });
  return [...errors, ...warnings].map(formatIssue);
};

const good = `  timeZone: Europe/Berlin
  windows:
    - { name: nights, schedule: "0 22 * * MON-THU", duration: 6h }
    - { name: weekend, schedule: "0 8 * * SAT", end: "0 18 * * SUN" }
  freezes:
    - { name: black-friday, from: 2026-11-24T00:00, to: 2026-12-01T00:00, reason: trade, ticket: CHG-1 }
    - { name: month-end, schedule: "0 0 28 * *", duration: 4d }
`;

test('a calendar as documented has nothing to say about', () => {
  expect(issuesOf(calendar(good))).toEqual([]);
  expect(issuesOf(calendar('  {}\n'))).toEqual([]);
});

test.each([
  ['cron with six fields', '0 22 * * MON-THU', '0 0 22 * * MON-THU', '7:33', 'error', 'has 6 fields'],
  ['cron that never fires', '0 22 * * MON-THU', '0 0 31 2 *', '7:33', 'error', '"0 0 31 2 *" never fires'],
  ['an end that never fires', '0 18 * * SUN', '0 0 30 2 *', '8:54', 'error', 'never fires'],
  ['a misspelt zone', 'Europe/Berlin', 'Europe/Berln', '5:13', 'error', 'Did you mean Europe/Berlin?'],
  [
    'an offset dressed as a zone',
    'Europe/Berlin',
    'EST',
    '5:13',
    'warning',
    'fixed offset without summer time. Write a place',
  ],
  ['one whose sign misleads', 'Europe/Berlin', 'Etc/GMT+2', '5:13', 'warning', 'two hours behind UTC'],
  ['one of a window', 'duration: 6h', 'duration: 6h, timeZone: MST', '7:77', 'warning', '"MST" is a fixed offset'],
  [
    'a misspelt zone of a window',
    'duration: 6h',
    'duration: 6h, timeZone: Asia/Tokio',
    '7:77',
    'error',
    'Did you mean Asia/Tokyo?',
  ],
  ['no end at all', ', duration: 6h', '', '7:33', 'error', 'neither duration nor end'],
  ['two ends', 'duration: 6h', 'duration: 6h, end: "0 4 * * *"', '7:72', 'error', 'duration and end are both given'],
  [
    'two ends of a freeze',
    'duration: 4d',
    'duration: 4d, end: "0 4 * * *"',
    '11:69',
    'error',
    'duration and end are both given',
  ],
  ['a freeze backwards', '2026-12-01T00:00', '2025-12-01T00:00', '10:57', 'error', 'is not after from'],
  ['a freeze of no time', '2026-12-01T00:00', '2026-11-24', '10:57', 'error', 'is not after from'],
  ['a day that does not exist', '2026-12-01T00:00', '2026-11-31', '10:57', 'error', 'no day or time of the calendar'],
  ['a window named twice', 'name: weekend', 'name: nights', '8:15', 'error', 'the name of windows[0] already'],
  ['a freeze named twice', 'name: month-end', 'name: black-friday', '11:15', 'error', 'the name of freezes[0] already'],
  ['a misspelt field of a dated freeze', 'ticket:', 'tickt:', '10:90', 'error', 'Did you mean ticket?'],
  ['a misspelt field of a recurring freeze', 'duration: 4d', 'duraton: 4d', '11:50', 'error', 'Did you mean duration?'],
  ['a freeze without end', ', to: 2026-12-01T00:00', '', '10:7', 'error', 'spec.freezes[0].to: is missing'],
  [
    'a freeze that is both',
    'schedule: "0 0 28 * *"',
    'schedule: "0 0 28 * *", from: 2026-11-24',
    '11:50',
    'error',
    'spec.freezes[1].from: this field is unknown',
  ],
  [
    'a freeze that is over',
    '{ name: black-friday, from: 2026-11-24T00:00, to: 2026-12-01T00:00',
    '{ name: black-friday, from: 2025-11-24T00:00, to: 2025-12-01T00:00',
    '10:57',
    'warning',
    'the freeze black-friday ended at 2025-12-01T00:00+01:00',
  ],
  ['a window of a minute', 'duration: 6h', 'duration: 1m', '7:63', 'warning', 'a minute or less'],
  ['a window of ten minutes', 'duration: 6h', 'duration: 10m', '7:63', 'warning', 'for 10 minutes at most'],
  ['a window of ten minutes by cron', '0 18 * * SUN', '10 8 * * *', '8:54', 'warning', 'for 10 minutes at most'],
  [
    'a window in a freeze',
    '"0 0 28 * *", duration: 4d',
    '"0 21 * * 1-4", end: "0 5 * * *"',
    '7:7',
    'warning',
    'the freeze month-end covers the window nights',
  ],
  [
    'a freeze of all time',
    '"0 0 28 * *", duration: 4d',
    '"* * * * *", duration: 1m',
    '9:3',
    'error',
    'this calendar never opens in the next two years',
  ],
])('%s is told with its place', (_what, from, to, place, severity, words) => {
  const found = issuesOf(calendar(good.replace(from, to)));
  expect(found).toEqual([expect.stringContaining(words)]);
  expect(found[0]).toMatch(new RegExp(`^c.yaml:${place}: ${severity}: `));
});

test.each([
  ['every minute', '"* * * * *", duration: 1m', 'is always frozen in the next two years'],
  ['every day', '"0 0 * * *", duration: 2d', 'is always frozen in the next two years'],
  ['every day for 24 hours, but one day has 25', '"0 0 * * *", duration: 24h', 'always frozen but for 2 hours'],
])('a calendar without windows that is frozen %s is an error', (_what, schedule, words) => {
  const text = calendar(`  timeZone: Europe/Berlin\n  freezes: [{ name: f, schedule: ${schedule} }]\n`);
  expect(issuesOf(text)).toEqual([expect.stringMatching(new RegExp(`^c.yaml:6:3: error: spec.freezes: .*${words}`))]);
});

test('a freeze of years is an error that says when it ends', () => {
  const text = calendar('  freezes: [{ name: f, from: 2026-01-01, to: 2031-01-01 }]\n');
  expect(issuesOf(text)).toEqual([expect.stringContaining('It opens on 2031-01-01 for the first time.')]);
});

test.each([
  ['berlin', 'Did you mean Europe/Berlin?'],
  ['Europe/Berln', 'Did you mean Europe/Berlin?'],
  ['Utc ', 'Did you mean UTC?'],
  ['+02:00', 'An offset knows nothing of summer time'],
  ['UTC+2', 'An offset knows nothing of summer time'],
  ['Mars', 'Write an IANA name'],
])('the zone %j is told with what was meant', (zone, words) => {
  expect(issuesOf(calendar(`  timeZone: ${JSON.stringify(zone)}\n`))).toEqual([expect.stringContaining(words)]);
});

test('windows that open one after the other are one, and not too short', () => {
  expect(issuesOf(calendar('  windows: [{ name: w, schedule: "*/5 8-17 * * *", duration: 5m }]\n'))).toEqual([]);
});

test('without a clock nothing is said of past and future', () => {
  expect(issuesOf(calendar(good.replaceAll('2026', '2020')), null)).toEqual([]);
});

test('everything that is wrong is told at once', () => {
  const text = calendar(
    '  timeZone: Mars\n  windows: [{ name: w, schedule: "x" }]\n  freezes: [{ name: f, from: 2026-02-30, to: 2026-02-31 }]\n',
  );
  expect(issuesOf(text)).toHaveLength(5);
});
