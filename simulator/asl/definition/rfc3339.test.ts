import { parseTimestamp } from './rfc3339.ts';

describe('an RFC 3339 timestamp', () => {
  it.each([
    ['2016-03-14T01:59:00Z', '2016-03-14T01:59:00.000Z'],
    ['2016-03-14T01:59:00.25Z', '2016-03-14T01:59:00.250Z'],
    ['2024-02-29T23:30:00-02:00', '2024-03-01T01:30:00.000Z'],
  ])('reads %s', (text, instant) => {
    expect(new Date(parseTimestamp(text) ?? Number.NaN).toISOString()).toBe(instant);
  });

  it.each([
    '2016-12-05T21:29:29',
    '2016-12-05 21:29:29Z',
    '2016-13-05T21:29:29Z',
    '2023-02-29T00:00:00Z',
    '2016-12-05T25:29:29Z',
    '2016-12-05t21:29:29z',
  ])('does not read %s', (text) => {
    expect(parseTimestamp(text)).toBeUndefined();
  });
});
