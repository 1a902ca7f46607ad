import type { MetricMinute } from '../ports/account.ts';
import { binsOf, compareSince, spansOf } from './compare-hop-rates.ts';

const NOON = Date.parse('2026-11-20T12:00:00Z');
const at = (minutes: number, seconds = 0): Date => new Date(NOON + minutes * 60_000 + seconds * 1_000);
const hop = { begunAt: at(-90, 20), endedAt: at(0, 20) };
const minutes = (from: number, to: number, value: (index: number) => number): MetricMinute[] =>
  Array.from({ length: to - from }, (_, index) => ({ at: at(from + index), value: value(index) }));
/** Errors with small random variations. */
const counted = (from: number, to: number, errors: number, requests = 3_000) =>
  binsOf(
    minutes(from, to, (index) => Math.round(errors * (1 + 0.1 * Math.sin(index * 1.7)))),
    minutes(from, to, () => requests),
  );
const compared = (before: ReturnType<typeof counted>, after: ReturnType<typeof counted>, now: Date) =>
  compareSince(hop, [{ probe: 'api-errors', before, after }], now)[0];
const verdictAt = (minutes: number, errors: number, before = counted(-210, -90, 15)) =>
  compared(before, counted(1, minutes - 5, errors), at(minutes));

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
  expect(binsOf([{ at: second, value: 3 }], [{ at: first, value: 100 }])).toEqual([
    { minute: first.getTime() / 60_000, events: 0, exposure: 100 },
  ]);
  expect(binsOf([], [])).toEqual([]);
});

test('errors that tripled fail 35 minutes after the hop, and are no pass before', () => {
  expect(verdictAt(31, 45)).toMatchObject({ result: 'inconclusive', why: expect.stringContaining('one more look') });
  expect(verdictAt(31, 45)?.concludesAt).toBe(at(36).toISOString());
  expect(verdictAt(36, 45)).toMatchObject({ result: 'fail', figures: { effect: expect.closeTo(3, 1) } });
  expect(verdictAt(31, 15)).toMatchObject({ result: 'pass' });
});

test('until there is data enough it says when there will be', () => {
  expect(compared(counted(-210, -90, 15), [], at(0, 20))).toMatchObject({
    result: 'inconclusive',
    concludesAt: at(31).toISOString(),
  });
  expect(verdictAt(20, 15)?.concludesAt).toBe(at(31).toISOString());
  // No data arrived although it should have: the wait continues from then.
  expect(compared(counted(-210, -90, 15), [], at(40))?.concludesAt).toBe(at(65).toISOString());
  const unknown = compared([], [], at(0));
  expect([unknown?.result, unknown?.concludesAt]).toEqual(['inconclusive', undefined]);
});

test('each series keeps its own time and whose it is', () => {
  const of = { name: 'checkout', source: 'AWS/ApplicationELB {}' };
  const verdicts = compareSince(
    hop,
    [
      { probe: 'api-errors', before: counted(-210, -90, 15), after: counted(1, 26, 45) },
      { probe: 'metric-errors', of, before: counted(-210, -90, 15), after: counted(1, 15, 15) },
    ],
    at(31),
  );
  expect(verdicts).toMatchObject([
    { probe: 'api-errors', concludesAt: at(36).toISOString() },
    { probe: 'metric-errors', of, concludesAt: at(32).toISOString() },
  ]);
  expect(verdicts[0]).not.toHaveProperty('of');
});
