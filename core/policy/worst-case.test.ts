import fc from 'fast-check';
import { policyWith } from './testing/policies.ts';
import { worstCaseFailures, worstCaseLines } from './worst-case.ts';

const wave = (maxConcurrency: number | string, maxFailures: number | string, countInFlight = false) => ({
  maxConcurrency,
  failureBudget: { maxFailures, minJudged: 1, countInFlight },
});

test.each([
  [wave(1, 0), 10, 1],
  [wave(5, 2), 100, 7],
  [wave(5, 2, true), 100, 3],
  [wave('25%', '10%'), 40, 14],
  [wave('25%', '10%', true), 40, 5],
  [wave(20, 2), 10, 10],
  [wave(5, 0, true), 100, 1],
])('%j of %s clusters: %s fail at worst', (given, members, failures) => {
  expect(worstCaseFailures(given, members)).toBe(failures);
});

test('no history of starts and ends has more failures', () => {
  const random = fc.record({ concurrency: fc.integer({ min: 1, max: 5 }), budget: fc.nat(4), count: fc.boolean() });
  const moves = fc.array(fc.constantFrom('start', 'fail'), { maxLength: 60 });
  fc.assert(
    fc.property(random, fc.integer({ min: 1, max: 12 }), moves, ({ concurrency, budget, count }, members, history) => {
      const given = wave(concurrency, budget, count);
      let [begun, inFlight, failed] = [0, 0, 0];
      const mayStart = () =>
        begun < members &&
        failed <= budget &&
        inFlight < concurrency &&
        (!count || inFlight < Math.max(1, budget - failed));
      const step = (move: string) => {
        if (move === 'start' && mayStart()) [begun, inFlight] = [begun + 1, inFlight + 1];
        if (move === 'fail' && inFlight > 0) [failed, inFlight] = [failed + 1, inFlight - 1];
      };
      for (const move of history) step(move);
      expect(failed + inFlight).toBeLessThanOrEqual(worstCaseFailures(given, members));
    }),
  );
});

test('the words say what the numbers leave open', () => {
  const policy = policyWith({
    waves: `
      - { name: named, clusters: [a, b, c], maxConcurrency: 2 }
      - { name: numbers, selector: { matchLabels: { e: a } }, maxConcurrency: 5, failureBudget: { maxFailures: 2 } }
      - { name: one, selector: { matchLabels: { e: b } } }
      - { name: shares, selector: { matchLabels: { e: c } }, maxConcurrency: "25%", failureBudget: { maxFailures: "10%" } }
      - { name: alone, clusters: [a] }
      - { name: share, selector: { matchLabels: { e: d } }, failureBudget: { maxFailures: "10%" } }
      - { name: mixed, selector: { matchLabels: { e: f } }, maxConcurrency: "25%", failureBudget: { maxFailures: 2 } }
      - { name: counted, maxConcurrency: "25%", failureBudget: { maxFailures: "10%", countInFlight: true } }`,
  });
  expect(worstCaseLines(policy)).toEqual([
    'policy standard, wave named: at worst 2 of 3 clusters fail before nothing more starts.',
    'policy standard, wave numbers: at worst 7 clusters fail before nothing more starts.',
    'policy standard, wave one: at worst 1 cluster fails before nothing more starts.',
    'policy standard, wave shares: at worst 10% of its clusters fail and 25% that are in flight before nothing more starts.',
    'policy standard, wave alone: at worst 1 of 1 clusters fails before nothing more starts.',
    'policy standard, wave share: at worst 10% of its clusters fail and 1 that is in flight before nothing more starts.',
    'policy standard, wave mixed: at worst 2 of its clusters fail and 25% that are in flight before nothing more starts.',
    'policy standard, wave counted: at worst 10% of its clusters fail and 1 more before nothing more starts.',
  ]);
});
