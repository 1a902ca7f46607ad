import type { UpgradeView } from '../../core/queries/upgrade-view.ts';
import {
  comparedText,
  insightsText,
  readinessText,
  rollbackText,
  supportText,
  unknownSection,
} from './cluster-text.ts';

const now = new Date('2026-11-20T00:00:00.000Z');
const deadline = { kind: 'endOfStandardSupport' as const, at: '2026-12-02T00:00:00.000Z', daysLeft: 12, forced: false };

test.each<[Parameters<typeof supportText>[0], string]>([
  [{ state: 'standard', deadline, dollarsPerDayLate: 0 }, 'standard until 2026-12-02 (in 12d)'],
  [
    { state: 'standard', deadline: { ...deadline, forced: true }, dollarsPerDayLate: 0 },
    'standard until 2026-12-02 (in 12d), then EKS upgrades it by force',
  ],
  [
    { state: 'extended', deadline: { ...deadline, forced: true }, dollarsPerDayLate: 12 },
    'extended until 2026-12-02 (in 12d), then EKS upgrades it by force, costs $12 a day extra',
  ],
  [
    { state: 'unsupported', deadline: null, dollarsPerDayLate: 12 },
    'unsupported, EKS upgrades it by force at any time, costs $12 a day extra',
  ],
  [{ state: 'unknown', deadline: null, dollarsPerDayLate: null }, 'unknown'],
])('the support of a cluster: %j', (support, said) => {
  expect(supportText(support, now)).toBe(said);
});

test.each([
  ['ready', 'EKS offers nothing newer'],
  ['blocked', 'blocked, since it is held; EKS offers nothing newer'],
] as const)('the readiness of a cluster at the newest minor, %s, is told', (verdict, said) => {
  const of = { cluster: 'web', name: 'web', version: '1.37', target: null, for: null, scannedAt: null, reasons: [] };
  expect(readinessText({ ...of, verdict }, now)).toBe(said);
});

test('a way back that asks for nothing first ends with its date', () => {
  const until = '2026-11-27T08:00:00.000Z';
  const told = rollbackText(
    { status: 'Reversible', to: '1.36', until, reasons: [], blockers: [] },
    new Date('2026-11-20T08:00:00Z'),
  );
  expect(told).toBe(`reversible to 1.36 until ${until} (in 7d).`);
});

test('what a cluster was compared by is said in one line, what is worse first', () => {
  const verdicts = (['pass:nodes', 'fail:workloads', 'inconclusive:alarms', 'pass:pods'] as const).map((one) => {
    const [result, probe] = one.split(':');
    return { probe, result, kind: 'state', figures: {} };
  });
  const compared = { id: '1.36-1.37', comparedAt: '2026-11-19T23:00:00.000Z', verdicts } as never;
  expect(comparedText(compared, now)).toBe(
    'worse: workloads; not known: alarms; as before: nodes, pods; in the upgrade 1.36-1.37, 1h ago',
  );
});

test('of what is not known it is said why, and of nothing else', () => {
  const rate = { probe: 'metric-errors', kind: 'rate', of: { name: 'orders', source: 's' }, figures: {} };
  const why = 'p.example.com could not be read: SecretUnreadable: Secrets Manager answered AccessDeniedException.';
  const verdicts = [
    { ...rate, result: 'inconclusive', why },
    { ...rate, probe: 'api-errors', result: 'pass' },
  ];
  const comparison = { comparedAt: '2026-11-19T23:00:00.000Z', verdicts } as unknown as UpgradeView['comparison'];
  expect(unknownSection(comparison).join('\n')).toContain(`Of the errors of orders it cannot be told: ${why}`);
  expect(unknownSection(comparison).filter((line) => line.includes('cannot be told'))).toHaveLength(1);
  for (const none of [undefined, null]) expect(unknownSection(none)).toEqual([]);
});

test('the insights of EKS are counted as of when it judged them, and for whichever minor', () => {
  const insights = { passing: 4, warning: 0, error: 1, unknown: 0 };
  const judged = { ...insights, lastRefreshTime: '2026-11-19T22:00:00.000Z' };
  const said = '4 passing, 0 warnings, 1 error, 0 unknown';
  const when = 'EKS judged them 2h ago, for the minors above the one that the cluster had then';
  expect([insightsText(judged, now), insightsText(insights, now)]).toEqual([`${said}; ${when}`, said]);
});
