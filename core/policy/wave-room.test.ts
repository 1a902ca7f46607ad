import { waveItem } from '../../test/material/items/rollout-items.ts';
import type { Wave } from '../contracts/items/rollout.ts';
import {
  allowedFailures,
  exceedsBudget,
  failuresOf,
  goesBack,
  goesBackItself,
  haltedBefore,
  hasNoneSucceeded,
  judgedOf,
  mostInFlight,
  placeRefusal,
  waveRefusal,
  whyHalted,
  worstCase,
} from './wave-room.ts';

const wave = (more: Partial<Wave> = {}): Wave =>
  waveItem({ members: 10, needWork: 10, maxConcurrency: 3, maxFailures: 2, ...more });

test.each<[string, Partial<Wave>, string | undefined]>([
  ['room', {}, undefined],
  ['a full wave', { inFlight: 3 }, 'WaveFull'],
  ['the first canary', { canaries: 2 }, undefined],
  ['a second canary beside the first', { canaries: 2, inFlight: 1 }, 'CanaryFirst'],
  ['the second canary after the first', { canaries: 2, succeeded: 1 }, undefined],
  ['the rest while a canary has failed', { canaries: 1, failed: 1, inFlight: 1 }, 'CanaryFirst'],
  [
    'the rest where a person has accepted that',
    { canaries: 1, failed: 1, acceptedFailures: 1, inFlight: 1 },
    undefined,
  ],
  [
    'a failure of a wave that was given up is no canary',
    { canaries: 1, failed: 1, strays: 1, inFlight: 1 },
    'CanaryFirst',
  ],
  ['more canaries than clusters', { canaries: 50, members: 2, needWork: 2, succeeded: 2, inFlight: 1 }, undefined],
  ['clusters that were set aside as it opened', { canaries: 2, needWork: 0, inFlight: 1 }, 'CanaryFirst'],
  ['the rest of them', { canaries: 2, needWork: 0, members: 4, excluded: 2, succeeded: 2, inFlight: 1 }, undefined],
  ['in flight below the budget', { countInFlight: true, inFlight: 1 }, undefined],
  ['in flight at the budget', { countInFlight: true, inFlight: 2 }, 'BudgetInFlight'],
  ['in flight at what is left of it', { countInFlight: true, failed: 1, inFlight: 1 }, 'BudgetInFlight'],
  ['in flight beside one that goes back', { countInFlight: true, goingBack: ['a'], inFlight: 1 }, 'BudgetInFlight'],
  ['one that goes back, where those in flight do not count', { goingBack: ['a'], inFlight: 1 }, undefined],
  ['as many that go back and are in flight as may be at once', { goingBack: ['a', 'b'], inFlight: 1 }, 'GoesBack'],
  ['one that goes back, in a wave of one after the other', { maxConcurrency: 1, goingBack: ['a'] }, 'GoesBack'],
  ['a canary that goes back', { canaries: 2, succeeded: 1, goingBack: ['a'] }, 'GoesBack'],
  ['one that goes back after the canaries', { canaries: 1, succeeded: 1, goingBack: ['a'] }, undefined],
  ['a budget that was lowered below what has failed', { failed: 3 }, 'FailureBudgetExceeded'],
  ['as many failures as a person has accepted', { failed: 3, acceptedFailures: 3 }, undefined],
  ['one is always let in', { countInFlight: true, failed: 2, inFlight: 0 }, undefined],
])('%s', (_, more, code) => {
  expect(waveRefusal(wave(more))?.code).toBe(code);
});

test('who goes back is named, with the way on', () => {
  const said = waveRefusal(wave({ goingBack: ['0123456789ab.eu-central-1.web.1', 'b'], inFlight: 1 }))?.message;
  expect(said).toMatch(/ of the wave all, which has 3 at once, are being taken back: .*liftlock explain cluster /);
});

test.each<[string, Partial<Wave>, string | undefined]>([
  ['as many in flight as may still fail', { inFlight: 2 }, undefined],
  ['one has failed since that was not in flight', { inFlight: 2, failed: 1 }, 'BudgetInFlight'],
  ['one goes back since', { inFlight: 2, goingBack: ['a'] }, 'BudgetInFlight'],
  ['more go back since than have a place beside it', { inFlight: 2, goingBack: ['a', 'b'] }, 'GoesBack'],
  ['the last one left', { inFlight: 1, failed: 2, goingBack: ['a'] }, undefined],
  ['those in flight do not count', { inFlight: 2, failed: 1, countInFlight: false }, undefined],
])('who has a place may begin: %s', (_, more, code) => {
  expect(placeRefusal(wave({ countInFlight: true, ...more }))?.code).toBe(code);
});

test('failures that a person has accepted are the budget from then on', () => {
  expect(exceedsBudget(wave({ failed: 3 }))).toBe(true);
  expect(exceedsBudget(wave({ failed: 3, acceptedFailures: 3 }))).toBe(false);
  expect(exceedsBudget(wave({ failed: 4, acceptedFailures: 3 }))).toBe(true);
  expect(allowedFailures(wave({ acceptedFailures: 1 }))).toBe(2);
});

test.each([
  [{}, 5],
  [{ countInFlight: true }, 3],
  [{ needWork: 4 }, 4],
])('the worst case of %j is %i failures', (more, most) => {
  expect(worstCase(wave(more))).toBe(most);
});

test('the failures of a rollout are those of all its waves', () => {
  expect(failuresOf([wave({ failed: 1 }), wave(), wave({ failed: 2 })])).toBe(3);
  expect(failuresOf([])).toBe(0);
});

test('nothing begins behind a halted wave, which is named with its budget', () => {
  const halted = wave({ name: 'canary', status: 'Halted', failed: 3 });
  expect(haltedBefore([wave({ status: 'Completed' }), halted])).toEqual({
    code: 'EarlierWaveHalted',
    message: 'The wave canary, before it, is halted: 3 failed and at most 2 may.',
  });
  expect(haltedBefore([wave({ status: 'Completed' })])).toBeUndefined();
  expect(haltedBefore([])).toBeUndefined();
});

test.each<[string, Partial<Wave>, boolean]>([
  [
    'that a retry has opened again, and that has more failures than may',
    { status: 'Open', failed: 3, maxFailures: 0 },
    true,
  ],
  ['that soaks with more failures than may', { status: 'Soaking', failed: 3, maxFailures: 0 }, true],
  ['with as many as may', { status: 'Open', failed: 3, maxFailures: 3 }, false],
  ['whose failures a person has accepted', { status: 'Open', failed: 3, maxFailures: 0, acceptedFailures: 3 }, false],
  ['that has passed', { status: 'CompletedWithFailures', failed: 3, maxFailures: 0 }, false],
])('whether something begins after a wave %s', (_, given, isRefused) => {
  expect(haltedBefore([wave({ name: 'dev', ...given })])?.message).toBe(
    isRefused ? 'The wave dev, before it, is going to halt: 3 failed and at most 0 may.' : undefined,
  );
});

test.each<[string, Partial<Wave>, number]>([
  ['its concurrency', {}, 3],
  ['what may still fail, where those in flight count', { countInFlight: true }, 2],
  ['less when some have failed', { countInFlight: true, failed: 1 }, 1],
  ['one at least', { countInFlight: true, maxFailures: 0 }, 1],
  ['its concurrency where more may fail', { countInFlight: true, maxFailures: 9 }, 3],
  ['what a person has accepted too', { countInFlight: true, acceptedFailures: 3 }, 3],
])('in flight at most: %s', (_, more, most) => {
  expect(mostInFlight(wave(more))).toBe(most);
});

const KEY = 'arn:aws:eks:eu-central-1:111111111111:cluster/web@2026-01-01T00:00:00.000Z';

test('nothing begins after a wave of which a cluster goes back, and the cluster itself says so', () => {
  expect(goesBack([])).toBeUndefined();
  expect(goesBack([wave(), wave({ goingBack: [] })])).toBeUndefined();
  expect(goesBack([wave(), wave({ name: 'dev', goingBack: [KEY] })])).toEqual({
    code: 'GoesBack',
    message:
      'Nothing begins after the wave dev before the rollback of web has ended; one that has failed half-way is gone on with, or let go: liftlock explain cluster 111111111111.eu-central-1.web',
  });
  expect(goesBackItself(wave({ goingBack: [KEY] }), KEY)?.message).toBe(
    'It is being taken back, or that has failed half-way: liftlock explain cluster web',
  );
  expect(goesBackItself(wave({ goingBack: ['another'] }), KEY)).toBeUndefined();
  expect(goesBackItself(wave(), KEY)).toBeUndefined();
});

test.each<[Partial<Wave>, boolean]>([
  [{ failed: 1 }, true],
  [{ failed: 1, succeeded: 1 }, false],
  [{}, false],
  [{ failed: 1, acceptedFailures: 1 }, false],
  [{ failed: 2, acceptedFailures: 1 }, true],
])('a wave with %j is left without proof: %s', (more, isLeft) => {
  expect(hasNoneSucceeded(wave(more))).toBe(isLeft);
});

test('a halted wave says what halted it, and the numbers where its budget is exceeded or it has no word of its own', () => {
  const reasons = [
    { code: 'NoneSucceeded' as const, message: 'None.' },
    { code: 'RollbackBudget' as const, message: 'Two.' },
  ];
  expect(whyHalted(wave({ failed: 1, reasons }))).toBe('None. Two.');
  expect(whyHalted(wave({ failed: 3, reasons }))).toBe('3 failed and at most 2 may.');
  expect(whyHalted(wave({ failed: 1, reasons: [] }))).toBe('1 failed and at most 2 may.');
});

test('strays are judged with the wave that they came from', () => {
  expect(judgedOf(wave({ succeeded: 3, failed: 2, strays: 1 }))).toBe(4);
  expect(judgedOf(wave({ succeeded: 3, failed: 2 }))).toBe(5);
});

test.each<[Partial<Wave>, string]>([
  [{ inFlight: 2 }, '2 clusters of the wave all are in flight and each may still fail; 2 may (countInFlight).'],
  [
    { inFlight: 1, failed: 1 },
    '1 cluster of the wave all is in flight and each may still fail; 1 may (countInFlight).',
  ],
  [
    { inFlight: 1, goingBack: [KEY] },
    '1 cluster of the wave all is in flight and each may still fail; 1 may (countInFlight), while 1 cluster of it goes back.',
  ],
  [
    { inFlight: 2, maxConcurrency: 9, maxFailures: 3, goingBack: [KEY, 'b'] },
    '2 clusters of the wave all are in flight and each may still fail; 1 may (countInFlight), while 2 clusters of it go back.',
  ],
])('how many may still fail is told with its numbers: %j', (more, message) => {
  expect(waveRefusal(wave({ countInFlight: true, ...more }))?.message).toBe(message);
});

test('one cluster that goes back is told as one', () => {
  expect(waveRefusal(wave({ maxConcurrency: 1, goingBack: [KEY] }))?.message).toMatch(
    /^web of the wave all, which has 1 at once, is being taken back: /,
  );
});
