import { latenessPerDay } from './cluster-support.ts';

test.each([
  ['standard', 0],
  ['extended', 12],
  ['unsupported', 12],
  ['unknown', undefined],
] as const)('a cluster in %s support costs %s dollars a day more at list price', (state, dollars) => {
  expect(latenessPerDay(state)).toBe(dollars);
});

test('prices are configurable', () => {
  expect(latenessPerDay('extended', undefined, { standard: 0.09, extended: 0.5 })).toBe(9.84);
});

test('a cluster that has no extended support never pays for it', () => {
  expect(
    ['standard', 'extended', 'unsupported'].map((state) => latenessPerDay(state as 'extended', 'STANDARD')),
  ).toEqual([0, 0, 0]);
  expect(latenessPerDay('unknown', 'STANDARD')).toBeUndefined();
});
