import { waveItem } from '../../test/material/items/rollout-items.ts';
import { waveSchema } from '../config/schema/wave.ts';
import type { Wave } from '../contracts/items/rollout.ts';
import { waveEnd } from './wave-end.ts';

const wave = (more: Partial<Wave>): Wave => waveItem({ members: 5, needWork: 5, maxFailures: 1, ...more });
const spec = (more: object = {}) => waveSchema.parse({ name: 'all', ...more });

test.each([
  ['all succeeded', { succeeded: 5 }, {}, 'Completed'],
  ['some failed within the budget', { succeeded: 4, failed: 1 }, {}, 'CompletedWithFailures'],
  ['more failed than may', { succeeded: 3, failed: 2 }, {}, 'Halted'],
  ['none succeeded, within the budget', { failed: 1, blocked: 4 }, {}, 'Halted'],
  [
    'none succeeded, and a person accepts it',
    { failed: 1, blocked: 4, acceptedFailures: 1 },
    {},
    'CompletedWithFailures',
  ],
  ['nobody was judged', { blocked: 5 }, {}, 'Undecided'],
  ['all were set aside', { quarantined: 5, needWork: 0 }, {}, 'Undecided'],
  ['all were taken out before it opened', { excluded: 5, needWork: 0 }, {}, 'Completed'],
  ['all were taken out since it opened', { excluded: 5 }, {}, 'Undecided'],
  [
    'so many were taken out that fewer than asked for were judged',
    { succeeded: 2, excluded: 3 },
    { failureBudget: { minJudged: 3 } },
    'Undecided',
  ],
  ['one was judged and the others were taken out', { succeeded: 1, excluded: 4 }, {}, 'Completed'],
  ['one was held before it was planned', { excluded: 5, needWork: 0, owed: 1 }, {}, 'Undecided'],
  [
    'who was held before is one of those asked for',
    { succeeded: 4, excluded: 1, needWork: 4, owed: 1 },
    { failureBudget: { minJudged: 5 } },
    'Undecided',
  ],
  [
    'the second of two that are asked for failed in a wave that was given up',
    { succeeded: 1, failed: 1, strays: 1, quarantined: 3 },
    { failureBudget: { minJudged: 2 } },
    'Undecided',
  ],
  ['fewer than asked for were judged', { succeeded: 2, blocked: 3 }, { failureBudget: { minJudged: 3 } }, 'Undecided'],
  [
    'as many as asked for',
    { succeeded: 2, failed: 1, blocked: 2 },
    { failureBudget: { minJudged: 3 } },
    'CompletedWithFailures',
  ],
  ['more asked for than there are', { succeeded: 5 }, { failureBudget: { minJudged: 50 } }, 'Completed'],
  [
    'too few, and the policy lets it pass',
    { succeeded: 1, blocked: 4 },
    { failureBudget: { minJudged: 3 }, onUndecided: 'pass' },
    'Completed',
  ],
  ['nobody asked for', { blocked: 5 }, { failureBudget: { minJudged: 0 } }, 'Completed'],
] as const)('%s', (_, counts, rules, status) => {
  expect(waveEnd(wave(counts), spec(rules)).status).toBe(status);
});
