import { timeZone } from './time-zone.ts';

const HOUR = 3_600_000;
const at = (text: string): number => Date.parse(`${text}Z`);
const zoneOf = (name: string) => {
  const zone = timeZone(name);
  if (zone === undefined) throw new Error(`there is no zone ${name}`);
  return zone;
};
const [spring, autumn] = [at('2026-03-29T01:00'), at('2026-10-25T01:00')];

test.each(['Europe/Berln', '+02:00', '1Europe/Berlin', '', '+00:00'])('%j is no zone', (name) => {
  expect(timeZone(name)).toBeUndefined();
  expect(timeZone(name)).toBeUndefined();
});

test('a zone is loaded once', () => {
  expect(timeZone('Europe/Berlin')).toBe(zoneOf('Europe/Berlin'));
});

test.each<[string, number, number, readonly number[]]>([
  ['from the very change on', spring, spring + 1, [spring]],
  ['from after it', spring + 1, autumn, []],
  ['up to the next, which is not in it', spring, autumn, [spring]],
  ['over both', spring, autumn + 1, [spring, autumn]],
  ['over the end of a year', autumn, at('2027-04-01T00:00'), [autumn, at('2027-03-28T01:00')]],
])('the clocks of Berlin change in a stretch %s', (_, from, to, changes) => {
  expect(
    zoneOf('Europe/Berlin')
      .changes(from, to)
      .map((one) => one.at),
  ).toEqual(changes);
});

test.each<[string, string, { instants: readonly number[]; gap?: number }]>([
  ['is shown once', '2026-11-20T12:00', { instants: [at('2026-11-20T11:00')] }],
  ['is shown twice', '2026-10-25T02:00', { instants: [autumn - HOUR, autumn] }],
  ['was the last before it is repeated', '2026-10-25T01:59', { instants: [at('2026-10-24T23:59')] }],
  ['comes after the repeated ones', '2026-10-25T03:00', { instants: [at('2026-10-25T02:00')] }],
  ['is skipped', '2026-03-29T02:00', { instants: [], gap: spring }],
  ['is the last to be skipped', '2026-03-29T02:59', { instants: [], gap: spring }],
  ['comes after the skipped ones', '2026-03-29T03:00', { instants: [spring] }],
])('a local time of Berlin that %s: %s', (_, local, expected) => {
  expect(zoneOf('Europe/Berlin').instantsOf(at(local))).toStrictEqual(expected);
});
