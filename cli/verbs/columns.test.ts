import { reason } from '../../core/contracts/step-result.ts';
import type { RolloutDetail } from '../../core/queries/rollout-views.ts';
import { toldRollout } from '../../core/store/with-conditions.ts';
import { rolloutItem } from '../../test/material/items/rollout-items.ts';
import { colourOf } from '../output/print.ts';
import { LISTINGS } from './columns.ts';
import { rolloutText } from './rollout-text.ts';

const counts = { succeeded: 1, failed: 2, blocked: 3, quarantined: 4, excluded: 5, inFlight: 6, leftHalfDone: 7 };
const rollout: RolloutDetail = {
  ...toldRollout(rolloutItem(), new Date()),
  progress: { members: 28, ...counts },
  currentWave: null,
  waitsForApproval: null,
  isRejected: false,
  waitsForReadiness: null,
  waitsForPromotion: null,
  waitsForHooks: null,
  waveDetails: [],
  members: [],
};
const shown = { paint: colourOf({ env: {}, isTerminal: false }, false), now: new Date('2026-11-20T08:00:00Z') };

test.each<[string, string, keyof typeof counts]>([
  ['IN FLIGHT', 'in flight', 'inFlight'],
  ['LEFT OPEN', 'left open', 'leftHalfDone'],
  ['FAILED', 'failed', 'failed'],
  ['BLOCKED', 'blocked', 'blocked'],
  ['QUARANTINED', 'quarantined', 'quarantined'],
])('%s of get rollouts counts those that describe calls %s', (header, words, counter) => {
  const column = LISTINGS.rollouts.columns.find((one) => one.header === header);
  expect(column?.cell(rollout, shown)).toBe(String(counts[counter]));
  expect(rolloutText(rollout, shown).join('\n')).toContain(`${counts[counter]} ${words}`);
});

test('the time of a condition is said to be that of its status: an abort changes none of a rollout that was never halted', () => {
  const conditions = [
    {
      ...{ type: 'Halted', status: 'False' as const, reason: 'Aborted', message: 'The rollout is Aborted.' },
      lastTransitionTime: '2026-11-17T08:00:00.000Z',
    },
  ];
  const lines = rolloutText({ ...rollout, conditions }, shown);
  expect(lines).toContain('  Halted       False   since 3d ago. Aborted: The rollout is Aborted.');
});

test('get policies names one that this version cannot read, and counts no clusters for it', () => {
  const policy = { name: 'w7', spec: null, clusters: 0, ambiguousClusters: 0, undecidedClusters: 0, appliedAt: '' };
  const cells = LISTINGS.policies.columns.slice(0, 7).map(({ cell }) => cell(policy, shown));
  expect(cells).toEqual(['w7', 'cannot be read by this version', '-', '-', '-', '-', '-']);
});

test.each([
  ['no policy selects', { policy: null, ambiguous: [] }, '-'],
  ['one policy selects', { policy: 'prod', ambiguous: [] }, 'prod'],
  ['two policies select', { policy: null, ambiguous: ['prod', 'third'] }, 'prod and third select it (AmbiguousPolicy)'],
  ['of an older API', { policy: null }, '-'],
])('get clusters tells a cluster that %s by its POLICY', (_, cluster, cell) => {
  const column = LISTINGS.clusters.columns.find(({ header }) => header === 'POLICY');
  expect(column?.cell(cluster as never, shown)).toBe(cell);
});

test('get calendars tells one that this version cannot read from one that is always open', () => {
  const column = LISTINGS.calendars.columns.find(({ header }) => header === 'WINDOWS');
  const cell = (spec: unknown) => column?.cell({ name: 'nights', spec, usedBy: [] } as never, shown);
  expect(cell(null)).toBe('cannot be read by this version');
  expect([cell({ windows: [] }), cell({ windows: [{ name: 'night' }, { name: 'dawn' }] })]).toEqual([
    'always',
    'night,dawn',
  ]);
});

test.each([
  [{ waitsForApproval: 'prod', waitsForReadiness: null }, 'prod (needs approval)'],
  [{ waitsForApproval: 'prod', isRejected: true }, 'prod (rejected)'],
  [{ waitsForReadiness: { wave: 'prod', clusters: 2 } }, 'prod (2 not ready)'],
  [{ waitsForHooks: 'prod' }, 'prod (asks its hooks)'],
  [{ waitsForHooks: 'prod', status: 'Halted' as const }, 'prod (halted by a hook)'],
  [
    { currentWave: 'canary', reasons: [reason('FleetStopped', 'by eve')], waitsForHooks: 'prod' },
    'canary (fleet stopped)',
  ],
  [{ reasons: [reason('ObserveMode', 'looks')], waitsForApproval: 'prod' }, '(fleet observes)'],
  [{ currentWave: 'canary' }, 'canary'],
  [{ currentWave: 'canary', waitsForPromotion: 'canary' }, 'canary (needs promote)'],
  [{ status: 'Running' as const, waitsSince: '2026-11-20T10:00:00Z' }, '(waits for a person)'],
  // A retry has opened the wave again, and the next look takes that back.
  [{ status: 'Running' as const, waitsSince: '2026-11-20T10:00:00Z', currentWave: 'canary' }, 'canary'],
])('WAVE of get rollouts says what keeps the wave shut', (given, cell) => {
  const column = LISTINGS.rollouts.columns.find(({ header }) => header === 'WAVE');
  expect(column?.cell({ ...rollout, ...given }, shown)).toBe(cell);
});

test.each([
  ['Behind', { verdict: 'blocked', for: '1.37' }, 'blocked'],
  ['Gone', { verdict: 'blocked', for: '1.37' }, '-'],
  ['UpToDate', { verdict: 'ready', for: '1.37' }, 'ready'],
  ['UpToDate', { verdict: 'ready', for: null }, 'nothing newer'],
  ['Held', { verdict: 'blocked', for: null }, 'blocked'],
])('READINESS of a cluster that is %s, with %j, is %s', (state, readiness, cell) => {
  const column = LISTINGS.clusters.columns.find(({ header }) => header === 'READINESS');
  expect(column?.cell({ state, readiness } as never, shown)).toBe(cell);
});

test.each([
  ['was found as it was', { status: 'Ok', checkedAt: '2026-11-20T03:00:00Z' }, 'at most 5h ago'],
  ['was just looked at', { status: 'Ok', checkedAt: '2026-11-20T08:00:00Z' }, 'now'],
  ['nobody may look at, which is written each time', { status: 'Denied', checkedAt: '2026-11-20T07:00:00Z' }, '1h ago'],
])('CHECKED of an account that %s says no more than is known', (_, state, cell) => {
  const column = LISTINGS.accounts.columns.find(({ header }) => header === 'CHECKED');
  expect(column?.cell(state, shown)).toBe(cell);
});

test('the command in REASON of get upgrades names the cluster as CLUSTER does, since others may have its name', () => {
  const column = LISTINGS.upgrades.columns.find(({ header }) => header === 'REASON');
  const reasons = [{ code: 'Held', message: 'Once it is mended: liftlock retry cluster web' }];
  const clusterKey = 'arn:aws:eks:eu-west-1:111111111111:cluster/web@2026-01-01T00:00:00.000Z';
  const upgrade = { clusterKey, cluster: '111111111111.eu-west-1.web', status: 'Failed', reasons, steps: [] };
  expect(column?.cell(upgrade as never, shown)).toMatch(/liftlock retry cluster 111111111111\.eu-west-1\.web$/);
});
