import { configText, inventoryText } from './plan-files.ts';

const REGIONS = ['eu-central-1', 'us-east-1', 'ap-southeast-1'] as const;
/** Clusters of one company; more of them are companies with accounts of their own, so that caps of accounts bind within each alone. */
const COMPANY = 60;

const approval = { approvals: 2, fourEyes: true, from: ['arn:aws:iam::*:role/ChangeManager'], expiresAfter: '14d' };
const prod = (region: string, calendar: string, more: object) => ({
  name: calendar,
  selector: { matchLabels: { env: 'prod', region } },
  canaries: 1,
  calendar: [calendar, 'change-freeze'],
  soak: '24h',
  failureBudget: { maxFailures: 1, minJudged: 3 },
  approval,
  ...more,
});
const stage = (env: string, more: object) => ({ name: env, selector: { matchLabels: { env } }, ...more });

const WAVES = [
  stage('dev', { failureBudget: { maxFailures: '20%' }, soak: '4h' }),
  stage('test', { failureBudget: { maxFailures: 1 }, soak: '1d', calendar: 'office' }),
  stage('staging', {
    canaries: 1,
    failureBudget: { maxFailures: 1, countInFlight: true },
    soak: '2d',
    calendar: ['office', 'change-freeze'],
    gates: [{ alarm: 'platform-errors' }],
  }),
  prod('ap-southeast-1', 'prod-apac', {}),
  prod('eu-central-1', 'prod-eu', {}),
  prod('us-east-1', 'prod-us', {
    canaries: 2,
    failureBudget: { maxFailures: '10%', minJudged: 3, countInFlight: true },
  }),
].map((wave) => ({ ...wave, maxConcurrency: '25%' }));

const calendar = (name: string, timeZone: string, windows: readonly object[], freezes: readonly object[] = []) => ({
  kind: 'Calendar',
  metadata: { name },
  spec: {
    timeZone,
    windows: windows.map((window, index) => ({ name: `window-${index}`, ...window })),
    freezes: freezes.map((freeze, index) => ({ name: `freeze-${index}`, reason: 'close', ...freeze })),
  },
});

/** The windows of the last two never meet those of the waves in which their clusters are. */
const CALENDARS = [
  calendar('office', 'Europe/Berlin', [{ schedule: '0 8 * * MON-THU', duration: '9h' }]),
  calendar(
    'change-freeze',
    'Europe/Berlin',
    [],
    [
      { from: '2026-12-01', to: '2027-01-11', ticket: 'CHG-1' },
      { schedule: '0 0 28 3,6,9 *', end: '0 0 4 4,7,10 *' },
      { schedule: '0 0 L * *', duration: '36h' },
    ],
  ),
  calendar('prod-eu', 'Europe/Berlin', [
    { schedule: '0 22 * * SAT,SUN', duration: '6h' },
    { schedule: '30 1 * * WED', duration: '3h' },
  ]),
  calendar('prod-us', 'America/New_York', [{ schedule: '0 23 * * FRI-SAT', end: '0 5 * * *' }]),
  calendar('prod-apac', 'Asia/Singapore', [{ schedule: '0 1 * * SAT-SUN', duration: '5h' }]),
  calendar('customer-0', 'Europe/Berlin', [{ schedule: '0 0 * * SUN#2', duration: '6h' }]),
  calendar('customer-1', 'America/New_York', [{ schedule: '0 20 * * SAT', end: '0 8 * * SUN' }]),
  calendar('customer-2', 'Asia/Singapore', [{ schedule: '0 12 * * SATL', duration: '12h' }]),
  calendar('customer-3', 'Europe/Berlin', [{ schedule: '0 12 * * SUN', duration: '4h' }]),
];

/** Config with what makes plans slow: six waves one after the other, nine calendars in three zones, caps, canaries, budgets, a deadline. */
export function strictPlanConfig(): string {
  const spec = {
    selector: { matchExpressions: [{ key: 'env', operator: 'Exists' }] },
    target: { channel: 'stable' },
    deadline: { beforeEndOf: 'standardSupport', margin: '14d' },
    order: ['deadline', 'risk', 'name'],
    caps: { perAccount: 2, perRegion: 6, perLabel: { tier: 8 } },
    estimates: { upgrade: '2h' },
    waves: WAVES,
  };
  const policy = { kind: 'UpgradePolicy', metadata: { name: 'strict' }, spec };
  return configText({ regions: REGIONS, caps: { total: 12, perAccount: 2 } }, [...CALENDARS, policy]);
}

/** `customers`: whether the tags of some clusters add calendars of their own, two of which never let theirs begin. */
export function strictPlanInventory(count: number, customers: boolean): string {
  const clusters = Array.from({ length: count }, (_, index) => {
    const [company, place] = [Math.floor(index / COMPANY), index % COMPANY];
    const env = place < 12 ? 'dev' : place < 22 ? 'test' : place < 32 ? 'staging' : 'prod';
    const region = REGIONS[place % 3] ?? REGIONS[0];
    const late = env === 'prod' && place % 4 === 0;
    const tags = customers && late ? { 'liftlock/calendar': `customer-${Math.floor(place / 4) % 4}` } : {};
    return {
      name: `${env}-${place}-${company}`,
      accountId: String(100_000_000_000 + company * COMPANY + Math.floor(place / 3)),
      region,
      kubernetesVersion: late ? '1.33' : env === 'staging' || place % 2 === 0 ? '1.34' : '1.35',
      labels: { env, region, tier: String(place % 3) },
      createdAt: '2024-05-01T00:00:00Z',
      tags,
    };
  });
  return inventoryText(clusters);
}
