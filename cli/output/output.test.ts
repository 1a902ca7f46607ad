import { colourOf, relativeTime, table } from './print.ts';

test('columns are aligned, colour does not count, and only the last one is cut', () => {
  const rows = [
    ['a', '\u001b[31mHeld\u001b[39m', 'a long sentence that goes on and on'],
    ['longer', 'Ok', ''],
  ];
  expect(table(['NAME', 'STATE', 'WHY'], rows, 40)).toBe(
    'NAME    STATE  WHY\na       \u001b[31mHeld\u001b[39m   a long sentence that goe…\nlonger  Ok\n',
  );
});

test.each([
  ['2026-11-20T11:12:30Z', 'in 3h12m'],
  ['2026-11-20T07:55:00Z', '5m ago'],
  ['1970-01-01T00:00:00.000Z', 'never'],
  ['2026-11-20T08:00:00.200Z', 'now'],
  ['2026-12-02T08:00:00Z', 'in 12d'],
  ['2026-11-20T08:00:03Z', 'now'],
  ['2026-11-20T08:00:59Z', 'now'],
  ['2026-11-20T08:01:00Z', 'in 1m'],
  ['2026-11-20T07:59:15Z', '45s ago'],
  ['2026-11-21T08:05:00Z', 'in 1d'],
  [null, '-'],
  [undefined, '-'],
  ['soon', 'soon'],
])('%s is %s', (at, text) => {
  expect(relativeTime(at, new Date('2026-11-20T08:00:00Z'))).toBe(text);
});

test.each<[string, Record<string, string>, boolean, boolean, boolean]>([
  ['a terminal', {}, true, true, true],
  ['a pipe', {}, false, true, false],
  ['NO_COLOR', { NO_COLOR: '1' }, true, true, false],
  ['an empty NO_COLOR', { NO_COLOR: '' }, true, true, true],
  ['--no-color', {}, true, false, false],
  ['a dumb terminal', { TERM: 'dumb' }, true, true, false],
])('%s', (_what, env, isTerminal, wanted, coloured) => {
  expect(colourOf({ env, isTerminal }, wanted)('red', 'x') !== 'x').toBe(coloured);
});
