import { MemoryTable } from '../../adapters/memory/table.ts';
import { memberItem, rolloutItem, waveItem } from '../../test/material/items/rollout-items.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { policyWith } from '../../test/material/policy/policies.ts';
import {
  calendarConfig,
  grant,
  type Kept,
  keep,
  policyConfig,
  upgrade,
} from '../../test/material/protocol/one-upgrade.ts';
import { account, offers } from '../../test/material/rollout/one-tick.ts';
import type { ClusterControl } from '../contracts/items/cluster.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import type { Member, Wave } from '../contracts/items/rollout.ts';
import {
  Accounts,
  ClusterControls,
  Clusters,
  Configs,
  Grants,
  Learned,
  Members,
  ReconcileMarkers,
  Regions,
  Upgrades,
} from '../store/entities.ts';
import { put } from '../store/entity.ts';
import { loadSnapshot, type SnapshotScope } from './load-snapshot.ts';

const keyOf = (name: string): string => clusterRecord({ name }).clusterKey;
const SCOPES: readonly SnapshotScope[] = ['turn', 'motion', 'fleet', 'rollouts', 'history'];
const learned = { count: 2, p50: 60, p90: 90, failureRate: 0 };
const waves = [
  waveItem({ index: 0, name: 'before', status: 'Completed' }),
  waveItem({ index: 1, members: 3, needWork: 3, maxConcurrency: 3 }),
  waveItem({ index: 2, name: 'after', status: 'Pending' }),
];

interface Given {
  readonly kept?: Kept;
  /** By the name of their cluster; each is in the inventory, with a decision about it. */
  readonly members?: Readonly<Record<string, Partial<Member>>>;
  readonly upgrades?: readonly (Partial<Upgrade> & { readonly clusterKey: string })[];
  readonly grants?: readonly string[];
  /** Of each cluster. */
  readonly control?: Partial<ClusterControl>;
}

/** A rollout whose second of three waves is open, one more cluster without an upgrade, and the whole applied config. */
async function tableWith({ kept = {}, members = {}, upgrades = [], grants = [], control = {} }: Given) {
  const table = new MemoryTable();
  await keep(table, {
    cluster: undefined,
    member: undefined,
    rollout: rolloutItem({ waves: ['before', 'all', 'after'] }),
    waves,
    ...kept,
  });
  const names = [...Object.keys(members), 'other'];
  await table.transact([
    ...names.map((name) => put(Clusters, clusterRecord({ name, version: '1.36' }), 'absent')),
    ...names.map((name) => put(ClusterControls, { clusterKey: keyOf(name), ...control }, 'absent')),
    ...Object.entries(members).map(([name, one]) =>
      put(Members, memberItem({ clusterKey: keyOf(name), name, waveIndex: 1, ...one }), 'absent'),
    ),
    ...upgrades.map((one) => put(Upgrades, upgrade(one), 'absent')),
    ...grants.map((name) => put(Grants, grant({ clusterKey: keyOf(name) }), 'absent')),
    put(Configs, policyConfig(policyWith({ name: 'unused' })), 'absent'),
    put(Configs, calendarConfig('nights', { windows: [] }), 'absent'),
    put(
      Configs,
      {
        ...calendarConfig('bank', {}),
        kind: 'Channel',
        document: {
          apiVersion: 'liftlock/v1alpha1',
          kind: 'Channel',
          metadata: { name: 'bank' },
          spec: { target: 'latest-2' },
        },
      },
      'absent',
    ),
    put(Regions, offers, 'absent'),
    put(Accounts, account, 'absent'),
    put(Learned, learned, 'absent'),
  ]);
  return table;
}

async function read(scope: SnapshotScope, given: Given = {}) {
  const table = await tableWith(given);
  const active = await table.queryActive();
  Object.assign(table.reads, { get: 0, partition: 0, active: 0, kind: 0, audit: 0 });
  const snapshot = await loadSnapshot(table, active, scope);
  const namesOf = (keys: Iterable<string>) => [...keys].map((key) => /cluster\/(\w+)@/.exec(key)?.[1]).sort();
  return {
    snapshot,
    reads: table.reads,
    clusters: namesOf(snapshot.clusters.keys()),
    controls: namesOf(snapshot.controls.keys()),
    unread: namesOf(snapshot.unread ?? []),
  };
}
const waiting = { web: {}, later: { waveIndex: 2 }, busy: { status: 'Running' as const, inFlight: true } };

test.each<[SnapshotScope, readonly string[], readonly string[]]>([
  ['turn', ['web'], ['later']],
  ['motion', ['later', 'web'], []],
  ['fleet', ['busy', 'later', 'other', 'web'], []],
  ['rollouts', ['busy', 'later', 'other', 'web'], []],
  ['history', ['busy', 'later', 'other', 'web'], []],
])(
  'a look at %s reads the clusters that it decides about, and says whom it left unread',
  async (scope, names, left) => {
    const { clusters, controls, unread } = await read(scope, { members: waiting });
    expect([clusters, controls, unread]).toEqual([names, names, left]);
  },
);

test.each<[SnapshotScope, object]>([
  ['turn', { policies: ['p'], calendars: 0, channels: 0, regions: 0, learned, past: undefined }],
  ['motion', { policies: ['p'], calendars: 0, channels: 0, regions: 0, learned, past: undefined }],
  ['fleet', { policies: ['p', 'unused'], calendars: 1, channels: 1, regions: 1, learned, past: undefined }],
  [
    'rollouts',
    { policies: ['p', 'unused'], calendars: 1, channels: 1, regions: 1, learned: undefined, past: [1, 0, undefined] },
  ],
  ['history', { policies: ['p', 'unused'], calendars: 1, channels: 1, regions: 1, learned, past: [1, 3, 1] }],
])('a look at %s reads the rules, versions and rollouts that it rests on', async (scope, expected) => {
  const { snapshot } = await read(scope, { members: waiting });
  const { history, policies, calendars, channels, regions } = snapshot;
  expect({
    policies: [...policies.keys()].sort(),
    calendars: calendars.size,
    channels: channels.size,
    regions: regions.size,
    learned: snapshot.learned,
    past: history && [history.rollouts.length, history.waves.length, history.accounts?.length],
  }).toEqual(expected);
  expect([snapshot.epoch, snapshot.fleet?.mode, 'history' in snapshot]).toEqual([
    { number: 4 },
    'act',
    history !== undefined,
  ]);
});

test.each(SCOPES)(
  'a look at %s has the waves of what is under way, those that have ended too, each once',
  async (scope) => {
    const { snapshot } = await read(scope, { members: waiting });
    expect(snapshot.waves.map(({ index, status }) => `${index} ${status}`).sort()).toEqual([
      '0 Completed',
      '1 Open',
      '2 Pending',
    ]);
    expect(snapshot.members.map(({ name }) => name).sort()).toEqual(['busy', 'later', 'web']);
    expect(snapshot.rollouts.map(({ id }) => id)).toEqual(['r']);
  },
);

test.each(SCOPES)('a look at %s has the upgrade of every grant, also one that has ended, each once', async (scope) => {
  const ended = { clusterKey: keyOf('web'), status: 'Succeeded' as const };
  const running = { clusterKey: keyOf('busy') };
  const { snapshot } = await read(scope, { members: waiting, upgrades: [ended, running], grants: ['web', 'busy'] });
  expect(snapshot.upgrades.map(({ clusterKey, status }) => [clusterKey, status]).sort()).toEqual(
    [
      [keyOf('web'), 'Succeeded'],
      [keyOf('busy'), 'Running'],
    ].sort(),
  );
});

describe('where a look at whose turn it is can decide nothing', () => {
  const full: Wave[] = waves.map((one) => (one.index === 1 ? { ...one, maxConcurrency: 1, inFlight: 1 } : one));
  const running = { clusterKey: keyOf('busy') };
  const watched: Given = { kept: { waves: full }, members: waiting, upgrades: [running], grants: ['busy'] };

  test('nothing is read', async () => {
    const { snapshot, reads, unread } = await read('turn', watched);
    expect(reads).toEqual({ get: 0, partition: 0, active: 0, kind: 0, audit: 0 });
    expect(unread).toEqual(['later', 'web']);
    expect(snapshot).toMatchObject({ epoch: undefined, fleet: undefined, ledger: { counts: {} } });
    expect([snapshot.grants.length, snapshot.waves.length, snapshot.upgrades.length]).toEqual([1, 2, 1]);
  });

  test('all is read once the upgrade of a grant has ended', async () => {
    const { snapshot } = await read('turn', { ...watched, upgrades: [{ ...running, status: 'Failed' }] });
    expect([snapshot.fleet?.mode, snapshot.upgrades[0]?.status]).toEqual(['act', 'Failed']);
  });

  test('a look at what is in motion reads all the same', async () => {
    expect((await read('motion', watched)).clusters).toEqual(['later', 'web']);
  });
});

test('whoever waits in a rollout where failures have something in common is read, whosever turn it is', async () => {
  const traits = { failed: { 'ami/X': 1 }, succeeded: {} };
  const failed = waves.map((one) => (one.index === 0 ? { ...one, failed: 1, traits } : one));
  const { clusters, controls, unread } = await read('turn', { kept: { waves: failed }, members: waiting });
  expect([clusters, controls, unread]).toEqual([['later', 'web'], ['later', 'web'], []]);
});

test.each<[string, Partial<Upgrade>, readonly string[]]>([
  ['that a person asked for', { rolloutId: undefined, waveIndex: undefined }, ['p', 'unused']],
  ['of a rollout', {}, ['p']],
])('for an upgrade %s that waits the policies are read that may be its own', async (_, one, policies) => {
  const parked = { clusterKey: keyOf('web'), status: 'Parked' as const, ...one };
  const other = { clusterKey: keyOf('busy'), status: 'Parked' as const };
  const { snapshot } = await read('motion', { members: { web: {}, busy: {} }, upgrades: [parked, other] });
  expect([...snapshot.policies.keys()].sort()).toEqual(policies);
});

test('what was learned is also known where the version before keeps it', async () => {
  const table = await tableWith({});
  table.resetTo(table.snapshot().filter(({ sk }) => sk !== 'LEARNED'));
  await table.transact([put(ReconcileMarkers, { learned }, 'absent')]);
  expect((await loadSnapshot(table, await table.queryActive(), 'fleet')).learned).toEqual(learned);
});

test('a calendar and a channel of one name are both known, and policies with who applied them', async () => {
  const { snapshot } = await read('fleet');
  expect([[...snapshot.calendars.keys()], [...snapshot.channels.keys()]]).toEqual([['nights'], ['bank']]);
  expect(snapshot.policies.get('p')).toMatchObject({ revision: 'of p', appliedBy: ['ann'] });
  expect(snapshot.ledger).toEqual({ counts: {} });
});

test('a policy that this version cannot read is none', async () => {
  const unreadable = { ...policyConfig(policyWith({ name: 'p' })), document: { kind: 'Somewhat' } };
  const { snapshot } = await read('fleet', { kept: { policy: unreadable } });
  expect([...snapshot.policies.keys()]).toEqual(['unused']);
});

test('a reading that fails ends the look, and nothing goes on unseen', async () => {
  const table = await tableWith({ members: waiting });
  const active = await table.queryActive();
  table.getAll = () => Promise.reject(new Error('no table'));
  for (const scope of SCOPES) await expect(loadSnapshot(table, active, scope)).rejects.toThrow('no table');
});

// docs/semantics.md, Windows, bakes, watches and estimates: the hold comes back when no rollout is to try it any more.
test('what a retry has taken off holds again for whom no rollout tries', async () => {
  const reason = { code: 'UpdateFailed' as const, message: 'x' };
  const retried = { reason, since: '2026-11-20T08:00:00.000Z', upgradeId: '1.36-1.37', mutated: true };
  const again = { failedBefore: true as const, from: '1.36', to: '1.37' };
  const members = {
    web: again,
    parked: { ...again, status: 'Parked' as const },
    new: {},
    // Another actor has moved its control plane past the hop.
    further: { ...again, to: '1.35' },
    failed: { ...again, status: 'Failed' as const },
  };
  const { snapshot } = await read('fleet', { members, control: { retried } });
  const held = (name: string) => snapshot.controls.get(keyOf(name));
  for (const name of ['web', 'parked']) expect(held(name)).toEqual({ clusterKey: keyOf(name), retried });
  for (const name of ['new', 'further', 'failed', 'other'])
    expect(held(name)).toEqual({ clusterKey: keyOf(name), held: retried });
  const rollout = rolloutItem({ status: 'Aborted' });
  const left = await read('fleet', { members, control: { retried }, kept: { rollout } });
  expect(left.snapshot.controls.get(keyOf('web'))).toEqual({ clusterKey: keyOf('web'), held: retried });
});
