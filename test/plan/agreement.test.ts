import { draw } from '../../core/plan/drawn.ts';
import { EXACT, type Rehearsal, type Rehearsed, rehearse } from './exact-world.ts';

const cluster = (name: string, stage: string, version = '1.36', account = '111111111111') => ({
  name,
  version,
  account,
  tags: { stage },
  nodegroups: [{ name: 'workers' }],
});
const fleet = (caps: object) => ({
  kind: 'Fleet',
  metadata: { name: 'test' },
  spec: {
    mode: 'act',
    accounts: ['111111111111', '222222222222'],
    regions: ['eu-central-1'],
    spokeRole: { externalId: 'test' },
    labels: { fromTags: { stage: 'stage' } },
    caps,
  },
});
const calendar = {
  kind: 'Calendar',
  metadata: { name: 'nights' },
  spec: {
    timeZone: 'Europe/Berlin',
    windows: [{ name: 'nights', schedule: '0 22 * * *', duration: '3h' }],
    freezes: [{ name: 'sale', from: '2026-11-22T00:00', to: '2026-11-24T00:00' }],
  },
};
const policy = (waves: readonly object[], upgrade: string) => ({
  kind: 'UpgradePolicy',
  metadata: { name: 'standard' },
  spec: { selector: {}, target: '1.37', trigger: 'automatic', estimates: { upgrade }, waves },
});

const clusters = [
  cluster('d1', 'dev'),
  cluster('d2', 'dev', '1.35'),
  ...['s1', 's2', 's3', 's4'].map((name) => cluster(name, 'staging')),
  ...['p1', 'p2', 'p3', 'p4', 'p5'].map((name, index) =>
    cluster(name, 'prod', '1.36', index % 2 === 0 ? '111111111111' : '222222222222'),
  ),
];
const waves = [
  { name: 'dev', selector: { matchLabels: { stage: 'dev' } }, soak: '90m' },
  { name: 'staging', selector: { matchLabels: { stage: 'staging' } }, maxConcurrency: 3, canaries: 1, soak: '4h' },
  { name: 'prod', maxConcurrency: 4, calendar: 'nights' },
];

/** Milliseconds that one hop takes in this world, from the grant to its end. */
async function hopMilliseconds(timing: Rehearsal['timing'] = {}): Promise<number> {
  const { lived } = await rehearse({
    clusters: [cluster('one', 'dev')],
    documents: [fleet({}), policy([{ name: 'all' }], '60m')],
    timing,
  });
  const [only] = [...lived.values()];
  if (only === undefined) throw new Error('nothing was upgraded');
  return only.end - only.start;
}

function planned({ rules, inventory, startedAt }: Rehearsed): ReadonlyMap<string, { start: number; end: number }> {
  const { forward } = draw(rules, inventory, startedAt);
  return new Map(
    [...forward.fleet.lived].map(([key, { startedAt: start, endedAt: end = 0 }]) => [key, { start, end }]),
  );
}

const inOrder = (lived: ReadonlyMap<string, { readonly start: number }>): string[] =>
  [...lived].sort(([a, one], [b, other]) => one.start - other.start || (a < b ? -1 : 1)).map(([key]) => key);

test('where every hop lasts as estimated, the plan and the run are the same to the millisecond', async () => {
  const lasts = await hopMilliseconds(EXACT);
  expect(lasts % 1000).toBe(0);
  const documents = [fleet({ total: 3, perAccount: 2 }), calendar, policy(waves, `${lasts / 1000}s`)];
  // A second hop right after the first finds its insights fresh, and is a minute shorter: it has no place where all must be equal.
  const oneHop = clusters.map((one) => ({ ...one, version: '1.36' }));
  const ran = await rehearse({ clusters: oneHop, documents, timing: EXACT });
  expect(ran.lived.size).toBe(clusters.length);
  const plan = planned(ran);
  expect(inOrder(plan)).toEqual(inOrder(ran.lived));
  expect(Object.fromEntries([...plan].sort())).toEqual(Object.fromEntries([...ran.lived].sort()));
});

test('where durations differ a little from the estimate, the order is the same and the ends are within one in a hundred', async () => {
  const lasts = await hopMilliseconds(EXACT);
  const timing = { ...EXACT, controlPlane: [590, 610] as const, addon: [58, 62] as const };
  const documents = [fleet({ total: 3, perAccount: 2 }), calendar, policy(waves, `${Math.round(lasts / 1000)}s`)];
  const ran = await rehearse({ clusters, documents, timing });
  const plan = planned(ran);
  const waveOf = (key: string): string => key.split('/')[1]?.slice(0, 1) ?? '';
  expect(inOrder(plan).map(waveOf)).toEqual(inOrder(ran.lived).map(waveOf));
  const makespan = Math.max(...[...ran.lived.values()].map(({ end }) => end)) - ran.startedAt.getTime();
  for (const [key, { end }] of ran.lived)
    expect(Math.abs((plan.get(key)?.end ?? 0) - end)).toBeLessThan(makespan / 100);
});
