import fc from 'fast-check';
import { waveItem } from '../../test/material/items/rollout-items.ts';
import { policyWith } from '../../test/material/policy/policies.ts';
import type { Wave } from '../contracts/items/rollout.ts';
import { waveRefusal } from './wave-room.ts';
import { worstCaseFailures, worstCaseLines, worstCaseNow } from './worst-case.ts';

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

test.each<[string, Partial<Wave>, number]>([
  ['has not begun', { members: 5, needWork: 5, maxFailures: 1 }, 2],
  ['has failures that were accepted', { members: 5, needWork: 5, maxFailures: 1, acceptedFailures: 2, failed: 2 }, 3],
  ['has lost one to a skip', { members: 2, needWork: 2, maxConcurrency: 2, excluded: 1 }, 1],
  ['has none left', { members: 2, needWork: 2, maxConcurrency: 2, excluded: 2 }, 0],
  ['had all set aside when it opened', { members: 2, needWork: 0, quarantined: 2 }, 1],
  ['has nearly ended', { members: 5, needWork: 5, maxConcurrency: 5, succeeded: 3, blocked: 1 }, 1],
  ['is halted while others are in flight', { status: 'Halted', members: 9, needWork: 9, failed: 1, inFlight: 2 }, 3],
  ['has more in flight than may now', { members: 9, needWork: 9, inFlight: 4 }, 4],
])('as it is, a wave that %s has at worst so many failures: %j', (_, more, most) => {
  expect(worstCaseNow(waveItem(more))).toBe(most);
});

test('whatever becomes of a wave from now on, no more of its clusters fail', () => {
  const count = fc.integer({ min: 0, max: 4 });
  const given = {
    maxFailures: count,
    succeeded: count,
    failed: count,
    blocked: count,
    excluded: count,
    inFlight: count,
  };
  const states = fc.record({
    ...given,
    acceptedFailures: count,
    countInFlight: fc.boolean(),
    maxConcurrency: fc.integer({ min: 1, max: 4 }),
    waiting: count,
  });
  const moves = fc.array(fc.constantFrom('start', 'fail', 'succeed'), { maxLength: 40 });
  fc.assert(
    fc.property(states, moves, ({ waiting, ...state }, history) => {
      const { succeeded, failed, blocked, excluded, inFlight } = state;
      const members = succeeded + failed + blocked + excluded + inFlight + waiting;
      let wave = waveItem({ ...state, members, needWork: members });
      const most = worstCaseNow(wave);
      let left = waiting;
      for (const move of history) {
        if (move === 'start') {
          if (left === 0 || waveRefusal(wave) !== undefined) continue;
          left -= 1;
          wave = { ...wave, inFlight: wave.inFlight + 1 };
        } else if (wave.inFlight > 0) {
          const counter = move === 'fail' ? 'failed' : 'succeeded';
          wave = { ...wave, inFlight: wave.inFlight - 1, [counter]: wave[counter] + 1 };
        }
        expect(wave.failed).toBeLessThanOrEqual(most);
      }
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
  // No more clusters than the policy selects can fail.
  expect(worstCaseLines(policy, 2)[1]).toContain('at worst 2 clusters fail');
  expect(worstCaseLines(policy, 9)[1]).toContain('at worst 7 clusters fail');
});
