import type { CheckedWaiver } from '../config/check-waiver.ts';
import { upgradePolicySchema } from '../config/schema/upgrade-policy.ts';
import { refusedWaiver } from './allowed-waivers.ts';

const rulesOf = (waivers: object[] | undefined) =>
  upgradePolicySchema.parse({
    apiVersion: 'liftlock/v1alpha1',
    kind: 'UpgradePolicy',
    metadata: { name: 'p' },
    spec: { selector: {}, target: 'latest', waves: [{ name: 'all' }], scan: { ...(waivers && { waivers }) } },
  }).spec.scan;

const by = (name: string, days = 30): CheckedWaiver => ({
  document: {} as CheckedWaiver['document'],
  end: new Date(Date.parse('2026-11-01T00:00:00Z') + days * 86_400_000),
  applied: { by: name, at: '2026-11-01T00:00:00.000Z' },
});
const ANA = 'sso:111111111111/ana@example.com';
const drain = { rule: 'DrainStuck', reason: 'unavailable' } as const;

test.each([
  ['nothing is said', undefined, by(ANA), drain, true],
  ['nothing is allowed', [], by(ANA), drain, false],
  ['its check is named', [{ checks: ['DrainStuck'] }], by(ANA), drain, true],
  ['its check is meant', [{ checks: ['Drain*'] }], by(ANA), drain, true],
  ['another check is named', [{ checks: ['al2-ami'] }], by(ANA), drain, false],
  ['its reason alone is named, and it has a rule', [{ checks: ['unavailable'] }], by(ANA), drain, false],
  [
    'its reason is named, and it has no rule',
    [{ checks: ['removed'] }],
    by(ANA),
    { rule: null, reason: 'removed' },
    true,
  ],
  ['its person is named', [{ from: ['ana@example.com'] }], by(ANA), drain, true],
  ['another person is named', [{ from: ['carl@example.com'] }], by(ANA), drain, false],
  ['it lasts as long as it may', [{ longest: '30d' }], by(ANA), drain, true],
  ['it lasts longer', [{ longest: '30d' }], by(ANA, 30.01), drain, false],
  ['two rules hold in part', [{ checks: ['DrainStuck'], longest: '1d' }, { from: ['carl'] }], by(ANA), drain, false],
  ['one of two rules holds', [{ longest: '1d' }, { from: ['ana@*'] }], by(ANA), drain, true],
  ['nobody knows who applied it', [{}], { document: {}, end: new Date() } as CheckedWaiver, drain, false],
] as const)('a waiver holds for a finding or not: %s', (_, waivers, waiver, finding, holds) => {
  expect(refusedWaiver(rulesOf(waivers as object[] | undefined), waiver, finding) === undefined).toBe(holds);
});

test.each([
  ['no waiver is', [], by(ANA), 'scan.waivers allows none'],
  [
    'its check is not',
    [{ checks: ['al2-ami', 'Node*'] }],
    by(ANA),
    'scan.waivers[0] has checks al2-ami, Node*, and this is DrainStuck',
  ],
  [
    'its person is not',
    [{ from: ['role:*/security'] }],
    by(ANA),
    `scan.waivers[0] has from role:*/security, and it was applied by ${ANA}`,
  ],
  [
    'its time is not',
    [{ longest: '30d' }],
    by(ANA, 50),
    'scan.waivers[0] has longest 30d, and it ends 50d after it was applied',
  ],
  [
    'each of two rules has a part that is not',
    [{ checks: ['DrainStuck'], longest: '1d' }, { from: ['carl'] }],
    by(ANA, 2),
    `scan.waivers[0] has longest 1d, and it ends 2d after it was applied; scan.waivers[1] has from carl, and it was applied by ${ANA}`,
  ],
] as const)('the condition is named by which a waiver is refused: %s allowed', (_, waivers, waiver, told) => {
  expect(refusedWaiver(rulesOf(waivers as unknown as object[]), waiver, drain)).toBe(told);
});
