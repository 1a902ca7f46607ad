import { MemoryTable } from '../../adapters/memory/table.ts';
import { memberItem, waveItem } from '../../test/material/items/rollout-items.ts';
import {
  clock,
  grant,
  intent,
  KEY,
  keep,
  NOON,
  cluster as one,
  takingBack,
  upgrade,
} from '../../test/material/protocol/one-upgrade.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import type { Wave } from '../contracts/items/rollout.ts';
import { reason } from '../contracts/step-result.ts';
import { closeGrant, freeGrant } from '../protocol/free-grant.ts';
import { grantUpgrade } from '../protocol/grant.ts';
import { settleUpgrade } from '../protocol/settle.ts';
import { ClusterControls, Members, Upgrades, Waves } from '../store/entities.ts';
import { load } from '../store/entity.ts';
import { releaseCluster } from './hold-switch.ts';
import { requestRollback } from './request-rollback.ts';
import { keepNewest } from './restore.ts';

const HOP = '1.36-1.37';
const ID = 'rollback-1.37-1.36';
const accepted = { type: 'accepted' as const, updateId: 'u', at: NOON.toISOString() };
const ports = (table: MemoryTable) => ({
  ...{ table, clock, events: { publish: async () => {} }, ids: { next: () => 'id-0' } },
  executions: { arnFor: (_: string, name: string) => name, start: async () => {}, describe: async () => undefined },
});

/** The items from the audit alone, beside the present ones. */
async function folded(table: MemoryTable) {
  const newest = new Map<string, { kind: string; data: unknown; revision: number }>();
  for (const item of table.auditTimeline()) keepNewest(newest as never, item);
  const all = [...newest.values()];
  const written = (kind: string, ...path: string[]) =>
    all.find((one) => one.kind === kind && path.every((part) => JSON.stringify(one).includes(part)))?.data;
  return {
    hop: written(Upgrades.kind, `"id":"${HOP}"`),
    back: written(Upgrades.kind, `"id":"${ID}"`),
    wave: written(Waves.kind),
    member: written(Members.kind),
    control: written(ClusterControls.kind),
  };
}
const itemsOf = async (table: MemoryTable) => ({
  hop: (await load(table, Upgrades, KEY, HOP))?.data,
  back: (await load(table, Upgrades, KEY, ID))?.data,
  wave: (await load(table, Waves, 'r', 1))?.data,
  member: (await load(table, Members, 'r', 1, KEY))?.data,
  control: (await load(table, ClusterControls, KEY))?.data,
});

test('what a rollback that began by itself, was granted and is through has written is all on record', async () => {
  const table = new MemoryTable();
  await keep(table, {
    policy: takingBack,
    grant: grant(),
    upgrades: [upgrade({ mutated: true })],
    intents: [
      intent({ outcome: accepted }),
      intent({ upgradeId: ID, step: 'rollback-control-plane', outcome: accepted }),
    ],
    member: memberItem({ clusterKey: KEY, waveIndex: 1, status: 'Running', inFlight: true }),
    waves: [waveItem({ index: 1, name: 'all', inFlight: 1, maxFailures: 9, members: 3, needWork: 3 })],
  });
  const worse = [reason('AlarmRings', 'shop')];
  await settleUpgrade(ports(table), KEY, 1, { status: 'failed', reasons: worse, worse });
  const begun = await folded(table);
  expect(begun).toEqual(await itemsOf(table));
  expect([(begun.back as Upgrade).status, (begun.wave as Wave).automaticRollbacks]).toEqual(['Pending', [KEY]]);

  for (const step of [closeGrant, freeGrant]) await step(ports(table), KEY, 1);
  const request = { clusterKey: KEY, upgradeId: ID, from: '1.37', to: '1.36', requestedBy: 'liftlock' };
  await grantUpgrade(ports(table), { ...request, machine: 'rollback-cluster' });
  const granted = await folded(table);
  expect(granted).toEqual(await itemsOf(table));
  expect((granted.wave as Wave).rollingBack).toBe(KEY);

  await settleUpgrade(ports(table), KEY, 2, { status: 'done', reasons: [] });
  const through = await folded(table);
  expect(through).toEqual(await itemsOf(table));
  expect(through).toMatchObject({
    ...{ hop: { status: 'RolledBack' }, back: { status: 'Succeeded' }, member: { status: 'Failed' } },
    ...{ wave: { automaticRollbacks: [KEY], failed: 1 }, control: { held: { reason: { code: 'RolledBack' } } } },
  });
  expect(through.wave).not.toHaveProperty('rollingBack');
});

test('a rollback that was asked for, and given up, is on record with its hold', async () => {
  const table = new MemoryTable();
  const cluster = { ...one, version: '1.37', versionObservedAt: NOON.toISOString() };
  const hop = upgrade({ status: 'Succeeded', mutated: true, controlPlaneCompletedAt: '2026-11-20T11:00:00.000Z' });
  await keep(table, { cluster, upgrades: [hop] });
  await requestRollback(ports(table), cluster, 'ann', { approve: true });
  const asked = await folded(table);
  expect(asked.control).toMatchObject({ held: { upgradeId: ID } });
  await releaseCluster(ports(table), KEY, 'ann');
  const { back, control } = await folded(table);
  expect({ back, control }).toMatchObject({ back: { status: 'Canceled' }, control: { clusterKey: KEY } });
  expect(control).not.toHaveProperty('held');
});
