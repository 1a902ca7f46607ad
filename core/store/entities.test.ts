import { memberItem, rolloutItem, waveItem } from '../../test/material/items/rollout-items.ts';
import { UPGRADE_STATUSES, type Upgrade } from '../contracts/items/protocol.ts';
import { ROLLOUT_STATUSES, WAVE_STATUSES } from '../contracts/items/rollout.ts';
import type { ItemKey } from '../ports/table.ts';
import * as entities from './entities.ts';
import type { Entity } from './entity.ts';
import * as scans from './scan-entities.ts';

const {
  Accounts,
  ClusterControls,
  ClusterNames,
  Clusters,
  Configs,
  DeadlineNotices,
  Epochs,
  FleetControls,
  Grants,
  Intents,
  Learned,
  Ledgers,
  Members,
  PolicyRollouts,
  ReconcileMarkers,
  Regions,
  Rollouts,
  SettledUpdates,
  StagedMembers,
  Upgrades,
  Waves,
} = entities;
const { LatestScanItems, ScanParts, ScanRuns, ScanSummaries } = scans;

const upgrade = (status: Upgrade['status']) => ({ clusterKey: 'k', id: '1.36-1.37', status }) as Upgrade;
const place = { account: '111111111111', region: 'eu-central-1', name: 'web' };

/** A key from its parts and from the stored data, which must be equal: the first table of docs/data-model.md. */
type Keyed = readonly [kind: string, asked: ItemKey, kept: ItemKey, pk: string, sk: string];

function keyed<Data, Parts extends readonly unknown[]>(
  entity: Entity<Data, Parts>,
  parts: Parts,
  data: object,
  pk: string,
  sk: string,
): Keyed {
  return [entity.kind, entity.key(...parts), entity.keyOf(data as Data), pk, sk];
}

test.each<Keyed>([
  keyed(Epochs, [], {}, 'EPOCH', 'EPOCH'),
  keyed(Ledgers, [], {}, 'LEDGER', 'LEDGER'),
  keyed(FleetControls, [], {}, 'FLEET', 'CONTROL'),
  keyed(ReconcileMarkers, [], {}, 'RECONCILE', 'MARKER'),
  keyed(Learned, [], {}, 'RECONCILE', 'LEARNED'),
  keyed(Configs, ['Fleet', 'f'], { kind: 'Fleet', name: 'f' }, 'CONFIG', 'Fleet#f'),
  keyed(Clusters, ['k'], { clusterKey: 'k' }, 'CLUSTER#k', 'RECORD'),
  keyed(ClusterControls, ['k'], { clusterKey: 'k' }, 'CLUSTER#k', 'CONTROL'),
  keyed(Grants, ['k'], { clusterKey: 'k' }, 'CLUSTER#k', 'GRANT'),
  keyed(Upgrades, ['k', '1.36-1.37'], upgrade('Running'), 'CLUSTER#k', 'UPGRADE#1.36-1.37'),
  keyed(
    Intents,
    ['k', 'update-addons', 'coredns', 12],
    { clusterKey: 'k', step: 'update-addons', subject: 'coredns', attempt: 12 },
    'CLUSTER#k',
    'INTENT#update-addons#coredns#000012',
  ),
  keyed(Accounts, [place.account, place.region], place, 'ACCOUNTS', '111111111111#eu-central-1'),
  keyed(Regions, [place.region], place, 'VERSIONS', 'eu-central-1'),
  keyed(Rollouts, ['r'], rolloutItem(), 'ROLLOUT#r', 'ROLLOUT'),
  keyed(Waves, ['r', 7], waveItem({ index: 7 }), 'ROLLOUT#r', 'WAVE#007'),
  keyed(Members, ['r', 7, 'k'], memberItem({ waveIndex: 7 }), 'ROLLOUT#r', 'MEMBER#007#k'),
  keyed(StagedMembers, ['r', 7, 'k'], { member: memberItem({ waveIndex: 7 }) }, 'STAGED#r', 'MEMBER#007#k'),
  keyed(
    ClusterNames,
    [place.account, place.region, place.name, 'k'],
    { ...place, clusterKey: 'k' },
    'NAME#111111111111/eu-central-1/web',
    'k',
  ),
  keyed(SettledUpdates, ['k', 'coredns'], { clusterKey: 'k', subject: 'coredns' }, 'CLUSTER#k', 'SETTLED#coredns'),
  keyed(PolicyRollouts, ['p'], { policy: 'p' }, 'POLICY-ROLLOUTS', 'p'),
  keyed(DeadlineNotices, [place.region, 'k', undefined], { ...place, clusterKey: 'k' }, 'DEADLINES#eu-central-1', 'k'),
  keyed(
    DeadlineNotices,
    [place.region, 'k', 'e'],
    { ...place, clusterKey: 'k', event: 'e' },
    'DEADLINES#eu-central-1',
    'k#e',
  ),
  keyed(
    ScanSummaries,
    ['k', '2026-11-20T12:00:00.000Z'],
    { clusterKey: 'k', scannedAt: '2026-11-20T12:00:00.000Z' },
    'CLUSTER#k',
    'SCAN#8638204824000000',
  ),
  keyed(LatestScanItems, ['k'], { clusterKey: 'k' }, 'CLUSTER#k', 'LATEST-SCANS'),
  keyed(ScanRuns, ['arn'], { execution: 'arn' }, 'SCAN-RUN#arn', 'RUN'),
  keyed(ScanParts, ['k', 'o', 7], { clusterKey: 'k', owner: 'o', part: 7 }, 'SCANS#k', 'PART#o#007'),
])('%s is kept where it is asked for', (_, asked, kept, pk, sk) => {
  expect([asked, kept]).toEqual([
    { pk, sk },
    { pk, sk },
  ]);
});

const GONE_AROUND = new Set(['Grant', 'Upgrade', 'Rollout', 'Wave', 'Member']);

test('the reconciler is given its own marker and what is not at rest, and nothing else', () => {
  const all = [...Object.values(entities), ...Object.values(scans)].filter((one) => typeof one === 'object');
  const always = all.filter(
    ({ kind, active }) => !GONE_AROUND.has(kind) && (active as (data: object) => boolean)({}) === true,
  );
  expect(always.map(({ kind }) => kind)).toEqual(['ReconcileMarker']);
  const never = all.filter(
    ({ kind, active }) => !GONE_AROUND.has(kind) && (active as (data: object) => boolean)({}) === false,
  );
  expect(never).toHaveLength(all.length - GONE_AROUND.size - 1);
});

test('an upgrade, a rollout and a wave are not at rest as long as something is still to happen to them', () => {
  const upgrades = UPGRADE_STATUSES.filter((status) => Upgrades.active(upgrade(status)));
  expect(upgrades).toEqual(['Pending', 'Running', 'Parked']);
  const rollouts = ROLLOUT_STATUSES.filter((status) => Rollouts.active(rolloutItem({ status })));
  expect(rollouts).toEqual(['Planned', 'Running', 'Paused']);
  const waves = WAVE_STATUSES.filter((status) => Waves.active(waveItem({ status })));
  expect(waves).toEqual(['Pending', 'Open', 'Soaking']);
});

test('the intents of a cluster, of a step and of a subject each have their beginning of a key', () => {
  const { intentPrefix } = entities;
  expect([intentPrefix(), intentPrefix('update-addons'), intentPrefix('update-addons', 'coredns')]).toEqual([
    'INTENT#',
    'INTENT#update-addons#',
    'INTENT#update-addons#coredns#',
  ]);
  expect(intentPrefix('update-addons', undefined)).toBe('INTENT#update-addons#');
});

test('of two scans the newer one comes first, and what is no instant stays as it is', () => {
  const { newestFirst } = scans;
  const [older, newer] = [newestFirst('2026-11-20T12:00:00.000Z'), newestFirst('2026-11-20T12:00:00.001Z')];
  expect([newer, older].toSorted()).toEqual([newer, older]);
  expect(newer).not.toBe(older);
  expect(newestFirst('<scannedAt>')).toBe('<scannedAt>');
});
