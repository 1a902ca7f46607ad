import { MemoryTable } from '../../adapters/memory/table.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { upgrade } from '../../test/material/protocol/one-upgrade.ts';
import type { LiftlockEvent } from '../contracts/events.ts';
import type { ClusterRecord, RegionVersions } from '../contracts/items/cluster.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import { noticeOf } from '../notices/notice-of.ts';
import type { WriteOperation } from '../ports/table.ts';
import { Upgrades } from '../store/entities.ts';
import { put } from '../store/entity.ts';
import { tellDeadlines } from './tell-deadlines.ts';

const DAY = 86_400_000;
const NOW = new Date('2026-11-20T12:00:00Z');
const inDays = (days: number): string => new Date(NOW.getTime() + days * DAY).toISOString();
const versions = (standard: number, extended: number, region = 'eu-central-1'): RegionVersions => ({
  region,
  versions: [
    {
      version: '1.34',
      status: 'STANDARD_SUPPORT',
      defaultVersion: false,
      endOfStandardSupport: inDays(standard),
      endOfExtendedSupport: inDays(extended),
    },
  ],
  announced: [],
  checkedAt: NOW.toISOString(),
});
const web = clusterRecord({ name: 'web' });

function world() {
  const table = new MemoryTable();
  const published: (readonly LiftlockEvent[])[] = [];
  const events = { publish: async (more: readonly LiftlockEvent[]) => void published.push(more) };
  const tell = async (
    regions: readonly RegionVersions[],
    clusters: readonly ClusterRecord[] = [web],
    days = 0,
    mayExtend = false,
  ) => {
    published.length = 0;
    const clock = { now: () => new Date(NOW.getTime() + days * DAY) };
    await tellDeadlines({ table, events, clock }, regions, clusters, () => mayExtend);
    return published.flat();
  };
  return { table, tell, published };
}

test.each([
  ['standard', 60, 400, 'EXTENDED', false],
  ['standard', 60, 400, 'STANDARD', true],
  ['extended', -1, 60, 'EXTENDED', true],
])(
  'the end of %s support is told with the days that are left',
  async (support, standard, extended, supportType, forced) => {
    const told = await world().tell([versions(standard, extended)], [{ ...web, supportType }]);
    const { clusterKey, arn, account, region } = web;
    const named = { clusterKey, cluster: arn, account, region, kubernetesVersion: '1.34' };
    expect(told).toEqual([
      {
        type: 'SupportDeadlineApproaching',
        detail: { version: 1, ...named, support, endsAt: inDays(60), daysLeft: 60, forced },
      },
    ]);
  },
);

test('what AWS plans to change is told as that', async () => {
  const change = { event: 'arn:event', code: 'AWS_EKS_MAINTENANCE', at: inDays(5) };
  const told = await world().tell([versions(300, 600)], [{ ...web, plannedChanges: [change] }]);
  const { clusterKey, arn, account, region } = web;
  const named = { clusterKey, cluster: arn, account, region };
  expect(told).toEqual([
    {
      type: 'PlannedChangeApproaching',
      detail: { version: 1, ...named, code: change.code, event: 'arn:event', startsAt: change.at, daysLeft: 5 },
    },
  ]);
});

test.each<[string, RegionVersions, ClusterRecord]>([
  ['is far away', versions(91, 400), web],
  ['is of a cluster that is gone', versions(60, 400), { ...web, deletedAt: inDays(-1) }],
  ['is of another Region', versions(60, 400, 'us-east-1'), web],
])('nothing is told of an end that %s', async (_, region, cluster) => {
  const { tell, published, table } = world();
  expect(await tell([region], [cluster])).toStrictEqual([]);
  expect([published, table.reads.partition]).toStrictEqual([[], 0]);
});

test('each bucket of days is told once, and an end that has moved is told anew', async () => {
  const { tell } = world();
  const days = [0, 1, 29, 30, 59, 60, 61, 83, 84];
  const counts: number[] = [];
  for (const day of days) counts.push((await tell([versions(90, 400)], [web], day)).length);
  expect(counts).toEqual([1, 0, 0, 1, 0, 1, 0, 1, 0]);
  expect(await tell([versions(89, 400)], [web], 84)).toHaveLength(1);
});

// docs/events.md (SupportDeadlineApproaching, PlannedChangeApproaching): each is published once for each of its days, whatever comes before it.
test('the end of support and each planned change are told on their own days', async () => {
  const { tell } = world();
  const plan = (...days: number[]): ClusterRecord[] => [
    { ...web, plannedChanges: days.map((day) => ({ event: `arn:${day}`, code: 'AWS_EKS_X', at: inDays(day) })) },
  ];
  const days: [number, ClusterRecord[], string[]][] = [
    [0, plan(), ['support 85']],
    [1, plan(3, 56), ['arn:3 2', 'arn:56 55']],
    [4, plan(3, 56), []],
    [25, plan(56), ['support 60']],
    [26, plan(56), ['arn:56 30']],
    [55, plan(56), ['support 30', 'arn:56 1']],
    [78, plan(), ['support 7']],
  ];
  for (const [day, clusters, said] of days) {
    const told = await tell([versions(85, 400)], clusters, day);
    expect(
      told.map(({ type, detail }) => {
        if (type === 'SupportDeadlineApproaching') return `support ${detail.daysLeft}`;
        return type === 'PlannedChangeApproaching' ? `${detail.event} ${detail.daysLeft}` : type;
      }),
    ).toEqual(said);
  }
});

test('each Region tells of its own clusters, many of them in several transactions', async () => {
  const { tell, published, table } = world();
  const clusters = Array.from({ length: 201 }, (_, number) => clusterRecord({ name: `c${number}` }));
  const other = clusterRecord({ name: 'other', region: 'us-east-1' });
  const sizes: number[] = [];
  table.beforeTransact = (operations) => sizes.push(operations.length);
  await tell([versions(60, 400), versions(60, 400, 'us-east-1')], [...clusters, other]);
  expect(published.map((events) => events.length)).toEqual([100, 100, 1, 1]);
  expect(sizes).toEqual([100, 100, 1, 1]);
});

describe('the end of the way back', () => {
  const HOUR = 3_600_000;
  const ago = (hours: number): string => new Date(NOW.getTime() - hours * HOUR).toISOString();
  const upgraded = clusterRecord({ name: 'up', version: '1.35', versionObservedAt: ago(146) });
  const region: RegionVersions = { region: 'eu-central-1', versions: [], announced: [], checkedAt: NOW.toISOString() };
  const { clusterKey } = upgraded;
  const hop = (completedAt: string | undefined, more: Partial<Upgrade> = {}) =>
    upgrade({
      ...{ clusterKey, id: '1.34-1.35', from: '1.34', to: '1.35', status: 'Succeeded', ...more },
      ...(completedAt && { controlPlaneCompletedAt: completedAt }),
    });
  const told = async (
    one: Upgrade | undefined,
    cluster: ClusterRecord = upgraded,
    then?: (table: MemoryTable, tell: ReturnType<typeof world>['tell']) => Promise<LiftlockEvent[]>,
  ) => {
    const { tell, table } = world();
    if (one !== undefined) await table.transact([put(Upgrades, one, 'absent')]);
    const first = await tell([region], [cluster]);
    return then === undefined ? first : then(table, tell);
  };

  test('is told a day before, with the hours that are left by when its upgrade ended', async () => {
    const { arn, account } = upgraded;
    expect(await told(hop(ago(147.5)))).toEqual([
      {
        type: 'RollbackDeadlineApproaching',
        detail: {
          ...{ version: 1, clusterKey, cluster: arn, account, region: 'eu-central-1', kubernetesVersion: '1.35' },
          ...{ to: '1.34', endsAt: new Date(NOW.getTime() + 20.5 * HOUR).toISOString(), hoursLeft: 20, reasons: [] },
        },
      },
    ]);
  });

  test.each<[string, Upgrade | undefined, ClusterRecord]>([
    ['is more than a day away', hop(ago(143)), { ...upgraded, versionObservedAt: ago(143) }],
    ['is over', hop(ago(169)), { ...upgraded, versionObservedAt: ago(168.5) }],
    ['was over before anybody saw the version', hop(ago(169)), upgraded],
    ['nobody knows, since somebody else has upgraded it', undefined, upgraded],
    ['is of a version that was left', hop(ago(147)), { ...upgraded, version: '1.34', lastSeenAt: ago(0) }],
    ['is of a cluster that is gone', hop(ago(147)), { ...upgraded, deletedAt: ago(1) }],
  ])('is not told where it %s', async (_, one, cluster) => {
    expect(await told(one, cluster)).toEqual([]);
  });

  test('is not told of a cluster that is on its way back', async () => {
    const { tell, table } = world();
    const back = hop(undefined, { id: 'rollback-1.35-1.34', machine: 'rollback-cluster', from: '1.35', to: '1.34' });
    await table.transact([
      put(Upgrades, hop(ago(147)), 'absent'),
      put(Upgrades, { ...back, status: 'Running', mutated: true }, 'absent'),
    ]);
    expect(await tell([region], [upgraded])).toEqual([]);
  });

  const endsIn = (hours: number): RegionVersions => ({
    ...region,
    versions: [
      {
        ...{ version: '1.34', status: 'EXTENDED_SUPPORT', defaultVersion: false, endOfStandardSupport: ago(9_000) },
        endOfExtendedSupport: new Date(NOW.getTime() + hours * HOUR).toISOString(),
      },
    ],
  });
  const toldIn = async (where: RegionVersions, cluster: ClusterRecord, completedAt: string, mayExtend = false) => {
    const { tell, table } = world();
    await table.transact([put(Upgrades, hop(completedAt), 'absent')]);
    const events = await tell([where], [cluster], 0, mayExtend);
    const event = events.find(({ type }) => type === 'RollbackDeadlineApproaching');
    return event && noticeOf(event)?.why;
  };

  test('is told with the end of the support of the minor before, where that comes first', async () => {
    const young = { ...upgraded, versionObservedAt: ago(23) };
    expect(await toldIn(endsIn(12), young, ago(24))).toMatch(/no longer than it supports 1\.34: until 2026-11-21T00/);
  });

  test('is told with what a person has to do before', async () => {
    const cluster = { ...upgraded, supportType: 'STANDARD' };
    expect(await toldIn(endsIn(9_000), cluster, ago(147))).toMatch(
      /liftlock rollback cluster \S+ --extend-support has Liftlock set it/,
    );
  });

  test('is told with what it costs where the policy lets Liftlock do that', async () => {
    const cluster = { ...upgraded, supportType: 'STANDARD' };
    const why = await toldIn(endsIn(9_000), cluster, ago(147), true);
    expect(why).toMatch(/is set to EXTENDED right before .*costs \$12\.00 a day/);
    expect(why).not.toMatch(/--extend-support/);
  });

  test('of which something cannot be read keeps nobody else from news, and is told as a problem', async () => {
    const { tell, table, published } = world();
    const { item, ...one } = put(Upgrades, hop(ago(147)), 'absent') as Extract<WriteOperation, { type: 'put' }>;
    const unreadable: WriteOperation = { ...one, item: { ...item, data: { status: 'OfLater' } } };
    const second = clusterRecord({ name: 'second', version: '1.35', versionObservedAt: ago(146) });
    await table.transact([unreadable, put(Upgrades, { ...hop(ago(147)), clusterKey: second.clusterKey }, 'absent')]);
    const other = clusterRecord({ name: 'other', region: 'us-east-1' });
    const telling = tell([region, versions(60, 400, 'us-east-1')], [upgraded, second, other]);
    await expect(telling).rejects.toThrow('was written in a shape this version does not know');
    expect(published.flat().map(({ type }) => type)).toEqual([
      'SupportDeadlineApproaching',
      'RollbackDeadlineApproaching',
    ]);
  });

  test('is told once, and its upgrades are read no more; of the next upgrade it is told anew', async () => {
    const again = await told(hop(ago(147)), upgraded, async (table, tell) => {
      const before = table.reads.partition;
      expect(await tell([region], [upgraded])).toEqual([]);
      expect(table.reads.partition - before).toBe(1);
      const next = { ...upgraded, version: '1.36', versionObservedAt: new Date(NOW.getTime() + DAY).toISOString() };
      const completedAt = new Date(NOW.getTime() + DAY).toISOString();
      await table.transact([put(Upgrades, hop(completedAt, { id: '1.35-1.36', from: '1.35', to: '1.36' }), 'absent')]);
      return tell([region], [{ ...next, lastSeenAt: completedAt }], 7.5);
    });
    expect(again).toMatchObject([{ detail: { kubernetesVersion: '1.36', to: '1.35', hoursLeft: 12 } }]);
  });
});
