import { reason } from '../../core/contracts/step-result.ts';
import type { Explanation } from '../../core/queries/explain-cluster.ts';
import { colourOf } from '../output/print.ts';
import { explanationText } from './explain.ts';

const shown = { paint: colourOf({ env: {}, isTerminal: false }, false), now: new Date('2026-11-20T08:00:00Z') };
const explanation: Explanation = {
  ...{ cluster: 'web', clusterKey: 'k', version: '1.36', versionSeenAt: null, state: 'Unmanaged', reasons: [] },
  ...{
    when: { at: null, condition: null },
    policy: null,
    ambiguous: [],
    wave: null,
    calendars: [],
    placement: [],
    target: null,
  },
  ...{
    hops: [],
    rollout: null,
    upgrade: null,
    compared: null,
    scan: null,
    scanBlocked: null,
    scanLooked: null,
    foreseen: [],
    stoppedBy: [],
    readiness: {
      ...{ cluster: 'web', name: 'web', version: '1.36', target: null },
      ...{ verdict: 'ready', for: null, scannedAt: null, reasons: [] },
    },
    readinessHistory: null,
    held: null,
    breakGlass: null,
    managedBy: [],
    silences: [],
  },
  rollback: { status: 'Unknown', to: null, until: null, reasons: [], blockers: [] },
  reversal: [],
  support: { state: 'standard', deadline: null, dollarsPerDayLate: null },
  ...{ tagEffects: [], warnings: [] },
};

test.each([
  [[], 'none: always open'],
  [['bank'], 'bank'],
  [null, 'unknown: a policy that may select it cannot be read, so nothing begins (PolicyNotConfigured)'],
])('calendars are told as they hold: %j', (calendars, said) => {
  const line = explanationText({ ...explanation, calendars }, shown).find((one) => one.startsWith('Calendars'));
  expect(line?.replace(/^Calendars:? +/, '')).toBe(said);
});

test.each<[Partial<Explanation>, string]>([
  [{}, 'none'],
  [{ ambiguous: ['private', 'third'] }, 'private and third select it, so no upgrade begins there (AmbiguousPolicy)'],
])('the policy is told, and of several which ones they are: %j', (given, said) => {
  const line = explanationText({ ...explanation, ...given }, shown).find((one) => one.startsWith('Policy'));
  expect(line?.replace(/^Policy:? +/, '')).toBe(said);
});

test('a rollback that somebody has given up says why, and how to take the cluster back all the same', () => {
  const given = { id: 'rollback-1.37-1.36', status: 'Canceled', requestedBy: 'liftlock', comparison: null };
  const lastOf = (reasons: unknown[]) => {
    const upgrade = { ...given, reasons } as unknown as NonNullable<Explanation['upgrade']>;
    return explanationText({ ...explanation, upgrade }, shown).find((one) => one.startsWith('Last upgrade'));
  };
  expect(lastOf([reason('RollbackGivenUp', 'bob has aborted the rollout r: x')])).toMatch(
    /Canceled, asked for by liftlock\. bob has aborted the rollout r: x\. To take it back: liftlock rollback cluster web$/,
  );
  expect(lastOf([reason('RolledBack', 'x')])).toMatch(/Canceled, asked for by liftlock$/);
});

const scan = {
  scannedAt: '2026-11-20T06:00:00.000Z',
  target: '1.37',
  verdict: 'pass',
  errors: 0,
  warnings: 1,
  gaps: 0,
} as const;
const scanBlocked = { at: '2026-11-20T07:00:00.000Z', reason: reason('InsightUnknown', 'x') };
const passes = 'pass for 1.37, 0 errors, 1 warning, 2026-11-20T06:00:00.000Z (2h ago)';
const blocked = 'blocked by InsightUnknown, 2026-11-20T07:00:00.000Z (1h ago); last report:';
const scanLooked = { at: '2026-11-20T07:00:00.000Z', reason: reason('AtTarget', 'x') };
const passed = 'passed with AtTarget, 2026-11-20T07:00:00.000Z (1h ago); last report:';
test.each<[string, Partial<Explanation>, string]>([
  ['nobody scanned', {}, 'never'],
  ['the report is the newest', { scan }, passes],
  ['the step was blocked', { scan, scanBlocked }, `${blocked} ${passes}`],
  ['the step was blocked before there was a report', { scanBlocked }, `${blocked} none`],
  ['the step passed and left no report', { scanLooked }, `${passed} none`],
  ['it did so after another one', { scan, scanLooked }, `${passed} ${passes}`],
])('the last scan is what its step decided: %s', (_, given, said) => {
  const line = explanationText({ ...explanation, ...given }, shown).find((one) => one.startsWith('Last scan'));
  expect(line?.replace(/^Last scan:? +/, '')).toBe(said);
});

test('alarms that rest now are told with when that ends by itself, and with what went wrong', () => {
  const alarms = ['a', 'b', 'c', 'd', 'e', 'f'];
  const times = { since: '2026-11-20T07:00:00.000Z', until: '2026-11-20T11:00:00.000Z' };
  const silence = { rule: 'r', step: 'roll-node-group', part: 'workers', alarms, ...times, notes: [] };
  const lines = (notes: Explanation['silences'][number]['notes']) =>
    explanationText({ ...explanation, silences: [{ ...silence, notes }] }, shown).join('\n');
  const said = 'a, b, c, d, e and 1 more during roll-node-group (workers), at most until 2026-11-20T11:00:00.000Z.';
  expect(lines([])).toMatch(new RegExp(`Silenced alarms[^]*${said.replaceAll(/[().]/g, '\\$&')}$`, 'm'));
  expect(lines([reason('NotSilenced', 'b could not be silenced.')])).toContain(`${said} b could not be silenced.`);
  expect(explanationText(explanation, shown).join('\n')).not.toContain('Silenced');
});

test('what will stop it is told beside what it waits for', () => {
  const foreseen = [reason('ScanFinding', 'The scan found: psp.')];
  const lines = explanationText({ ...explanation, foreseen, reasons: [reason('ApprovalMissing', 'y')] }, shown);
  expect(lines.join('\n')).toMatch(
    /ApprovalMissing: y[\s\S]*What stops its hops, as last seen:\n {2}ScanFinding: The scan found: psp\./,
  );
  expect(explanationText(explanation, shown).join()).not.toContain('What stops');
});

test('what stopped it is told with its cause, its owner and what ends it', () => {
  const found = { code: 'ScanFinding', what: 'Ingress shop/web is gone.', cause: 'removed', owner: 'team-shop' };
  const stoppedBy = [
    { ...found, fix: 'Write networking.k8s.io/v1.' },
    { code: 'Odd', what: 'odd', cause: null, owner: null, fix: null },
  ];
  const lines = explanationText({ ...explanation, stoppedBy }, shown);
  const from = lines.indexOf('What stopped it:');
  expect(lines.slice(from, from + 6)).toEqual([
    'What stopped it:',
    '  ScanFinding: Ingress shop/web is gone.',
    '    cause: removed',
    '    owner: team-shop',
    '    fix: Write networking.k8s.io/v1.',
    '  Odd: odd',
  ]);
  expect(explanationText(explanation, shown)).not.toContain('What stopped it:');
});

test('the way back of the next hop is told before anything begins, and nothing is where there is no hop', () => {
  const reversal = [reason('WayBackIsShort', 'The hop from 1.31 to 1.32 is reversible until then only.')];
  const heading = 'Way back of the next hop';
  expect(explanationText({ ...explanation, reversal }, shown).join('\n')).toMatch(
    new RegExp(`${heading}:?\\n.*WayBackIsShort.*reversible until then only`),
  );
  expect(explanationText(explanation, shown).join('\n')).not.toContain(heading);
});

test('its place is told with how many there are in its wave, how many of them go at once, and where it goes', () => {
  const goal = { from: '1.36', to: '1.37', status: 'Pending', releases: { workers: '1.37.1-20261112' } } as const;
  const statuses = { status: 'Running', waveStatus: 'Pending', memberStatus: 'Pending' } as const;
  const of = { id: 'r', wave: 'all', ...statuses, goal };
  const lines = explanationText({ ...explanation, rollout: { ...of, position: 3, of: 9, atOnce: 2 } }, shown);
  expect(lines.find((line) => line.startsWith('Rollout'))).toMatch(
    / r \(Running\), wave all \(Pending\), place 3 of 9, 2 at once: Pending, 1\.36 -> 1\.37, workers to 1\.37\.1-20261112$/,
  );
});

test.each([
  [null, 'web is at 1.36: Unreachable'],
  [
    '2026-11-17T08:00:00.000Z',
    'web was at 1.36 when it was last read (2026-11-17T08:00:00.000Z, at most 3d ago): Unreachable',
  ],
])('a version that nobody can read now is told as that of the last look: %s', (versionSeenAt, said) => {
  expect(explanationText({ ...explanation, versionSeenAt, state: 'Unreachable' }, shown)[0]).toBe(said);
});
