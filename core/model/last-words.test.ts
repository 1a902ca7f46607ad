import type { ApprovalRecord } from '../contracts/items/rollout.ts';
import { LIFTLOCK } from '../contracts/names.ts';
import { lastWords, newestOfEach } from './last-words.ts';

const word = (principal: string, decision: ApprovalRecord['decision'], more: Partial<ApprovalRecord> = {}) => ({
  ...{ decision, principal, at: '2026-11-20T12:00:00.000Z', planHash: 'h' },
  ...more,
});
const ANA = 'sso:111111111111/ana';

test('of each the newest word is kept, and who speaks again comes last', () => {
  const words = [word(ANA, 'Approved'), word('bob', 'Approved'), word(ANA, 'Rejected')];
  expect(newestOfEach(words)).toEqual([word('bob', 'Approved'), word(ANA, 'Rejected')]);
});

test('somebody of Identity Center is one in every account, and Liftlock is one as well', () => {
  const elsewhere = word('sso:222222222222/Ana', 'Rejected');
  expect(newestOfEach([word(ANA, 'Approved'), elsewhere])).toEqual([elsewhere]);
  const [before, newest] = [word(LIFTLOCK, 'Approved', { planHash: 'older' }), word(LIFTLOCK, 'Approved')];
  expect(newestOfEach([before, newest])).toEqual([newest]);
});

test('a word of another plan, or one that is void, takes nobody the word of this plan', () => {
  const approvals = [word(ANA, 'Approved'), word(ANA, 'Rejected', { planHash: 'other' })];
  expect(lastWords({ planHash: 'h', approvals })).toEqual([word(ANA, 'Approved')]);
  expect(lastWords({ planHash: 'h', approvals: [word(ANA, 'Approved', { isVoid: true })] })).toEqual([]);
  expect(lastWords({ planHash: 'h' })).toEqual([]);
});
