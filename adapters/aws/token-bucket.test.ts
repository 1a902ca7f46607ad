import { createTokenBucket } from './token-bucket.ts';

/** A clock that only sleeping and the test move. */
function start(options: { perSecond?: number; burst?: number } = {}) {
  let now = 0;
  const slept: number[] = [];
  const bucket = createTokenBucket({
    clock: { now: () => new Date(now) },
    sleep: async (milliseconds) => void slept.push(milliseconds),
    ...options,
  });
  const pass = (milliseconds: number) => {
    now += milliseconds;
  };
  return { bucket, slept, pass };
}

test('a burst passes at once, then calls come at the rate, each in its turn', async () => {
  const { bucket, slept } = start();
  for (let call = 0; call < 13; call++) await bucket.take();
  expect(slept).toEqual([500, 1000, 1500]);
});

test('tokens come back with time, but never more than the burst', async () => {
  const { bucket, slept, pass } = start({ perSecond: 2, burst: 3 });
  for (let call = 0; call < 3; call++) await bucket.take();
  pass(1_000);
  await bucket.take();
  await bucket.take();
  expect(slept).toEqual([]);
  pass(3_600_000);
  for (let call = 0; call < 4; call++) await bucket.take();
  expect(slept).toEqual([500]);
});

test('what is spent without waiting is waited for by the next', async () => {
  const { bucket, slept } = start({ perSecond: 1, burst: 1 });
  bucket.spend();
  bucket.spend();
  await bucket.take();
  expect(slept).toEqual([2000]);
});

test('a clock that goes back takes nothing away', async () => {
  const { bucket, slept, pass } = start({ perSecond: 1, burst: 2 });
  await bucket.take();
  pass(-10_000);
  await bucket.take();
  expect(slept).toEqual([]);
});
