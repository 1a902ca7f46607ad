import type { MinuteSum } from '../ports/account.ts';
import { API_SERVER_METRICS, binsOf, compareApiErrors, spansOf } from './api-server-rates.ts';

const NOON = Date.parse('2026-11-20T12:00:00Z');
const at = (minutes: number, seconds = 0): Date => new Date(NOON + minutes * 60_000 + seconds * 1_000);
const hop = { begunAt: at(-90, 20), endedAt: at(0, 20) };
const sums = (from: number, to: number, sum: (index: number) => number): MinuteSum[] =>
  Array.from({ length: to - from }, (_, index) => ({ at: at(from + index), sum: sum(index) }));
/** Errors that scatter a little. */
const counted = (from: number, to: number, errors: number, requests = 3_000) => ({
  [API_SERVER_METRICS.requests]: sums(from, to, () => requests),
  [API_SERVER_METRICS.errors]: sums(from, to, (index) => Math.round(errors * (1 + 0.1 * Math.sin(index * 1.7)))),
});
const verdictAt = (minutes: number, errors: number, before = counted(-210, -90, 15)) =>
  compareApiErrors(hop, before, counted(1, minutes - 5, errors), at(minutes));

test('two hours before the first change are read, and whole minutes since the hop but for the five that may be in parts', () => {
  expect(spansOf(hop, at(40, 30))).toEqual({
    before: { from: at(-210), to: at(-90) },
    after: { from: at(1), to: at(35) },
  });
  expect(spansOf(hop, at(6, 59)).after).toBeUndefined();
  expect(spansOf(hop, at(7)).after).toEqual({ from: at(1), to: at(2) });
});

test('a minute of requests without a count of errors has none, and one without requests is no minute', () => {
  const [first, second] = [at(0), at(1)];
  expect(
    binsOf({
      [API_SERVER_METRICS.requests]: [{ at: first, sum: 100 }],
      [API_SERVER_METRICS.errors]: [{ at: second, sum: 3 }],
    }),
  ).toEqual([{ minute: first.getTime() / 60_000, events: 0, exposure: 100 }]);
  expect(binsOf({})).toEqual([]);
});

test('errors that tripled fail 35 minutes after the hop, and are no pass before', () => {
  expect(verdictAt(31, 45)).toMatchObject({ result: 'inconclusive', why: expect.stringContaining('one more look') });
  expect(verdictAt(31, 45).concludesAt).toBe(at(36).toISOString());
  expect(verdictAt(36, 45)).toMatchObject({ result: 'fail', figures: { effect: expect.closeTo(3, 1) } });
  expect(verdictAt(31, 15)).toMatchObject({ result: 'pass' });
});

test('until there is data enough it says when there will be', () => {
  expect(compareApiErrors(hop, counted(-210, -90, 15), {}, at(0, 20))).toMatchObject({
    result: 'inconclusive',
    concludesAt: at(31).toISOString(),
  });
  expect(verdictAt(20, 15).concludesAt).toBe(at(31).toISOString());
  // Nothing came although it should have: the wait goes on from then.
  expect(compareApiErrors(hop, counted(-210, -90, 15), {}, at(40)).concludesAt).toBe(at(65).toISOString());
  const unknown = compareApiErrors(hop, {}, {}, at(0));
  expect([unknown.result, unknown.concludesAt]).toEqual(['inconclusive', undefined]);
});
