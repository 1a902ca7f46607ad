import { reason } from '../../core/contracts/step-result.ts';
import type { GlassStanding } from '../../core/queries/glass-standing.ts';
import type { RolloutDetail } from '../../core/queries/rollout-views.ts';
import { suspicion } from '../../core/rollout/fingerprint.ts';
import { memberItem, rolloutItem, waveItem } from '../../test/material/items/rollout-items.ts';
import { colourOf } from '../output/print.ts';
import { goalText, limitsText, promotedText, rolloutText, waveLines } from './rollout-text.ts';

const at = '2026-11-20T07:00:00.000Z';
const now = new Date('2026-11-20T08:00:00Z');
const wave = {
  ...waveItem({
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
  }),
  conditions: [
    { type: 'Soaked', status: 'False' as const, reason: 'Soaking', message: 'It soaks.', lastTransitionTime: at },
  ],
};
const standing = {
  index: 0,
  soakUntil: '2026-11-21T07:00:00.000Z',
  approvalsWanted: 2,
  approvalReasons: [reason('ApprovalMissing', 'One is missing.')],
  worstCase: 2,
  breakGlass: null,
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

const asked = { reason: 'incident', until: '2026-11-20T10:00:00.000Z', by: [{ principal: 'ann', at }] };
const opened = { ...asked, by: [...asked.by, { principal: 'bob', at }] };

test.each<[string, typeof asked, GlassStanding, string]>([
  [
    'one of two has asked for',
    asked,
    { status: 'Requested', people: 1, peopleNeeded: 2 },
    'asked for by ann, 1 of 2 people; not open yet, and at most until 2026-11-20T10:00:00.000Z: incident',
  ],
  [
    'both have opened',
    opened,
    { status: 'Opened', people: 2, peopleNeeded: 2 },
    'open until 2026-11-20T10:00:00.000Z, asked for by ann and bob: incident',
  ],
  [
    'is for another plan',
    asked,
    { status: 'Replaced', people: 1, peopleNeeded: 1 },
    'asked for by ann for a plan that has changed since; not open: incident',
  ],
  [
    'is over',
    asked,
    { status: 'Over', people: 1, peopleNeeded: 1 },
    'was over at 2026-11-20T10:00:00.000Z, asked for by ann: incident',
  ],
])('an order that %s is told so', (_, breakGlass, told, expected) => {
  expect(waveLines({ ...wave, breakGlass }, { ...standing, breakGlass: told }, now)).toContain(
    `  Break-glass: ${expected}`,
  );
});

test('of a wave of which nothing is known there is nothing to tell', () => {
  const { planHash: _p, approvals: _a, gates: _g, conditions: _c, ...bare } = wave;
  expect(waveLines(bare, undefined, now)).toEqual([]);
});

test.each<[string, Partial<typeof wave>, string | undefined]>([
  ['was skipped in part', { members: 3, excluded: 1 }, '  Worst case: 2 of 2 fail'],
  ['has no cluster left', { members: 2, excluded: 2 }, undefined],
  ['had every cluster set aside when it opened', { members: 2, needWork: 0 }, '  Worst case: 2 of 2 fail'],
])('the worst case is of the clusters that its plan counts: of a wave that %s', (_, more, expected) => {
  const lines = waveLines({ ...wave, ...more }, standing, now);
  expect(lines.find((line) => line.includes('Worst case'))).toBe(expected);
});

test('of a wave whose rollout is at rest no worst case is forecast', () => {
  expect(waveLines(wave, { ...standing, worstCase: null }, now).join()).not.toContain('Worst case');
});

test('a member is told with every reason that it has, each on a line of its own', () => {
  const reasons = [reason('WindowClosed', 'The window is closed.'), reason('ScanFinding', 'Something is gone.')];
  const rollout = {
    ...{ ...rolloutItem(), progress: {}, conditions: [], waveDetails: [waveItem({ index: 0 })] },
    members: [memberItem({ waveIndex: 0, reasons })],
  } as unknown as RolloutDetail;
  const lines = rolloutText(rollout, { paint: colourOf({ env: {}, isTerminal: false }, false), now });
  const at = lines.findIndex((line) => line.includes('The window is closed.'));
  expect(lines[at + 1]).toMatch(/^ +Something is gone\.$/);
});

test('a rollout that stands still is told with the command by which it goes on', () => {
  const rollout = {
    ...{ ...rolloutItem({ status: 'Halted' }), progress: {}, conditions: [], waveDetails: [], members: [] },
    waysOn: ['Somebody has looked at what halted it and runs: liftlock rollout resume r'],
  } as unknown as RolloutDetail;
  const text = rolloutText(rollout, { paint: colourOf({ env: {}, isTerminal: false }, false), now }).join('\n');
  expect(text).toContain('Goes on:\n  Somebody has looked at what halted it and runs: liftlock rollout resume r');
});

test('members of a wave are numbered in their order, whichever plan has given them a place', () => {
  const members = ['web', 'shop'].map((name) => memberItem({ waveIndex: 0, name, position: 1 }));
  const rollout = {
    ...{ ...rolloutItem(), progress: {}, conditions: [], waveDetails: [waveItem({ index: 0 })], members },
  } as unknown as RolloutDetail;
  const text = rolloutText(rollout, { paint: colourOf({ env: {}, isTerminal: false }, false), now }).join('\n');
  expect(text.match(/^ +\d +\w+/gm)?.map((row) => row.trim().split(/ +/))).toEqual([
    ['1', 'web'],
    ['2', 'shop'],
  ]);
});

test('what is suspicious is told with whom it keeps back, and otherwise that it keeps nobody back', () => {
  const print = { failures: 1, successes: 1, traits: ['ami/AL2', 'ami/AL2023', 'version/1.36'] };
  const why = suspicion(print, 'r', ['ami/AL2023']);
  const linesOf = (one: object, carried?: RolloutDetail['carried']) => {
    const rollout = {
      ...{ ...rolloutItem(), carried, progress: {}, conditions: [], waveDetails: [], suspiciousTraits: print.traits },
      members: [memberItem(one)],
    } as unknown as RolloutDetail;
    const lines = rolloutText(rollout, { paint: colourOf({ env: {}, isTerminal: false }, false), now });
    return lines.slice(lines.findIndex((line) => line.startsWith('Suspicious')) + 1);
  };
  expect(linesOf({ name: 'web' })).toEqual([
    '  3 traits that whatever failed has, and nothing that succeeded: nobody of this rollout is kept back for them',
  ]);
  expect(linesOf({ name: 'web', status: 'Quarantined', reasons: [why] })).toEqual([
    '  ami/AL2023: whatever failed has it, and nothing that succeeded; it keeps web back',
    '  2 more traits that whatever failed has, and nothing that succeeded: nobody of this rollout is kept back for them',
  ]);
  const carried = [{ minor: '1.37', failures: 1, successes: 1, traits: ['ami/AL2023'], rollouts: ['first'] }];
  expect(linesOf({ name: 'web', status: 'Quarantined', reasons: [why] }, carried)[0]).toBe(
    '  ami/AL2023: whatever was taken back from 1.37 (first) has it, and nothing that succeeded; it keeps web back',
  );
});

test('a cluster that goes back is shown as such, whatever its upgrade had come to', () => {
  const rollout = {
    ...{ ...rolloutItem(), progress: {}, conditions: [], waveDetails: [waveItem({ index: 0 })] },
    members: [{ ...memberItem({ waveIndex: 0, name: 'web', status: 'Succeeded' }), goesBack: true }],
  } as unknown as RolloutDetail;
  const text = rolloutText(rollout, { paint: colourOf({ env: {}, isTerminal: false }, false), now }).join('\n');
  expect(text).toMatch(/ web .* GoesBack$/m);
});

test('members and clusters left out that have one name are told apart by account and Region', () => {
  const keyOf = (account: string, name: string) =>
    `arn:aws:eks:eu-central-1:${account}:cluster/${name}@2026-01-01T00:00:00.000Z`;
  const of = (account: string, name: string) => ({ name, clusterKey: keyOf(account, name) });
  const members = [of('111111111111', 'dup'), of('222222222222', 'dup'), of('111111111111', 'web')];
  const rollout = {
    ...{ ...rolloutItem(), progress: {}, conditions: [], waveDetails: [waveItem({ index: 0 })] },
    members: members.map((one) => memberItem({ waveIndex: 0, ...one })),
    leftOut: [
      { ...of('333333333333', 'web'), reason: reason('UpgradeUnderWay', 'It runs: liftlock explain cluster web.') },
    ],
    moreLeftOut: 3,
  } as unknown as RolloutDetail;
  const text = rolloutText(rollout, { paint: colourOf({ env: {}, isTerminal: false }, false), now }).join('\n');
  expect(text.match(/^ +\d +\S+/gm)?.map((row) => row.trim().split(/ +/)[1])).toEqual([
    '111111111111.eu-central-1.dup',
    '222222222222.eu-central-1.dup',
    '111111111111.eu-central-1.web',
  ]);
  expect(text).toMatch(
    /333333333333\.eu-central-1\.web: It runs: liftlock explain cluster 333333333333\.eu-central-1\.web\.\n {2}… and 3 more; of each liftlock get clusters says /,
  );
});

test.each<[string, Partial<Parameters<typeof goalText>[0]>, string]>([
  ['a hop', {}, '1.36 -> 1.37'],
  ['a hop with releases', { releases: { a: '1.37.1-1', b: '1.37.1-2' } }, '1.36 -> 1.37, a to 1.37.1-1, b to 1.37.1-2'],
  ['a patch', { from: '1.37', releases: { a: '1.37.1-1' }, addons: { dns: 'v2' } }, '1.37, a to 1.37.1-1, dns to v2'],
  ['nodes that follow', { from: '1.37' }, '1.37, nodes'],
  ['what is there', { from: '1.37', status: 'Succeeded', releases: { a: '1.37.1-1' } }, '1.37'],
])('whoever approves reads where it goes: of %s', (_, goal, expected) => {
  expect(goalText({ from: '1.36', to: '1.37', status: 'Pending', ...goal })).toBe(expected);
});

const promoted = [reason('GateRed', 'It is red.'), reason('Promoted', 'ann skipped the soak: hotfix')];
test.each([
  ['that its soak is skipped', { promotedBy: 'ann' }, 'passes within a minute'],
  ['that it soaks on', {}, 'is Soaking'],
  ['that it has passed', { promotedBy: 'ann', status: 'Completed' as const }, 'is Completed'],
])('who promotes a wave hears %s, with their own words', (_, more, is) => {
  expect(promotedText({ ...wave, reasons: promoted, ...more })).toBe(
    `The wave canary of r ${is}: ann skipped the soak: hotfix`,
  );
});
