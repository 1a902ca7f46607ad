import { approvalSchema } from '../config/schema/wave.ts';
import type { ApprovalRecord } from '../contracts/items/rollout.ts';
import { approvalRefusals, clustersOf, isShownToApprovers, mayApprove } from './approvals.ts';
import { unapprovedFindings } from './unapproved-findings.ts';

const NOW = new Date('2026-11-20T12:00:00Z');
const requesters = { policyAppliedBy: ['author', 'mover'], rolloutCreatedBy: 'creator' };
const word = (principal: string, more: Partial<ApprovalRecord> = {}): ApprovalRecord => ({
  decision: 'Approved',
  principal,
  at: '2026-11-20T10:00:00.000Z',
  planHash: 'h',
  ...more,
});
const ruled = (comment: string) => word('liftlock', { comment });
const refusals = (approval: object, approvals: readonly ApprovalRecord[], more: object = {}) =>
  approvalRefusals(
    { approval: approvalSchema.parse(approval) },
    { rolloutId: 'r', name: 'prod', planHash: 'h', approvals: [...approvals], ...more },
    requesters,
    NOW,
  );
const codes = (...given: Parameters<typeof refusals>) => refusals(...given).map(({ code }) => code);

test.each([
  ['nobody has approved', {}, [], {}, ['ApprovalMissing']],
  ['one has', {}, [word('a')], {}, []],
  ['one of two', { approvals: 2 }, [word('a')], {}, ['ApprovalMissing']],
  ['one person twice', { approvals: 2 }, [word('a'), word('a')], {}, ['ApprovalMissing']],
  ['two', { approvals: 2 }, [word('a'), word('b')], {}, []],
  ['another plan', {}, [word('a', { planHash: 'older' })], {}, ['ApprovalMissing']],
  ['the author with four eyes', { fourEyes: true }, [word('author')], {}, ['ApprovalMissing']],
  ['the creator with four eyes', { fourEyes: true }, [word('creator')], {}, ['ApprovalMissing']],
  [
    'the author of the plan, which is older than the policy, with four eyes',
    { fourEyes: true, approvals: 2 },
    [word('a'), word('earlier')],
    { planAuthors: ['earlier'] },
    ['ApprovalMissing'],
  ],
  ['the author of the plan without', {}, [word('earlier')], { planAuthors: ['earlier'] }, []],
  ['the author without', {}, [word('author')], {}, []],
  ['one person in two cases', { approvals: 2 }, [word('Ana'), word('sso:1/ana')], {}, ['ApprovalMissing']],
  ['the author in another case', { fourEyes: true }, [word('AUTHOR')], {}, ['ApprovalMissing']],
  ['the creator under the new name', { fourEyes: true }, [word('sso:1/creator')], {}, ['ApprovalMissing']],
  [
    'somebody who is called liftlock',
    { fourEyes: true, from: ['b'] },
    [word('sso:1/liftlock')],
    {},
    ['ApprovalMissing'],
  ],
  ['the unknown', {}, [word('unknown')], {}, ['ApprovalMissing']],
  ['a rejection in another case taken back', {}, [word('B', { decision: 'Rejected' }), word('b')], {}, []],
  ['a rule with four eyes', { fourEyes: true, autoApproveWhen: 'true' }, [ruled('true')], {}, []],
  ['a rule that the policy states no more', {}, [ruled('true')], {}, ['ApprovalMissing']],
  ['another rule', { autoApproveWhen: 'failed == 0' }, [ruled('true')], {}, ['ApprovalMissing']],
  ['a rejection stands', {}, [word('a'), word('b', { decision: 'Rejected' })], {}, ['ApprovalRejected']],
  ['who rejected approves', {}, [word('b', { decision: 'Rejected' }), word('b')], {}, []],
  ['a rejection of another plan', {}, [word('a'), word('b', { decision: 'Rejected', planHash: 'o' })], {}, []],
  ['just not expired', { expiresAfter: '2h1s' }, [word('a')], {}, []],
  ['expired to the instant', { expiresAfter: '2h' }, [word('a')], {}, ['ApprovalExpired']],
  ['expired after the wave began', { expiresAfter: '2h' }, [word('a')], { startedAt: '2026-11-20T11:00:00.000Z' }, []],
  [
    'taken back after the wave began',
    {},
    [word('a'), word('a', { decision: 'Rejected' })],
    { startedAt: '2026-11-20T11:00:00.000Z' },
    ['ApprovalRejected'],
  ],
  ['not asked for', { before: false }, [], {}, []],
])('%s', (_, approval, given, more, expected) => {
  expect(codes(approval, given, more)).toStrictEqual(expected);
});

const BEGUN = { startedAt: '2026-11-20T09:00:00.000Z' };
const TAKES_BACK = 'It goes on when they approve, or when the plan changes and is approved.';
const TAKEN_BACK =
  'They may not approve it themselves (fourEyes): it goes on when they take that back (liftlock approve r prod) and others approve, or when the plan changes and is approved.';
const NEVER = 'They may not approve it themselves: it goes on when the plan changes and is approved.';
test.each([
  ['who may approve', { fourEyes: true }, 'a', {}, TAKES_BACK],
  ['the author without four eyes', {}, 'author', {}, TAKES_BACK],
  ['the author with four eyes', { fourEyes: true }, 'author', {}, TAKEN_BACK],
  ['the creator with four eyes', { fourEyes: true }, 'creator', {}, TAKEN_BACK],
  ['the creator, who is named no more', { fourEyes: true, from: ['b'] }, 'creator', {}, NEVER],
  ['who is not named', { from: ['b'] }, 'a', {}, NEVER],
  ['who may approve, once it began', {}, 'a', BEGUN, 'It goes on when they approve.'],
  ['the author, once it began', { fourEyes: true }, 'author', BEGUN, '(liftlock approve r prod) and others approve.'],
  ['who is not named, once it began', { from: ['b'] }, 'a', BEGUN, 'its plan is fixed since it began: abort'],
])('a rejection by %s says what ends it', (_, approval, principal, more, expected) => {
  const [refusal] = refusals(approval, [word(principal, { decision: 'Rejected' })], more);
  expect(refusal?.message).toContain(expected);
});

test('a wave whose policy is gone, or asks for nothing, needs nobody', () => {
  const wave = { rolloutId: 'r', name: 'prod', planHash: 'h' };
  expect(approvalRefusals(undefined, wave, requesters, NOW)).toStrictEqual([]);
  expect(approvalRefusals({}, wave, requesters, NOW)).toStrictEqual([]);
});

test.each<[string, object, readonly ApprovalRecord[], string]>([
  [
    'what is missing',
    { approvals: 2 },
    [word('a')],
    'The wave prod has 1 of 2 approvals. Run: liftlock approve r prod',
  ],
  [
    'what has expired',
    { expiresAfter: '2h' },
    [word('a')],
    'The wave prod has 0 of 1 approvals; 1 expired after 2h. Run: liftlock approve r prod',
  ],
  [
    'that another plan was approved, whatever else was said',
    {},
    [word('a', { planHash: 'older' }), word('author', { planHash: 'older', decision: 'Rejected' })],
    'The wave prod has 0 of 1 approvals. Its plan has changed since it was approved, which voided that. Run: liftlock approve r prod',
  ],
  [
    'nothing of an approval that its giver took back before the plan changed',
    {},
    [word('a', { planHash: 'older' }), word('a', { planHash: 'older', decision: 'Rejected' })],
    'The wave prod has 0 of 1 approvals. Run: liftlock approve r prod',
  ],
  [
    'that who approved it has applied the policy since, which changed its plan',
    { fourEyes: true },
    [word('author', { planHash: 'older' })],
    'The wave prod has 0 of 1 approvals. author applied the policy or its Channel, and somebody else has to approve (fourEyes). Run: liftlock approve r prod',
  ],
  [
    'that who approved it, twice, has applied the policy since, which left its plan as it was, and that another approval was voided',
    { fourEyes: true },
    [word('author', { planHash: 'older' }), word('a', { planHash: 'older' }), word('author')],
    'The wave prod has 0 of 1 approvals. Its plan has changed since it was approved, which voided that. author applied the policy or its Channel, and somebody else has to approve (fourEyes). Run: liftlock approve r prod',
  ],
  [
    'that who approved it created the rollout, and no more of the author who rejected an older plan',
    { fourEyes: true },
    [word('author', { planHash: 'older', decision: 'Rejected' }), word('creator')],
    'The wave prod has 0 of 1 approvals. creator created the rollout, and somebody else has to approve (fourEyes). Run: liftlock approve r prod',
  ],
  [
    'nothing of another plan that was only rejected',
    {},
    [word('a', { planHash: 'older', decision: 'Rejected' })],
    'The wave prod has 0 of 1 approvals. Run: liftlock approve r prod',
  ],
  [
    'who rejected, when, and why',
    {},
    [word('a', { decision: 'Rejected', comment: 'not on a Friday' })],
    `The wave prod was rejected by a at 2026-11-20T10:00:00.000Z: not on a Friday. ${TAKES_BACK}`,
  ],
  [
    'who rejected and when, where no reason was given',
    {},
    [word('a', { decision: 'Rejected' })],
    `The wave prod was rejected by a at 2026-11-20T10:00:00.000Z. ${TAKES_BACK}`,
  ],
])('a wave that waits for approval tells %s', (_, approval, given, told) => {
  expect(refusals(approval, given).map(({ message }) => message)).toEqual([told]);
});

test('a wave to which nobody has said a word tells the same as one without any', () => {
  const wave = { rolloutId: 'r', name: 'prod', planHash: 'h' };
  const approval = approvalSchema.parse({});
  expect(approvalRefusals({ approval }, wave, requesters, NOW)).toEqual(refusals({}, []));
});

test('an approval is for the clusters that the plan upgrades, without those that it leaves out', () => {
  expect(clustersOf({ members: 7, excluded: 2 })).toBe(5);
});

test.each([
  ['sso:1/ana', ['sso:*/bob', 'sso:*/ana'], true],
  ['arn:aws:iam::1:role/Approver', ['arn:aws:iam::1:role/Approver'], true],
  ['arn:aws:iam::1:role/team/a/Approver', ['arn:aws:iam::1:role/Approver'], true],
  ['arn:aws:iam::1:role/Approver2', ['arn:aws:iam::1:role/Approver'], false],
  ['arn:aws:iam::1:role/Approver2', ['arn:aws:iam::1:role/Approver*'], true],
  ['jane@example.com', ['*@example.com'], true],
])('%s among %j: %s', (principal, from, may) => {
  const approval = { before: true, approvals: 1, fourEyes: false, from };
  expect(mayApprove(approval, principal, requesters)).toHaveLength(may ? 0 : 1);
});

const BEFORE = { at: '2026-11-20T08:59:59.000Z' };
test.each([
  ['the approval is younger', {}, [word('a')], true],
  ['it is as old', {}, [word('a', { at: '2026-11-20T09:00:00.000Z' })], true],
  ['it is older', {}, [word('a', BEFORE)], false],
  ['one of two is older', { approvals: 2 }, [word('a'), word('b', BEFORE)], false],
  ['a third one came later', { approvals: 2 }, [word('a'), word('b', BEFORE), word('c')], true],
  ['the younger one is of another plan', {}, [word('a', { planHash: 'o' })], false],
  ['the younger one may not approve', { from: ['b'] }, [word('a')], false],
  ['the younger one rejects', {}, [word('a', { decision: 'Rejected' })], false],
  ['a rule approved before', { autoApproveWhen: 'true' }, [{ ...ruled('true'), ...BEFORE }], false],
  ['the wave asks nobody before it begins', { before: false }, [], true],
])('what is known since nine is shown to the approvers or not: %s', (_, approval, approvals, isShown) => {
  const wave = { rolloutId: 'r', name: 'prod', planHash: 'h', approvals };
  const asked = approvalSchema.parse(approval);
  expect(isShownToApprovers(asked, wave, requesters, '2026-11-20T09:00:00.000Z')).toBe(isShown);
  expect(isShownToApprovers(undefined, wave, requesters, '2026-11-20T09:00:00.000Z')).toBe(true);
});

test('of what a scan found after the approvals its errors are named, and those that its summary has no room for', () => {
  const approved = {
    spec: { approval: approvalSchema.parse({}) },
    wave: { rolloutId: 'r', name: 'prod', planHash: 'h', approvals: [word('a')] },
    requesters,
  };
  const [before, after] = ['2026-11-20T09:00:00.000Z', '2026-11-20T11:00:00.000Z'];
  const cause = (name: string, since: string | undefined, severity: 'error' | 'warning' = 'error') => ({
    ...{ cause: name, severity, findings: 1, owner: 'team-web' },
    ...(since === undefined ? {} : { since }),
  });
  const causes = [
    cause('old', before),
    cause('new', after),
    cause('odd', after, 'warning'),
    cause('undated', undefined),
  ];
  const scan = { target: '1.37', scannedAt: before, verdict: 'pass' as const, gaps: 0, causes, moreErrors: 'x' };
  const found = (more: object = {}) =>
    unapprovedFindings({ ...scan, ...more }, 'web', approved, NOW).map(({ message }) =>
      message.replace(/ Mend it, or approve again: liftlock approve r prod. Then: liftlock retry cluster web$/, ''),
    );
  const said = (what: string) => `When the wave prod was approved this was not known: ${what}`;
  expect(found()).toEqual([said('new (team-web).')]);
  expect(found({ scannedAt: after, moreErrorsSince: before })).toEqual([
    said('new (team-web).'),
    said('undated (team-web).'),
  ]);
  expect(found({ moreErrorsSince: after })).toEqual([said('new (team-web).'), said('causes beyond the first 4.')]);
  const nobody = { ...approved, wave: { ...approved.wave, approvals: [] } };
  expect(unapprovedFindings(scan, 'web', nobody, NOW)).toEqual([]);
});
