import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { type RunOptions, runInProcess } from '../../test/material/cli/run-in-process.ts';

const head = (name: string) => `apiVersion: liftlock/v1alpha1\nkind: Calendar\nmetadata: { name: ${name} }\nspec:\n`;
const prod = `${head('prod')}  timeZone: Europe/Berlin
  windows: [{ name: nights, schedule: "0 22 * * MON-THU", duration: 6h }]
  freezes: [{ name: black-friday, from: 2026-11-24T00:00, to: 2026-12-01T00:00, reason: trade }]
`;
const york = `${head('york')}  timeZone: America/New_York
  windows: [{ name: early, schedule: "0 17 * * *", duration: 4h }]
`;
const frozen = `${head('frozen')}  freezes: [{ name: always, schedule: "* * * * *", duration: 1m }]\n`;

const run = (line: string, stdin: string, options: RunOptions = {}) =>
  runInProcess(line.split(' '), { stdin, ...options });
const json = async (line: string, stdin: string) => {
  const { code, out, err } = await run(`${line} -o json`, stdin);
  expect([code, err]).toEqual([0, '']);
  return JSON.parse(out) as unknown;
};

test('one instant gives one state, in UTC, and a closed calendar is exit 0', async () => {
  expect(await json('calendar -f - --at 2026-11-24T22:30:00+01:00', prod)).toEqual({
    at: '2026-11-24T21:30:00Z',
    open: false,
    window: 'nights',
    freeze: 'black-friday',
    opensAt: '2026-11-30T23:00:00Z',
    closesAt: null,
    reasons: [
      {
        code: 'Frozen',
        message:
          'closed by calendar prod: freeze black-friday until 2026-12-01T00:00+01:00 (trade); then window nights opens 2026-12-01T00:00+01:00.',
      },
    ],
  });
});

test('without --at it is now', async () => {
  const state = await json('calendar -f -', prod);
  expect(state).toMatchObject({ at: '2026-11-20T08:00:00Z', open: false, opensAt: '2026-11-23T21:00:00Z' });
});

test('several instants give a list in their order', async () => {
  const line = 'calendar -f - --at 2026-12-02T22:00Z --at 2026-11-24T21:30:00.5Z';
  expect(await json(line, prod)).toEqual([
    expect.objectContaining({
      at: '2026-12-02T22:00:00Z',
      open: true,
      closesAt: '2026-12-03T03:00:00Z',
      opensAt: null,
    }),
    expect.objectContaining({ at: '2026-11-24T21:30:00.500Z', open: false }),
  ]);
  const { out } = await run(line, prod);
  expect(out).toMatch(/^AT +OPEN +WINDOW .*\n2026-12-02T22:00:00Z +yes +nights +- +- +2026-12-03T03:00:00Z\n/);
});

test('the calendars of a file intersect, unless one is named', async () => {
  // Berlin 21:00Z to 03:00Z, New York 22:00Z to 02:00Z.
  const both = `${prod}---\n${york}`;
  const at = '--at 2026-12-02T12:00Z';
  expect(await json(`calendar -f - ${at}`, both)).toMatchObject({ opensAt: '2026-12-02T22:00:00Z' });
  expect(await json(`calendar -f - --calendar prod ${at}`, both)).toMatchObject({ opensAt: '2026-12-02T21:00:00Z' });
  const { code, err } = await run(`calendar -f - --calendar other ${at}`, both);
  expect([code, err]).toEqual([2, expect.stringContaining('there is no calendar "other" here; there is prod, york')]);
});

test('the next openings', async () => {
  expect(await json('calendar -f - --at 2026-11-23T12:00Z --next 2', prod)).toEqual([
    { opensAt: '2026-11-23T21:00:00Z', closesAt: '2026-11-23T23:00:00Z', window: 'nights' },
    { opensAt: '2026-11-30T23:00:00Z', closesAt: '2026-12-01T03:00:00Z', window: 'nights' },
  ]);
  const { out } = await run('calendar -f - --next 1', york);
  expect(out).toBe(
    'OPENS                 CLOSES                WINDOW\n2026-11-20T22:00:00Z  2026-11-21T02:00:00Z  early\n',
  );
});

test('never is null, and is an answer', async () => {
  const state = await json('calendar -f -', frozen);
  expect(state).toMatchObject({ open: false, freeze: 'always', opensAt: null, closesAt: null });
  const { code, out, err } = await run('calendar -f - --next 3 -o json', frozen);
  expect([code, JSON.parse(out), err]).toEqual([0, [], expect.stringContaining('0 of 3 openings')]);
});

test('a person reads the state in full', async () => {
  const { out } = await run('calendar -f -', prod);
  expect(out).toMatch(/^Open: +no$/m);
  expect(out).toMatch(/^Time zones: +data 20\d\d[a-z]$/m);
  expect(out).toContain(
    'Reasons:\n  WindowClosed: closed by calendar prod: none of its windows is open; window nights opens',
  );
});

test('YAML is the same document', async () => {
  const { out } = await run('calendar -f - -o yaml', prod);
  expect(parse(out)).toMatchObject({ open: false, opensAt: '2026-11-23T21:00:00Z' });
});

test.each([
  ['calendar', prod, 'name the config with -f'],
  ['calendar -f - --at tomorrow', prod, '--at is "tomorrow"'],
  ['calendar -f - --at 2026-11-24T00:00', prod, '--at is "2026-11-24T00:00"'],
  ['calendar -f - --at 2026-11-24', prod, '--at is'],
  ['calendar -f - --at 2026-02-30T00:00Z', prod, '--at is'],
  ['calendar -f - --at 2026-11-24T00:00+25:00', prod, '--at is'],
  ['calendar -f - --next 0', prod, 'from 1 to 1000'],
  ['calendar -f - --next 1 --at 2026-11-24T00:00Z --at 2026-11-25T00:00Z', prod, 'give --at once'],
  ['calendar -f - --next 1 -o ics', prod, 'takes no --next'],
  ['calendar -f - -o xml', prod, 'Allowed choices are table, json, yaml, ics'],
  ['calendar -f -', '', 'there is no Calendar'],
  ['calendar -f missing.yaml', '', 'there is no file missing.yaml'],
])('%s is invalid: exit 2 and nothing on stdout', async (line, stdin, words) => {
  const { code, out, err } = await run(line, stdin);
  expect([code, out, err]).toEqual([2, '', expect.stringContaining(words)]);
});

test('config with errors is exit 2, with file, line and column', async () => {
  const { code, out, err } = await run('calendar -f -', prod.replace('0 22 *', '0 25 *'));
  expect([code, out]).toEqual([2, '']);
  expect(err).toMatch(/^<stdin>:6:39: error: spec\.windows\[0\]\.schedule: "0 25 \* \* MON-THU" has 25 as hour/m);
});

test('iCalendar goes out, and its freezes come back', async () => {
  const { code, out, err } = await run('calendar -f - -o ics', prod);
  expect([code, err]).toEqual([0, '']);
  expect(out).toContain('RRULE:FREQ=WEEKLY;');
  expect(out).toContain('DTSTART;TZID=Europe/Berlin:20261123T220000\r\n');
  const folder = await mkdtemp(join(tmpdir(), 'liftlock-calendar-'));
  try {
    const path = join(folder, 'freezes.ics');
    await writeFile(path, out);
    const back = await run(`calendar import ${path} --name back`, '');
    expect([back.code, back.err]).toEqual([0, expect.stringContaining('is left out: it leaves people free')]);
    expect(parse(back.out)).toMatchObject({
      kind: 'Calendar',
      metadata: { name: 'back' },
      spec: { timeZone: 'UTC', freezes: [{ from: '2026-11-23T23:00:00Z', to: '2026-11-30T23:00:00Z' }] },
    });
    const state = await json('calendar -f - --at 2026-11-25T00:00Z', back.out);
    expect(state).toMatchObject({ open: false, opensAt: '2026-11-30T23:00:00Z' });
  } finally {
    await rm(folder, { recursive: true });
  }
});

const ics = (...lines: string[]) => `${['BEGIN:VCALENDAR', 'VERSION:2.0', ...lines, 'END:VCALENDAR'].join('\r\n')}\r\n`;

test('an import has whole days in the zone that was asked for', async () => {
  const text = ics(
    'X-WR-CALNAME:Company holidays',
    'BEGIN:VEVENT',
    'UID:1',
    'SUMMARY:Xmas',
    'DTSTART;VALUE=DATE:20261224',
    'END:VEVENT',
  );
  const { code, out } = await run('calendar import - --time-zone Asia/Tokyo', text);
  expect(code).toBe(0);
  expect(parse(out)).toEqual({
    apiVersion: 'liftlock/v1alpha1',
    kind: 'Calendar',
    metadata: { name: 'company-holidays' },
    spec: {
      timeZone: 'Asia/Tokyo',
      freezes: [{ name: 'xmas', from: '2026-12-24', to: '2026-12-25', reason: 'Xmas' }],
    },
  });
});

test.each([
  ['calendar import -', 'hello', '<stdin>: the file is no iCalendar'],
  ['calendar import missing.ics', '', 'there is no file missing.ics'],
  ['calendar import .', '', 'is a folder'],
  ['calendar import - --time-zone Mars', ics(), '"Mars" is no time zone'],
  [
    'calendar import - --name My_Name',
    ics(),
    'liftlock: --name is "My_Name", which is not a name: use lower-case letters, digits and "-", beginning and ending with a letter or digit. Write my-name.',
  ],
])('%s is invalid: exit 2', async (line, stdin, words) => {
  const { code, out, err } = await run(line, stdin);
  expect([code, out, err]).toEqual([2, '', expect.stringContaining(words)]);
});
