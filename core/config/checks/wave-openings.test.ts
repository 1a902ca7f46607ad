import { issuesOf } from '../../../test/material/config/issues-of.ts';

const calendar = (name: string, windows: string, freezes = '') => `apiVersion: liftlock/v1alpha1
kind: Calendar
metadata: { name: ${name} }
spec: { timeZone: Europe/Berlin, windows: [${windows}], freezes: [${freezes}] }
`;
const lunch = calendar('lunch', '{ name: noon, schedule: "0 12 * * *", duration: 1h }');
const nights = calendar('nights', '{ name: nights, schedule: "0 22 * * MON-THU", duration: 6h }');
const friday = calendar('friday', '{ name: friday, schedule: "0 8 * * FRI", duration: 9h }');
const others = [lunch, nights, friday].join('---\n');
const of = (wave: string, spec = '') => issuesOf(`{ name: w, ${wave} }`, { spec, others });

test.each([
  [
    'calendar: lunch',
    'estimates: { upgrade: 61m }',
    'an upgrade takes 61m, and lunch is never open for longer than 1h',
  ],
  ['calendar: nights', 'estimates: { upgrade: 7h }', 'nights is never open for longer than 6h'],
  ['calendar: [nights, lunch]', '', 'nights and lunch are not open at the same time within a year'],
])('%s with %s is an error: nothing could ever start', (wave, spec, message) => {
  expect(of(wave, spec)).toEqual([expect.stringMatching(/^p\.yaml:8:\d+: error: spec\.waves\[0\]\.calendar: /)]);
  expect(of(wave, spec)[0]).toContain(message);
});

test.each([
  ['calendar: lunch', ''],
  ['calendar: lunch', 'estimates: { upgrade: 60m }'],
  ['calendar: lunch, mayOverrun: true', 'estimates: { upgrade: 3h }'],
  ['calendar: [lunch]', 'estimates: { upgrade: 1h }'],
])('%s with %s is fine', (wave, spec) => {
  expect(of(wave, spec)).toEqual([]);
});

test('the estimate that holds where none is given is named', () => {
  const short = calendar('short', '{ name: short, schedule: "0 12 * * *", duration: 30m }');
  expect(issuesOf('{ name: w, calendar: short }', { others: short })).toEqual([
    expect.stringContaining('an upgrade takes 60m, unless spec.estimates.upgrade says otherwise, and short is never'),
  ]);
});

test.each([
  ['2h', 'bake: 6h', 'what comes before the bake fits, and so do the nodes in the next window'],
  ['90m', 'bake: 15m, mayOverrun: true', 'it may overrun'],
  ['1h', 'bake: 30m', 'the bake ends as the window closes'],
])('upgrades of %s with %s in an hour are fine: %s', (upgrade, wave) => {
  expect(of(`calendar: lunch, ${wave}`, `estimates: { upgrade: ${upgrade} }`)).toEqual([]);
});

test('with a bake half of an upgrade must fit', () => {
  expect(of('calendar: lunch, bake: 6h', 'estimates: { upgrade: 3h }')).toEqual([
    'p.yaml:8:32: error: spec.waves[0].calendar: what comes before the bake, half of an upgrade, takes 1h30m (an upgrade: 3h), and lunch is never open for longer than 1h, so none could ever start. Lengthen the windows, correct spec.estimates.upgrade, or write mayOverrun: true.',
  ]);
});

test('nodes that begin so late in a window that they run past it are a warning', () => {
  expect(of('calendar: lunch, bake: 15m', 'estimates: { upgrade: 80m }')).toEqual([
    expect.stringContaining(
      'warning: spec.waves[0].calendar: an upgrade (80m) that begins as its window opens has baked 55m later, and its nodes take 40m more; lunch is never open for longer than 1h, so it runs past the closing.',
    ),
  ]);
});

// Friday 04:00 to Monday 22:00 is 90 hours.
test.each([
  ['89h', true],
  ['90h', false],
  ['3d18h', false],
  ['72h', true],
])('an approval that counts for %s before windows with 90 hours between: warned %s', (expiresAfter, warned) => {
  const message = expect.stringContaining(
    `counts for ${expiresAfter}, and within the next weeks nights stays closed for 3d18h`,
  );
  expect(of(`calendar: nights, approval: { expiresAfter: ${expiresAfter} }`)).toEqual(warned ? [message] : []);
});

test('a freeze that is near counts as closed time, one in a year does not', () => {
  const frozen = (from: string, to: string) =>
    calendar(
      'nights',
      '{ name: nights, schedule: "0 22 * * MON-THU", duration: 6h }',
      `{ name: f, from: ${from}, to: ${to} }`,
    );
  const told = (from: string, to: string) =>
    issuesOf('{ name: w, calendar: nights, approval: { expiresAfter: 4d } }', { others: frozen(from, to) });
  expect(told('2026-12-01', '2026-12-08')).toEqual([expect.stringContaining('stays closed for')]);
  expect(told('2027-11-22', '2027-11-29')).toEqual([]);
});

test('of a calendar that is not in the files, or that has a mistake, nothing is known', () => {
  const broken = lunch.replace('Europe/Berlin', 'Europe/Nowhere');
  const told = issuesOf('{ name: w, calendar: lunch }', { spec: 'estimates: { upgrade: 2h }', others: broken });
  expect(told.filter((issue) => issue.includes('spec.waves'))).toEqual([]);
});

test('windows of every minute are too short too, and looked at within seconds', () => {
  const often = calendar('often', '{ name: often, schedule: "* * * * *", duration: 30s }');
  expect(issuesOf('{ name: w, calendar: often }', { others: often })).toContainEqual(
    expect.stringContaining('often is never open for longer than 30s'),
  );
}, 20_000);

const hooked = (more: string) =>
  `hooks: [{ name: board, at: before, ask: { lambda: "arn:aws:lambda:eu-central-1:111111111111:function:board" }, ${more} }]`;
const HOP = 'step: upgrade-control-plane';
const NODES = 'step: roll-node-group';

// In an hour the hop needs half before its first change, and the scan ten minutes.
test.each([
  [`${HOP}, timeout: 21m`, 'calendar: lunch', 'Write 20m or less, or lengthen the windows'],
  [`${HOP}, timeout: 20m`, 'calendar: lunch', undefined],
  [`${HOP}, timeout: 2h, blocking: false`, 'calendar: lunch', undefined],
  [`${HOP}, timeout: 2h`, '', undefined],
  // The nodes need no further time in it.
  [`${NODES}, timeout: 51m`, 'calendar: lunch', 'Write 50m or less, or lengthen the windows'],
  [`${NODES}, timeout: 50m`, 'calendar: lunch', undefined],
  // A cluster that has not begun needs the windows nevertheless; one that has begun continues.
  [`${HOP}, timeout: 51m`, 'calendar: lunch, mayOverrun: true', 'Write 50m or less, or lengthen the windows'],
  [`${NODES}, timeout: 2h`, 'calendar: lunch, mayOverrun: true', undefined],
])('a hook with %s in a wave with %s: %s', (more, wave, todo) => {
  const issues = of(wave, `estimates: { upgrade: 30m }\n${hooked(more)}`);
  const told = todo === undefined ? [] : [expect.stringContaining(`for ever, and nobody told. ${todo}.`)];
  expect(issues).toEqual(told);
});

test('where the windows have no room for any timeout they are to be lengthened', () => {
  const [issue] = of('calendar: lunch', `estimates: { upgrade: 55m }\n${hooked(`${HOP}, timeout: 1m`)}`);
  expect(issue).toContain('of which what is to come needs 55m, and every window asks anew with all of 1m');
  expect(issue).toContain('nobody told. Lengthen the windows.');
});
