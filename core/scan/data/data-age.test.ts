import { describeData } from './data-age.ts';
import { tables } from './tables.ts';

const updatedOn = tables.coverage.updatedOn;
const day = 24 * 60 * 60 * 1000;
const after = (days: number) => describeData(tables, new Date(Date.parse(updatedOn) + days * day));

test('the age is in whole days since the tables were brought up to date', () => {
  expect(after(0).ageInDays).toBe(0);
  expect(after(1.9).ageInDays).toBe(1);
  expect(after(400).ageInDays).toBe(400);
});

test('a clock that is behind makes no negative age', () => {
  expect(after(-3).ageInDays).toBe(0);
});

test('it says how far the tables reach and how much is in them', () => {
  const described = after(0);
  expect(described).toMatchObject({ updatedOn, oldestMinor: '1.9', newestMinor: '1.37' });
  expect(described.counts.apis).toBe(tables.apis.length);
  expect(Object.values(described.counts).every((count) => count > 0)).toBe(true);
  expect(described.servedByDefault).toBe(60 + tables.apis.filter(({ eksServedFrom }) => eksServedFrom !== null).length);
  expect(described.disputed).toBeGreaterThan(0);
});
