import { waveItem } from '../../core/contracts/items/testing/rollout-items.ts';
import { reason } from '../../core/contracts/step-result.ts';
import { limitsText, waveLines } from './wave-text.ts';

const at = '2026-11-20T07:00:00.000Z';
const now = new Date('2026-11-20T08:00:00Z');
const wave = waveItem({
  name: 'canary',
  status: 'Soaking',
  members: 3,
  needWork: 3,
  maxConcurrency: 2,
  maxFailures: 1,
  succeeded: 3,
  canaries: 1,
  acceptedFailures: 2,
  countInFlight: true,
  planHash: 'f00d',
  approvals: [
    { decision: 'Approved', principal: 'anna', at, planHash: 'f00d', clusters: 3, comment: 'go\u001b[31m' },
    { decision: 'Approved', principal: 'old', at, planHash: 'beef' },
  ],
  gates: { checkedAt: at, readings: [{ gate: 'errors', status: 'red', message: 'It is in ALARM.' }] },
  conditions: [{ type: 'Soaked', status: 'False', reason: 'Soaking', message: 'It soaks.', lastTransitionTime: at }],
});
const standing = {
  index: 0,
  soakUntil: '2026-11-21T07:00:00.000Z',
  approvalsWanted: 2,
  approvalReasons: [reason('ApprovalMissing', 'One is missing.')],
  worstCase: 2,
};

test('limits tell canaries, accepted failures and what is counted', () => {
  expect(limitsText(wave)).toBe(
    '2 at once, at most 1 may fail, those in flight counted, canaries: 1, 2 failures accepted',
  );
});

test('a wave tells its plan, its worst case, approvals of this plan, its soak, its gates and conditions', () => {
  const lines = waveLines(wave, standing, now);
  expect(lines).toEqual([
    '  Plan: f00d, 3 clusters',
    '  Worst case: 2 of 3 fail',
    '  Approvals: 2 asked for',
    expect.stringMatching(/^ {4}Approved by anna for 3 clusters .*: go/),
    '    ApprovalMissing: One is missing.',
    '  Soaks until: 2026-11-21T07:00:00.000Z',
    expect.stringMatching(/^ {2}Gates, read .*:$/),
    '    errors: red. It is in ALARM.',
    expect.stringMatching(/^ {4}Soaked {7}False .*Soaking: It soaks\.$/),
  ]);
  expect(lines.join()).not.toContain('\u001b');
});

test('of a wave of which nothing is known there is nothing to tell', () => {
  const { planHash: _p, approvals: _a, gates: _g, conditions: _c, ...bare } = wave;
  expect(waveLines(bare, undefined, now)).toEqual([]);
});
