import { importFreezes } from './import-freezes.ts';

const now = new Date('2026-11-20T08:00Z');

const file = (...lines: string[]) =>
  ['BEGIN:VCALENDAR', 'VERSION:2.0', 'PRODID:x', ...lines, 'END:VCALENDAR', ''].join('\r\n');
const event = (...lines: string[]) => ['BEGIN:VEVENT', 'UID:u1', 'SUMMARY:Year end', ...lines, 'END:VEVENT'];

const outlook = [
  'BEGIN:VTIMEZONE',
  'TZID:W. Europe Standard Time',
  'BEGIN:STANDARD',
  'DTSTART:16011028T030000',
  'RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10',
  'TZOFFSETFROM:+0200',
  'TZOFFSETTO:+0100',
  'END:STANDARD',
  'BEGIN:DAYLIGHT',
  'DTSTART:16010325T020000',
  'RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3',
  'TZOFFSETFROM:+0100',
  'TZOFFSETTO:+0200',
  'END:DAYLIGHT',
  'END:VTIMEZONE',
];

/** [from, to] of each freeze. */
const spans = (text: string, zone?: string) => importFreezes(text, zone, now).freezes.map(({ from, to }) => [from, to]);

test.each<[string, string[], string[][]]>([
  ['a whole day', ['DTSTART;VALUE=DATE:20261224'], [['2026-12-24', '2026-12-25']]],
  ['several days', ['DTSTART;VALUE=DATE:20261224', 'DTEND;VALUE=DATE:20270102'], [['2026-12-24', '2027-01-02']]],
  ['UTC', ['DTSTART:20261224T120000Z', 'DTEND:20261226T120000Z'], [['2026-12-24T12:00:00Z', '2026-12-26T12:00:00Z']]],
  [
    'its own zone',
    ['DTSTART;TZID=Europe/Berlin:20261224T120000', 'DURATION:PT36H'],
    [['2026-12-24T12:00', '2026-12-26T00:00']],
  ],
  [
    'another zone',
    ['DTSTART;TZID=America/New_York:20261224T120000', 'DTEND;TZID=America/New_York:20261224T180000'],
    [['2026-12-24T17:00:00Z', '2026-12-24T23:00:00Z']],
  ],
  [
    'two zones',
    ['DTSTART;TZID=America/New_York:20261224T120000', 'DTEND;TZID=Asia/Tokyo:20261226T120000'],
    [['2026-12-24T17:00:00Z', '2026-12-26T03:00:00Z']],
  ],
  ['no zone at all', ['DTSTART:20261224T120000', 'DTEND:20261224T130000'], [['2026-12-24T12:00', '2026-12-24T13:00']]],
  [
    'the overlap of another zone',
    ['DTSTART;TZID=America/New_York:20261101T013000', 'DTEND;TZID=America/New_York:20261101T014500'],
    [['2026-11-01T05:30:00Z', '2026-11-01T06:45:00Z']],
  ],
  ['what is over', ['DTSTART;VALUE=DATE:20201224'], [['2020-12-24', '2020-12-25']]],
  [
    'a few times',
    ['DTSTART;VALUE=DATE:20261231', 'RRULE:FREQ=YEARLY;COUNT=3'],
    [
      ['2026-12-31', '2027-01-01'],
      ['2027-12-31', '2028-01-01'],
      ['2028-12-31', '2029-01-01'],
    ],
  ],
  [
    'but not on some days',
    [
      'DTSTART;VALUE=DATE:20261201',
      'DTEND;VALUE=DATE:20261203',
      'RRULE:FREQ=MONTHLY;COUNT=3',
      'EXDATE;VALUE=DATE:20270101',
    ],
    [
      ['2026-12-01', '2026-12-03'],
      ['2027-02-01', '2027-02-03'],
    ],
  ],
  [
    'across a clock change',
    ['DTSTART;TZID=America/New_York:20270307T120000', 'DURATION:PT1H', 'RRULE:FREQ=WEEKLY;COUNT=2'],
    [
      ['2027-03-07T17:00:00Z', '2027-03-07T18:00:00Z'],
      ['2027-03-14T16:00:00Z', '2027-03-14T17:00:00Z'],
    ],
  ],
])('an event of %s', (_what, lines, expected) => {
  expect(spans(file(...event(...lines)), 'Europe/Berlin')).toEqual(expected);
});

test('a zone that only the file knows is read from its VTIMEZONE', () => {
  const lines = [
    'DTSTART;TZID=W. Europe Standard Time:20261224T120000',
    'DTEND;TZID=W. Europe Standard Time:20270624T120000',
  ];
  expect(spans(file(...outlook, ...event(...lines)))).toEqual([['2026-12-24T11:00:00Z', '2027-06-24T10:00:00Z']]);
});

test('an event without end is written out for two years, what is over left out, and that is said', () => {
  const text = file(...event('DTSTART;VALUE=DATE:20201224', 'DTEND;VALUE=DATE:20201227', 'RRULE:FREQ=YEARLY'));
  const { freezes, notes } = importFreezes(text, undefined, now);
  expect(freezes.map(({ name, from, to }) => [name, from, to])).toEqual([
    ['year-end-2026-12-24', '2026-12-24', '2026-12-27'],
    ['year-end-2027-12-24', '2027-12-24', '2027-12-27'],
  ]);
  expect(notes).toEqual([
    expect.stringContaining('event "Year end" has no end: it is written out for 731 days (2 freezes)'),
  ]);
});

test('days that were moved or cancelled are', () => {
  const series = event('DTSTART:20261201T000000Z', 'DTEND:20261202T000000Z', 'RRULE:FREQ=DAILY;COUNT=3');
  const moved = event('RECURRENCE-ID:20261202T000000Z', 'DTSTART:20261210T000000Z', 'DTEND:20261212T000000Z');
  const cancelled = event(
    'RECURRENCE-ID:20261203T000000Z',
    'DTSTART:20261203T000000Z',
    'DTEND:20261204T000000Z',
    'STATUS:CANCELLED',
  );
  const text = file(...series, ...moved, ...cancelled);
  expect(spans(text)).toEqual([
    ['2026-12-01T00:00:00Z', '2026-12-02T00:00:00Z'],
    ['2026-12-10T00:00:00Z', '2026-12-12T00:00:00Z'],
  ]);
  expect(importFreezes(text, undefined, now).notes).toEqual([expect.stringContaining('is left out: it is cancelled')]);
});

const daily = (uid: string, ...more: string[]) => [
  ...['BEGIN:VEVENT', `UID:${uid}`, `SUMMARY:${uid}`, 'DTSTART:20261201T000000Z', 'DURATION:PT1H'],
  ...['RRULE:FREQ=DAILY;COUNT=2', ...more, 'END:VEVENT'],
];
const override = (uid: string, ...more: string[]) => [
  ...['BEGIN:VEVENT', `UID:${uid}`, `SUMMARY:${uid}`, ...more, 'END:VEVENT'],
];

test.each([
  ['cancelled', ['DTSTART:20261202T000000Z', 'STATUS:CANCELLED'], []],
  ['moved', ['DTSTART:20261210T000000Z', 'DTEND:20261210T010000Z'], [['2026-12-10T00:00:00Z', '2026-12-10T01:00:00Z']]],
])('a day of a series that is %s leaves another series with the same times alone', (_what, lines, moved) => {
  const text = file(...daily('a'), ...daily('b'), ...override('b', 'RECURRENCE-ID:20261202T000000Z', ...lines));
  expect(spans(text)).toEqual([
    ['2026-12-01T00:00:00Z', '2026-12-01T01:00:00Z'],
    ['2026-12-02T00:00:00Z', '2026-12-02T01:00:00Z'],
    ['2026-12-01T00:00:00Z', '2026-12-01T01:00:00Z'],
    ...moved,
  ]);
});

test('days of a series that is not in the file are events of their own', () => {
  const { freezes, notes } = importFreezes(
    file(
      ...override('a', 'RECURRENCE-ID:20261202T000000Z', 'DTSTART:20261203T000000Z', 'DURATION:PT1H'),
      ...override('a', 'RECURRENCE-ID:20261204T000000Z', 'DTSTART:20261204T000000Z', 'DURATION:PT2H'),
      ...override('a', 'RECURRENCE-ID:20261205T000000Z', 'DTSTART:20261205T000000Z', 'STATUS:CANCELLED'),
    ),
    undefined,
    now,
  );
  expect(freezes.map(({ name, from, to }) => [name, from, to])).toEqual([
    ['a', '2026-12-03T00:00:00Z', '2026-12-03T01:00:00Z'],
    ['a-2', '2026-12-04T00:00:00Z', '2026-12-04T02:00:00Z'],
  ]);
  expect(notes).toEqual(['event "a" is left out: it is cancelled.']);
});

test('a changed day that its series does not have is left out, and that is said; one that is over is not', () => {
  const text = file(
    ...override('a', 'RECURRENCE-ID:20261202T120000Z', 'DTSTART:20261203T000000Z', 'DURATION:PT1H'),
    ...daily('a'),
    ...override('b', 'RECURRENCE-ID:20201225T000000Z', 'DTSTART:20201226T000000Z', 'DURATION:PT1H'),
    ...override('b', 'DTSTART:20201224T000000Z', 'DURATION:PT1H', 'RRULE:FREQ=DAILY;INTERVAL=1'),
  );
  expect(importFreezes(text, undefined, now).notes).toEqual([
    expect.stringContaining('event "b" has no end'),
    'event "a" is left out: its RECURRENCE-ID 2026-12-02T12:00:00Z is no occurrence of its series that was read.',
  ]);
});

describe('in a zone that the file does not describe', () => {
  const tokyo = (...more: string[]) => event('DTSTART;TZID=Asia/Tokyo:20261201T080000', 'DURATION:PT1H', ...more);
  const days = (text: string) => spans(text, 'Asia/Tokyo').map(([start]) => start);
  const first = ['2026-12-01T08:00', '2026-12-02T08:00', '2026-12-03T08:00', '2026-12-04T08:00'];

  test.each(['20261204T230000Z', '20261205T080000'])('a series until %s has its last day', (until) => {
    expect(days(file(...tokyo(`RRULE:FREQ=DAILY;UNTIL=${until}`)))).toEqual([...first, '2026-12-05T08:00']);
  });

  test.each(['EXDATE:20261202T230000Z', 'EXDATE:20261203T080000', 'EXDATE;VALUE=DATE:20261203'])(
    '%s takes a day out',
    (line) => {
      expect(days(file(...tokyo('RRULE:FREQ=DAILY;COUNT=4', line)))).toEqual(
        first.filter((day) => !day.includes('-03')),
      );
    },
  );

  test('a day that is named in UTC is moved', () => {
    const moved = event('RECURRENCE-ID:20261202T230000Z', 'DTSTART;TZID=Asia/Tokyo:20261203T100000', 'DURATION:PT1H');
    expect(days(file(...tokyo('RRULE:FREQ=DAILY;COUNT=4'), ...moved))).toEqual(
      first.map((day) => day.replace('03T08', '03T10')),
    );
  });

  test('west of Greenwich, a series until a time without a zone has its last day', () => {
    const lines = ['DTSTART;TZID=America/New_York:20261201T080000', 'RRULE:FREQ=DAILY;UNTIL=20261203T080000'];
    expect(spans(file(...event(...lines, 'DURATION:PT1H')), 'America/New_York')).toHaveLength(3);
  });
});

test.each([
  ['STATUS:CANCELLED', 'it is cancelled'],
  ['TRANSP:TRANSPARENT', 'it leaves people free'],
  ['DTEND;VALUE=DATE:20261224', 'it lasts no time'],
])('with %s an event is left out, and that is said', (line, why) => {
  const { freezes, notes } = importFreezes(file(...event('DTSTART;VALUE=DATE:20261224', line)), undefined, now);
  expect([freezes, notes]).toEqual([[], [expect.stringContaining(why)]]);
});

test('names are valid and each once; reasons and tickets are kept', () => {
  const titled = (title: string, ...more: string[]) => [
    'BEGIN:VEVENT',
    'UID:u',
    ...(title === '' ? [] : [`SUMMARY:${title}`]),
    'DTSTART;VALUE=DATE:20261224',
    ...more,
    'END:VEVENT',
  ];
  const long = 'very '.repeat(30);
  const { freezes, title, timeZone } = importFreezes(
    file(
      'X-WR-CALNAME:Freezes of 2026',
      'X-WR-TIMEZONE:Asia/Tokyo',
      ...titled('Año nuevo: 24 h!', 'URL:https://c.example/1'),
      ...titled('año nuevo 24 h'),
      ...titled('凍結'),
      ...titled('凍結'),
      ...titled(long),
      ...titled(''),
    ),
    undefined,
    now,
  );
  expect([title, timeZone]).toEqual(['Freezes of 2026', 'Asia/Tokyo']);
  const names = freezes.map(({ name }) => name);
  expect(names.slice(0, 4)).toEqual(['ano-nuevo-24-h', 'ano-nuevo-24-h-2', 'freeze', 'freeze-2']);
  expect(new Set(names).size).toBe(names.length);
  for (const name of names) expect(name).toMatch(/^[a-z0-9](?:[-a-z0-9]{0,61}[a-z0-9])?$/);
  expect(freezes[0]).toMatchObject({ reason: 'Año nuevo: 24 h!', ticket: 'https://c.example/1' });
});

test.each<[string, string, string]>([
  ['nothing', '', 'is empty'],
  ['something else', '{"a": 1}', 'begins with BEGIN:VCALENDAR'],
  ['another object', 'BEGIN:VCARD\r\nEND:VCARD\r\n', 'begins with VCARD'],
  ['half a file', 'BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n', 'no valid iCalendar'],
  ['a line that is none', file('this is no line'), 'no valid iCalendar'],
  ['an event without start', file(...event()), 'event "Year end": it has no DTSTART'],
  ['a start that is no time', file(...event('DTSTART:soon')), 'Year end'],
  ['a rule that is none', file(...event('DTSTART:20261224T120000Z', 'RRULE:FREQ=NEVER')), 'NEVER'],
  [
    'an unknown zone',
    file(...event('DTSTART;TZID=Mars/Base:20261224T120000', 'DURATION:PT1H')),
    'TZID "Mars/Base" is no known time zone',
  ],
  [
    'too much',
    file(...event('DTSTART:20261224T120000Z', 'DURATION:PT1M', 'RRULE:FREQ=MINUTELY')),
    'more than 1000 times',
  ],
])('%s is refused with what is wrong', (_what, text, words) => {
  expect(() => importFreezes(text, undefined, now)).toThrow(
    expect.objectContaining({ name: 'ImportProblem', message: expect.stringContaining(words) }),
  );
});

test('an unknown zone that was asked for is refused', () => {
  expect(() => importFreezes(file(), 'Mars', now)).toThrow('"Mars" is no time zone');
});
