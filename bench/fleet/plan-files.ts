/** Nights and weekends in six zones with a freeze at each month's end and one of weeks; what a large company has. */
export const SIX_CALENDARS = [
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'Asia/Kolkata',
  'America/Sao_Paulo',
  'Pacific/Auckland',
].map((timeZone, index) => ({
  timeZone,
  windows: [
    { name: 'nights', schedule: '0 18 * * MON-THU', duration: '14h' },
    { name: 'weekends', schedule: '0 6 * * SAT', end: '0 22 * * SUN' },
  ],
  freezes: [
    { name: 'month-end', schedule: '0 0 28 * *', duration: '4d' },
    { name: 'year-end', from: `2026-12-${15 + index}`, to: '2027-01-05' },
  ],
}));

const WAVES = 8;
const ACCOUNTS = 500;
const apiVersion = 'liftlock/v1alpha1';

/** Config for plans of many clusters: eight waves, six calendars in six zones, caps, canaries, soaks, a deadline. */
export function planConfig(deadline: string): string {
  const calendars = SIX_CALENDARS.map((spec, index) => ({
    kind: 'Calendar',
    metadata: { name: `calendar-${index}` },
    spec,
  }));
  const waves = Array.from({ length: WAVES }, (_, index) => ({
    name: `wave-${index}`,
    selector: { matchLabels: { wave: String(index) } },
    maxConcurrency: '10%',
    canaries: 2,
    calendar: `calendar-${index % SIX_CALENDARS.length}`,
    soak: '12h',
    failureBudget: { maxFailures: '2%' },
  }));
  const spec = { selector: {}, target: '1.36', trigger: 'manual', deadline, waves };
  const policy = { kind: 'UpgradePolicy', metadata: { name: 'standard' }, spec };
  return configText({ regions: ['eu-central-1'], caps: { total: 200, perAccount: 4 } }, [...calendars, policy]);
}

/** A Fleet that may act, and all that is said beside it, as one file. */
export function configText(fleet: object, others: readonly object[]): string {
  const common = { mode: 'act', organizationId: 'o-a1b2c3d4e5', spokeRole: { externalId: 'bench' } };
  const documents = [{ kind: 'Fleet', metadata: { name: 'bench' }, spec: { ...common, ...fleet } }, ...others];
  return documents.map((document) => JSON.stringify({ apiVersion, ...document })).join('\n---\n');
}

/** Two thirds are one minor behind, one third two. */
export function planInventory(count: number): string {
  const clusters = Array.from({ length: count }, (_, index) => ({
    name: `cluster-${index}`,
    accountId: String(100_000_000_000 + (index % ACCOUNTS)),
    region: 'eu-central-1',
    kubernetesVersion: index % 3 === 0 ? '1.34' : '1.35',
    labels: { wave: String(index % WAVES), team: `team-${index % 20}` },
  }));
  return inventoryText(clusters);
}

export const inventoryText = (clusters: readonly object[]): string =>
  JSON.stringify({ apiVersion, kind: 'Inventory', clusters });
