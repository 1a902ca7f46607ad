import { stripVTControlCharacters } from 'node:util';
import { barOf } from './live-view.ts';

const bar = (more: Partial<Parameters<typeof barOf>[0]>) =>
  stripVTControlCharacters(
    barOf({ members: 24, succeeded: 0, failed: 0, blocked: 0, excluded: 0, quarantined: 0, ...more }),
  );

test.each([
  ['nobody has begun', {}, '░'.repeat(24)],
  ['all are upgraded', { succeeded: 24 }, '█'.repeat(24)],
  [
    'some failed, are blocked, excluded and set aside',
    { succeeded: 12, failed: 2, blocked: 3, excluded: 1, quarantined: 1 },
    `${'█'.repeat(12)}xx===--${'░'.repeat(5)}`,
  ],
  ['one of very many failed', { members: 1_000, failed: 1 }, `x${'░'.repeat(23)}`],
  ['nobody is to come', { members: 7, succeeded: 6, failed: 1 }, `${'█'.repeat(21)}xxx`],
  ['a wave has nobody', { members: 0 }, '░'.repeat(24)],
])('a bar tells apart what became of members: %s', (_, wave, expected) => {
  expect(bar(wave)).toBe(expected);
});
