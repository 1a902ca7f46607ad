import { rolloutItem, waveItem } from '../../test/material/items/rollout-items.ts';
import { policyWith } from '../../test/material/policy/policies.ts';
import { waveSchema } from '../config/schema/wave.ts';
import type { Rollout, Wave } from '../contracts/items/rollout.ts';
import {
  haltsAgain,
  hasBegun,
  isLastWave,
  isLeftUndecided,
  mayGoOn,
  turnedWave,
  waitingForPromotion,
  waveAskedBeforeNext,
  waveEnd,
  wayToResume,
  whyNotSkipped,
  whyOutdated,
} from './wave-end.ts';

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

test.each<[string, Partial<Wave>, string]>([
  ['nobody was judged', { blocked: 5 }, 'NoneJudged: No upgrade was tried to its end, so the wave proves nothing'],
  [
    'too few were judged',
    { succeeded: 2, blocked: 3 },
    'TooFewJudged: Only 2 were judged and 3 are asked for (minJudged)',
  ],
])('where %s, that is the reason', (_, counts, said) => {
  const [why] = waveEnd(wave(counts), spec({ failureBudget: { minJudged: 3 } })).reasons;
  expect(`${why?.code}: ${why?.message}`).toContain(`${said}: ${counts.succeeded ?? 0} succeeded, 0 failed`);
  expect(why?.message).toContain(' An approver may go on: liftlock rollout promote r');
});

test.each<[string, Partial<Wave>, boolean]>([
  ['has set some aside', { quarantined: 1 }, true],
  ['kept some out before it opened', { openedAt: undefined, excluded: 1 }, true],
  ['had some taken out since it opened', { excluded: 1 }, false],
  ['never opened, and nobody is kept out', { openedAt: undefined, blocked: 1 }, false],
])('a wave that %s may or may not go on without a word, and says so', (_, counts, goesOn) => {
  const undecided = wave({ members: 1, needWork: 1, ...counts });
  expect(mayGoOn(undecided)).toBe(goesOn);
  const [why] = waveEnd(undecided, spec()).reasons;
  expect(why?.message.includes('It goes on by itself once nothing keeps its clusters out any more')).toBe(goesOn);
});

const waves = (...all: readonly Partial<Wave>[]) => all.map((one, index) => wave({ index, name: `w${index}`, ...one }));
const DONE = { status: 'Completed', startedAt: '2026-11-20T00:00:00.000Z' } as const;

test.each<[string, readonly Wave[], string | undefined]>([
  ['waits to open', waves(DONE, { status: 'Pending' }), 'w0'],
  ['is open and has begun nothing', waves(DONE, { status: 'Open' }), 'w0'],
  ['has begun', waves(DONE, { ...DONE, status: 'Open' }), undefined],
  ['is the first one', waves({ status: 'Pending' }), undefined],
  ['is undecided', waves(DONE, { status: 'Undecided' }), undefined],
  ['soaks', waves(DONE, { status: 'Soaking' }), undefined],
  ['comes after one that was skipped', waves(DONE, { status: 'Skipped' }, { status: 'Pending' }), 'w0'],
  ['is none, since all have ended', waves(DONE, DONE), undefined],
])('gates are asked of the wave before one that %s', (_, all, asked) => {
  expect(waveAskedBeforeNext(all)?.name).toBe(asked);
});

const UNDECIDED = { status: 'Undecided' } as const;
test.each<[string, readonly Wave[], string | undefined]>([
  ['an undecided wave', waves(DONE, UNDECIDED), 'w1'],
  ['no wave in which something still runs', waves({ ...UNDECIDED, inFlight: 1 }), undefined],
  ['no wave that soaks', waves({ status: 'Soaking' }), undefined],
  ['no wave of which a cluster goes back', waves(DONE, { ...UNDECIDED, goingBack: ['k'] }), undefined],
  ['no wave after one of which a cluster goes back', waves({ ...DONE, goingBack: ['k'] }, UNDECIDED), undefined],
  ['a wave before one of which a cluster goes back', waves(UNDECIDED, { goingBack: ['k'] }), 'w0'],
])('a person may let pass %s', (_, all, expected) => {
  expect(waitingForPromotion(all)?.name).toBe(expected);
});

test('a wave is left undecided when nothing runs in it', () => {
  expect([UNDECIDED, { ...UNDECIDED, inFlight: 1 }, DONE].map((one) => isLeftUndecided(wave(one)))).toEqual([
    ...[true, false, false],
  ]);
});

test.each<[string, Partial<Wave>, boolean]>([
  ['the last cluster of a wave that has not opened', { excluded: 4 }, false],
  ['the only cluster of one', { members: 1 }, false],
  ['one of two', { excluded: 3 }, true],
  ['the last cluster of a wave that is open', { status: 'Open', excluded: 4 }, true],
  ['the last cluster of the last wave', { index: 1, excluded: 4 }, true],
])('%s may or may not be skipped', (_, more, may) => {
  const all = [wave({ index: 0, name: 'z' }), wave({ index: 1, name: 'b' })];
  const why = whyNotSkipped('web', wave({ status: 'Pending', name: 'a', ...more }), all, undefined);
  expect(why === undefined).toBe(may);
  if (!may) expect(why).toMatch(/^web is the last cluster of the wave a of r, /);
});

test.each<[string, string | undefined, number, boolean]>([
  ['that the policy has', '[{ name: a }, { name: b }]', 0, false],
  ['that the policy has dropped', '[{ name: a }]', 0, true],
  ['that the policy has dropped, and that still has a cluster', '[{ name: a }]', 1, false],
  ['of a policy that has dropped this one as well', '[{ name: c }]', 0, false],
  ['of a policy that nobody can read', undefined, 0, false],
])(
  'a wave before an empty one %s is the last one or not, and so its last cluster may or may not be skipped',
  (...row) => {
    const [, named, members, isLast] = row;
    const policy = named === undefined ? undefined : policyWith({ waves: named });
    const [own, later] = [wave({ name: 'a', status: 'Pending', members: 1 }), wave({ index: 1, name: 'b', members })];
    expect(isLastWave(own, [own, later], policy)).toBe(isLast);
    expect(whyNotSkipped('web', own, [own, later], policy) === undefined).toBe(isLast);
  },
);

test('a plan stands from the time that its wave opens', () => {
  const begun = (more: Partial<Wave>) => hasBegun(wave(more));
  expect(begun({ status: 'Pending' })).toBe(false);
  expect(begun({ status: 'Undecided', openedAt: undefined })).toBe(false);
  expect(begun({ status: 'Undecided' })).toBe(true);
  expect(begun({ status: 'Skipped' })).toBe(true);
  expect(begun({ status: 'Open' })).toBe(true);
});

test('a wave that opens again keeps the time when it first opened, and has no end', () => {
  const [first, later] = ['2026-11-20T00:00:00.000Z', '2026-11-21T00:00:00.000Z'];
  const turned = (before: Partial<Wave>, status: Wave['status']) => {
    const { openedAt, endedAt } = turnedWave(wave(before), { status, reasons: [] }, later);
    return { openedAt, endedAt };
  };
  expect(turned({ status: 'Pending' }, 'Open')).toEqual({ openedAt: later, endedAt: undefined });
  expect(turned({ status: 'Halted', openedAt: first, endedAt: first }, 'Open')).toEqual({ openedAt: first });
  expect(turned({ openedAt: first, endedAt: first }, 'Soaking')).toEqual({ openedAt: first, endedAt: first });
  expect(turned({ openedAt: first }, 'Completed')).toEqual({ openedAt: first, endedAt: later });
  expect(turned({ status: 'Pending' }, 'Skipped')).toEqual({ openedAt: undefined, endedAt: later });
});

test.each<[string, Partial<Wave>, string | undefined]>([
  ['more have failed than may', { failed: 2 }, '2 failed and at most 1 may'],
  ['none has succeeded', { failed: 1, blocked: 4 }, '1 failed and none succeeded'],
  ['none has succeeded so far', { failed: 1 }, undefined],
  ['one has succeeded', { failed: 1, succeeded: 4 }, undefined],
])('a halted wave in which %s halts again or not, and the command to go on goes by that', (_, counts, why) => {
  const halted = wave({ status: 'Halted', ...counts });
  expect(haltsAgain(halted)).toBe(why && `The wave all is halted: ${why}.`);
  const [plain, accepts] = ['liftlock rollout resume r', 'liftlock rollout resume r --accept-failures'];
  expect(wayToResume({ id: 'r' }, [wave({}), halted])).toBe(why === undefined ? plain : accepts);
  expect(wayToResume({ id: 'r' }, [wave({ ...counts, status: 'Open' })])).toBe(plain);
});

test('a plan is outdated while its wave is pending and the policy has changed', () => {
  const said = (status: Wave['status'], revision?: string, rollout: Partial<Rollout> = {}) =>
    whyOutdated(rolloutItem(rollout), [], wave({ status }), revision === undefined ? undefined : { revision })?.message;
  expect(said('Pending', 'y')).toMatch(/^The policy p has changed, and the wave all is planned anew within a minute/);
  expect(said('Pending', 'y', { status: 'Halted' })).toContain('once its rollout goes on, which is halted');
  expect([said('Pending', 'x'), said('Open', 'y'), said('Pending')]).toEqual([undefined, undefined, undefined]);
});
