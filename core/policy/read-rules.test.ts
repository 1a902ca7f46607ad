import { MemoryTable } from '../../adapters/memory/table.ts';
import { rolloutItem, waveItem } from '../../test/material/items/rollout-items.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { policyWith } from '../../test/material/policy/policies.ts';
import { checksOf } from '../../test/material/protocol/one-upgrade.ts';
import type { AppliedConfig, ReconcileMarker, Wave } from '../contracts/items/rollout.ts';
import { Configs, Learned, ReconcileMarkers } from '../store/entities.ts';
import { knowing, put } from '../store/entity.ts';
import { fleetSpec } from './applied.ts';
import { keysOfRules, readRules } from './read-rules.ts';

const config = (kind: AppliedConfig['kind'], name: string, document: object): AppliedConfig => ({
  kind,
  name,
  document: document as Record<string, unknown>,
  revision: 'x',
  appliedBy: `who applied ${name}`,
  appliedAt: '2026-11-20T12:00:00.000Z',
});
const nights = {
  apiVersion: 'liftlock/v1alpha1',
  kind: 'Calendar',
  metadata: { name: 'nights' },
  spec: { timeZone: 'UTC', windows: [], freezes: [] },
};
const fleet = fleetSpec(
  config('Fleet', 'fleet', {
    apiVersion: 'liftlock/v1alpha1',
    kind: 'Fleet',
    metadata: { name: 'f' },
    spec: {
      accounts: ['111111111111'],
      regions: ['eu-central-1'],
      spokeRole: { externalId: 'xx' },
      labels: { fromTags: { env: 'stage' } },
    },
  }),
);
const waves = '[{ name: all, calendar: [nights, weekends] }]';
const prod = policyWith({ name: 'prod', selector: '{ matchLabels: { env: prod } }', waves });
const dev = policyWith({ name: 'dev', selector: '{ matchLabels: { env: dev } }' });
/** The stored labels are older than the Fleet. */
const cluster = clusterRecord({ tags: { stage: 'prod' }, labels: { env: 'dev' } });
const learned = (p90: number) => ({ count: 9, p50: 60, p90, failureRate: 0 });

interface Given {
  readonly learned?: number;
  readonly marker?: ReconcileMarker;
  readonly configs?: readonly AppliedConfig[];
}

async function tableWith({ learned: seconds, marker, configs = [] }: Given = {}): Promise<MemoryTable> {
  const table = new MemoryTable();
  const ordinary = [config('UpgradePolicy', 'prod', prod), config('UpgradePolicy', 'dev', dev)];
  await table.transact([
    ...[...ordinary, config('Calendar', 'nights', nights), ...configs].map((one) => put(Configs, one, 'absent')),
    ...(seconds === undefined ? [] : [put(Learned, learned(seconds), 'absent')]),
    ...(marker === undefined ? [] : [put(ReconcileMarkers, marker, 'absent')]),
  ]);
  return table;
}
const place = (policy: string, wave?: Partial<Wave>) => ({
  rollout: rolloutItem({ policy }),
  wave: wave && waveItem(wave),
});

test('nothing is read where the cluster is not known or there is no Fleet', async () => {
  const table = await tableWith();
  expect(await readRules(table, undefined, fleet, place('prod'))).toBeUndefined();
  expect(await readRules(table, cluster, undefined, place('prod'))).toBeUndefined();
});

test('a member goes by the policy of its rollout, whichever selects its cluster', async () => {
  const read = await readRules(await tableWith(), cluster, fleet, place('dev'));
  expect(read?.policyAppliedBy).toEqual(['who applied dev']);
  expect(read?.rules(new Map()).policy?.metadata.name).toBe('dev');
});

test('what a rollout went by last is known to whoever reads ahead, and what was read ahead is not read again', async () => {
  const table = await tableWith();
  const of = place('prod', { estimateSeconds: 60 });
  const { id } = of.rollout;
  expect(keysOfRules(table, id)).toEqual([]);
  const first = await readRules(table, cluster, fleet, of);
  const keys = keysOfRules(table, id);
  expect(keys.map(({ sk }) => sk)).toEqual(['UpgradePolicy#prod', 'Calendar#nights', 'Calendar#weekends']);
  expect([keysOfRules(table, undefined), keysOfRules(table, 'other'), keysOfRules(await tableWith(), id)]).toEqual([
    [],
    [],
    [],
  ]);
  const before = table.reads.get;
  const ahead = knowing(table, keys, await table.getAll(keys));
  const again = await readRules(table, cluster, fleet, of, ahead);
  expect(table.reads.get).toBe(before + 1);
  expect(checksOf(again?.checks ?? [])).toEqual(checksOf(first?.checks ?? []));
  expect(again?.calendars).toEqual(first?.calendars);
});

test('a calendar that the policy names since then is read besides', async () => {
  const table = await tableWith();
  const of = place('dev', { estimateSeconds: 60 });
  await readRules(table, cluster, fleet, of);
  const changed = config('UpgradePolicy', 'dev', policyWith({ name: 'dev', waves }));
  await table.transact([put(Configs, changed, 1)]);
  const keys = keysOfRules(table, of.rollout.id);
  const read = await readRules(table, cluster, fleet, of, knowing(table, keys, await table.getAll(keys)));
  expect(read?.calendars.map(({ name }) => name)).toEqual(['nights']);
  expect(checksOf(read?.checks ?? [])).toContain('CONFIG UpgradePolicy#dev 2');
});

test('an upgrade that a person asked for goes by the policy that selects its cluster', async () => {
  const read = await readRules(await tableWith(), cluster, fleet, undefined);
  expect(read?.policyAppliedBy).toEqual(['who applied prod']);
  expect(read?.rules(new Map()).policy?.metadata.name).toBe('prod');
});

test('where no policy selects the cluster, or several do, there are the calendars of its tags alone', async () => {
  const every = config('UpgradePolicy', 'every', policyWith({ name: 'every' }));
  const tags = { 'liftlock/calendar': 'nights' };
  const none = await readRules(await tableWith(), clusterRecord({ tags }), fleet, undefined);
  const several = await readRules(
    await tableWith({ configs: [every] }),
    { ...cluster, tags: { ...cluster.tags, ...tags } },
    fleet,
    undefined,
  );
  for (const read of [none, several]) {
    expect(read?.rules(new Map())).toMatchObject({ policy: undefined, unreadable: false, calendarNames: ['nights'] });
    expect(checksOf(read?.checks ?? [])).toEqual(['CONFIG Calendar#nights 1']);
    expect(read?.policyAppliedBy).toEqual([]);
  }
});

test('a policy that nobody can read may select what no other does, and what a person asks for there has no rules that count', async () => {
  const newer = config('UpgradePolicy', 'newer', { ...policyWith({ name: 'newer' }), spec: { of: 'a later release' } });
  const table = await tableWith({ configs: [newer] });
  const unselected = await readRules(table, clusterRecord(), fleet, undefined);
  expect(unselected?.rules(new Map())).toMatchObject({ policy: undefined, unreadable: true, wave: undefined });
  expect(checksOf(unselected?.checks ?? [])).toEqual(['CONFIG UpgradePolicy#newer 1']);
  const selected = await readRules(table, cluster, fleet, undefined);
  expect(selected?.rules(new Map()).policy?.metadata.name).toBe('prod');
});

test('what the rules rest on is checked, what is not there too, and calendars are given as far as they are there', async () => {
  const read = await readRules(await tableWith(), cluster, fleet, undefined);
  expect(checksOf(read?.checks ?? [])).toEqual([
    'CONFIG Calendar#nights 1',
    'CONFIG Calendar#weekends absent',
    'CONFIG UpgradePolicy#prod 1',
  ]);
  expect(read?.calendars.map(({ name }) => name)).toStrictEqual(['nights']);
});

test('a policy that is gone leaves its place to be checked, and nobody who applied it', async () => {
  const read = await readRules(await tableWith(), cluster, fleet, place('gone'));
  expect(checksOf(read?.checks ?? [])).toEqual(['CONFIG UpgradePolicy#gone absent']);
  expect(read).toMatchObject({ policyAppliedBy: [], calendars: [] });
  expect(read?.rules(new Map()).unreadable).toBe(true);
});

const MINUTES = 60_000;
test.each<[string, Given, Partial<Wave> | undefined, number]>([
  ['as its wave has estimated', { learned: 600 }, { estimateSeconds: 1200 }, 20],
  ['as was learned, where it has not', { learned: 600, marker: { learned: learned(300) } }, {}, 10],
  ['as was learned, where it is in no wave', { learned: 600 }, undefined, 10],
  ['as an earlier release learned', { marker: { learned: learned(300) } }, {}, 5],
  ['as nobody knows', { marker: {} }, {}, 60],
  ['as nobody knows, nothing at all being there', {}, {}, 60],
])('a hop of a member is taken to last %s', async (_, given, wave, minutes) => {
  const read = await readRules(await tableWith(given), cluster, fleet, place('prod', wave));
  expect(read?.rules(new Map()).estimateMilliseconds).toBe(minutes * MINUTES);
});

test('nothing that was learned is read where the wave has estimated', async () => {
  const table = await tableWith({ learned: 600 });
  const asked: string[] = [];
  const getAll: MemoryTable['getAll'] = async (keys) => {
    asked.push(...keys.map(({ sk }) => sk));
    return table.getAll(keys);
  };
  const reader = { getAll, queryPartition: table.queryPartition.bind(table) };
  await readRules(reader, cluster, fleet, place('prod', { estimateSeconds: 1200 }));
  expect(asked).toEqual(['UpgradePolicy#prod', 'Calendar#nights', 'Calendar#weekends']);
});

test.each<[string, readonly AppliedConfig[], readonly string[], string]>([
  ['that is applied', [config('Channel', 'c', {})], ['who applied follows', 'who applied c'], 'CONFIG Channel#c 1'],
  ['that nobody has applied', [], ['who applied follows'], 'CONFIG Channel#c absent'],
])(
  'a policy that goes by a Channel %s rests on it, also for who may not approve',
  async (_, applied, authors, check) => {
    const spec = { ...policyWith().spec, target: { channel: 'c' } };
    const follows = config('UpgradePolicy', 'follows', { ...policyWith({ name: 'follows' }), spec });
    const table = await tableWith({ configs: [follows, ...applied] });
    const read = await readRules(table, cluster, fleet, place('follows'));
    expect(read?.policyAppliedBy).toEqual(authors);
    expect(checksOf(read?.checks ?? [])).toEqual([check, 'CONFIG UpgradePolicy#follows 1']);
  },
);
