import fc from 'fast-check';
import { deltaDebug } from './shrink-simulation.ts';

const always = () => true;

test('finds exactly the items that are wrong together', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 60 }), fc.array(fc.nat(59), { maxLength: 4 }), async (size, marks) => {
      const items = Array.from({ length: size }, (_, index) => index);
      const guilty = [...new Set(marks.filter((mark) => mark < size))].sort((a, b) => a - b);
      const left = await deltaDebug(items, async (some) => guilty.every((one) => some.includes(one)), always);
      expect(left).toEqual(guilty);
    }),
  );
});

test('nothing can be taken from what is left, even when items are wrong only in pairs', async () => {
  const wrong = async (some: readonly number[]) => some.filter((item) => item % 3 === 0).length >= 2;
  const left = await deltaDebug(
    Array.from({ length: 30 }, (_, index) => index),
    wrong,
    always,
  );
  expect(left).toHaveLength(2);
});

test('gives the shortest list so far when it has to end', async () => {
  let asked = 0;
  const wrong = async (some: readonly number[]) => {
    asked += 1;
    return some.includes(7);
  };
  const left = await deltaDebug(
    Array.from({ length: 64 }, (_, index) => index),
    wrong,
    () => asked < 3,
  );
  expect(left).toContain(7);
  expect(left.length).toBeLessThan(64);
});
