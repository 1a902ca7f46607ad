import { waveItem } from '../../test/material/items/rollout-items.ts';
import type { Rollout, Wave } from '../contracts/items/rollout.ts';
import { rolloutConditions, since, waveConditions } from './with-conditions.ts';

const at = '2026-11-20T08:00:00.000Z';
const wave = (more: Partial<Wave> = {}): Wave =>
  waveItem({ name: 'canary', status: 'Pending', members: 3, needWork: 3, maxFailures: 1, planHash: 'now', ...more });
const word = (decision: 'Approved' | 'Rejected', principal: string, planHash = 'now') => ({
  decision,
  principal,
  at,
  planHash,
});
const gates = (...statuses: ('green' | 'red' | 'unknown')[]) => ({
  checkedAt: at,
  readings: statuses.map((status) => ({ gate: `${status}-gate`, status, message: 'As it says.' })),
});

test.each<[string, Partial<Wave>, string]>([
  ['nobody has judged', {}, 'Approved Unknown NotOpened'],
  ['one has approved', { approvals: [word('Approved', 'a')] }, 'Approved Unknown NotOpened'],
  ['one has rejected', { approvals: [word('Approved', 'a'), word('Rejected', 'b')] }, 'Approved False Rejected'],
  [
    'a rejection was taken back',
    { openedAt: at, approvals: [word('Rejected', 'a'), word('Approved', 'a')] },
    'Approved True Approved',
  ],
  [
    'the plan that was rejected is another',
    { approvals: [word('Rejected', 'a', 'old')] },
    'Approved Unknown NotOpened',
  ],
  ['it opened by itself', { openedAt: at, status: 'Open' }, 'Approved True NotAskedFor'],
  ['it was rejected after it opened', { openedAt: at, approvals: [word('Rejected', 'b')] }, 'Approved False Rejected'],
  ['gates were not read', {}, 'GatesGreen Unknown NotRead'],
  ['gates are green', { gates: gates('green', 'green') }, 'GatesGreen True AllGreen'],
  ['a gate is unknown', { gates: gates('green', 'unknown') }, 'GatesGreen Unknown GateUnknown'],
  ['a gate is red beside an unknown one', { gates: gates('unknown', 'red') }, 'GatesGreen False GateRed'],
  ['it soaks', { status: 'Soaking' }, 'Soaked False Soaking'],
  ['it runs', { status: 'Open' }, 'Soaked Unknown NotSettled'],
  ['it ended without a soak', { status: 'Completed', succeeded: 1, lastSuccessAt: at }, 'Soaked Unknown NotSoaked'],
  ['it ended and nobody succeeded', { status: 'Completed', excluded: 3 }, 'Soaked Unknown NoneSucceeded'],
  [
    'a person had it pass, and nobody succeeded',
    { status: 'Completed', blocked: 3, promotedBy: 'me' },
    'Soaked True Promoted',
  ],
  ['its soak was skipped', { status: 'Completed', promotedBy: 'me' }, 'Soaked True Promoted'],
  ['as many failed as may', { failed: 1 }, 'WithinBudget True WithinBudget'],
  ['more failed', { failed: 2 }, 'WithinBudget False FailureBudgetExceeded'],
  ['more failed and were accepted', { failed: 2, acceptedFailures: 2 }, 'WithinBudget True WithinBudget'],
])('of a wave where %s: %j', (_, more, expected) => {
  expect(waveConditions(wave(more)).map(({ type, status, reason }) => `${type} ${status} ${reason}`)).toContain(
    expected,
  );
});

test.each<[string, Partial<Wave>, string]>([
  [
    'has not opened claims no approval: it may be too few, expired, or of somebody whom the policy does not name',
    { approvals: [word('Approved', 'a'), word('Approved', 'b')] },
    'Agreed to by a, b; it has not opened. Whether that is enough and still holds is judged under its policy, and what is lacking is told beside this.',
  ],
  ['nobody has judged says so', {}, 'Nobody has judged its plan, and it has not opened.'],
  [
    'has opened and not begun says that approvals may still expire',
    { openedAt: at, approvals: [word('Approved', 'a')] },
    'It opened with approvals by a. They have to hold still when its first cluster starts.',
  ],
  [
    'has begun says whose approvals it opened with',
    { openedAt: at, startedAt: at, approvals: [word('Approved', 'a')] },
    'It opened with approvals by a.',
  ],
  [
    'a retry has opened again does not claim later approvals for its opening, nor that it opened without any',
    { openedAt: '2026-11-19T00:00:00.000Z', startedAt: at, approvals: [word('Approved', 'a')] },
    'It opened at 2026-11-19T00:00:00.000Z; the newest approval of a came after that.',
  ],
  ['was never asked about says so', { openedAt: at, startedAt: at }, 'It opened, and no approval was asked for then.'],
])('a wave that %s', (_, more, message) => {
  expect(waveConditions(wave(more))[0]).toMatchObject({ type: 'Approved', message });
});

test('a wave is said to have soaked where its record shows it, for as long as it is not opened again', () => {
  const soaking = wave({ status: 'Soaking', succeeded: 3, lastSuccessAt: at });
  let known: Wave = { ...soaking, conditions: since(undefined, waveConditions(soaking), new Date(at)) };
  const next = (more: Partial<Wave>) => {
    const changed = { ...known, ...more };
    known = { ...changed, conditions: since(known.conditions, waveConditions(changed), new Date()) };
    return known.conditions?.find(({ type }) => type === 'Soaked');
  };
  const message = 'It soaked, and has passed since.';
  const soaked = { status: 'True', reason: 'Soaked', message };
  expect(next({ status: 'Completed' })).toMatchObject(soaked);
  expect(next({ failed: 1, status: 'CompletedWithFailures' })).toMatchObject(soaked);
  expect(next({ status: 'Open' })).toMatchObject({ status: 'Unknown', reason: 'NotSettled' });
  expect(next({ status: 'Completed' })).toMatchObject({ status: 'Unknown', reason: 'NotSoaked' });
});

test.each<[Rollout['status'], string[]]>([
  ['Planned', []],
  ['Running', ['Progressing']],
  ['Paused', ['Paused']],
  ['Halted', ['Halted']],
  ['Completed', ['Completed']],
  ['CompletedWithFailures', ['Completed']],
  ['Aborted', []],
])('of a rollout that is %s, true are %j', (status, expected) => {
  const rollout = { status, reasons: [{ code: 'Why', message: 'Because.' }] } as unknown as Rollout;
  const conditions = rolloutConditions(rollout);
  expect(conditions.filter((one) => one.status === 'True').map(({ type }) => type)).toEqual(expected);
  expect(conditions[0]).toMatchObject({ reason: status, message: `The rollout is ${status}. Because.` });
});

test('the time of a condition moves with its status alone', () => {
  const first = since(undefined, waveConditions(wave()), new Date(at));
  const later = new Date('2026-11-20T09:00:00Z');
  const failedOnce = since(first, waveConditions(wave({ failed: 1 })), later);
  expect(failedOnce.at(-1)).toMatchObject({ message: '1 failed, 1 may.', lastTransitionTime: at });
  const failedTwice = since(failedOnce, waveConditions(wave({ failed: 2 })), later);
  expect(failedTwice.at(-1)).toMatchObject({ status: 'False', lastTransitionTime: later.toISOString() });
  expect(failedTwice.slice(0, 3).map(({ lastTransitionTime }) => lastTransitionTime)).toEqual([at, at, at]);
});
