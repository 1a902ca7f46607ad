import { MemoryTable } from '../../adapters/memory/table.ts';
import { waveItem } from '../../test/material/items/rollout-items.ts';
import { clock, KEY, type Kept, keep, NOON, upgrade, writesOf } from '../../test/material/protocol/one-upgrade.ts';
import { quoted } from '../contracts/step-result.ts';
import type { WriteOperation } from '../ports/table.ts';
import { ClusterControls, Upgrades, Waves } from '../store/entities.ts';
import { load, replace } from '../store/entity.ts';
import { grantUpgrade } from './grant.ts';
import { heldForRollback } from './rollback.ts';

const OTHER = 'arn:aws:eks:eu-central-1:111111111111:cluster/other@2026-01-01T00:00:00.000Z';
const back = { clusterKey: KEY, upgradeId: 'rollback-1.37-1.36', from: '1.37', to: '1.36' };
const rollback = { ...back, machine: 'rollback-cluster', requestedBy: 'ann' } as const;
const rollbackOf = { rolloutId: 'r', waveIndex: 1 };
const pending = upgrade({
  ...{ id: back.upgradeId, machine: 'rollback-cluster', from: '1.37', to: '1.36', status: 'Pending', rollbackOf },
  ...{ rolloutId: undefined, waveIndex: undefined },
});
const inTurn = (rollingBack?: string): Kept => ({
  upgrades: [pending],
  waves: [waveItem({ index: 1, name: 'all', ...(rollingBack && { rollingBack }) })],
});

async function asked(kept: Kept = {}, meanwhile?: (table: MemoryTable) => Promise<unknown>) {
  const table = new MemoryTable();
  await keep(table, { member: undefined, ...kept });
  const transactions: (readonly WriteOperation[])[] = [];
  table.beforeTransact = (operations) => void transactions.push(operations);
  const executions = {
    arnFor: (_: string, name: string) => {
      if (transactions.length === 0 && meanwhile !== undefined) void meanwhile(table);
      return name;
    },
    start: async () => {},
    describe: async () => undefined,
  };
  const result = await grantUpgrade({ table, clock, executions, ids: { next: () => 'id-0' } }, rollback);
  return {
    codes: 'refused' in result ? result.refused.map(({ code }) => code) : [],
    granted: 'granted' in result ? result.granted : undefined,
    operations: transactions.at(-1) ?? [],
    held: (await load(table, ClusterControls, KEY))?.data.held,
    wave: (await load(table, Waves, 'r', 1))?.data,
    upgrade: (await load(table, Upgrades, KEY, back.upgradeId))?.data,
  };
}

test('a rollback that is granted holds its cluster in the same transaction, and counts against caps', async () => {
  const { granted, held, operations, upgrade: made } = await asked();
  expect(held).toMatchObject({ upgradeId: back.upgradeId, reason: { code: 'RollingBack' } });
  expect(writesOf(operations)).toContain('ClusterControl absent');
  expect(granted?.capKeys).toContain('total');
  expect(made).toMatchObject({ status: 'Running', machine: 'rollback-cluster' });
});

test('who held the cluster before does so still', async () => {
  const held = { reason: quoted('UpdateFailed', 'no'), since: NOON.toISOString(), upgradeId: '1.36-1.37' };
  const { held: after, operations } = await asked({ clusterControl: { clusterKey: KEY, held } });
  expect([after, writesOf(operations)]).toEqual([held, expect.arrayContaining(['ClusterControl 1'])]);
});

test('one that began by itself takes its turn in its wave, and keeps its place', async () => {
  const { codes, wave, upgrade: made } = await asked(inTurn());
  expect([codes, wave?.rollingBack, made?.rollbackOf]).toEqual([[], KEY, rollbackOf]);
  expect((await asked(inTurn(KEY))).wave?.rollingBack).toBe(KEY);
});

test("one that began by itself waits for another cluster's turn", async () => {
  const { codes, wave } = await asked(inTurn(OTHER));
  expect([codes, wave?.rollingBack]).toEqual([['RollbackTurn'], OTHER]);
});

test('one that a person asked for takes no turn and waits for none', async () => {
  const { codes, wave } = await asked({ ...inTurn(OTHER), upgrades: [{ ...pending, rollbackOf: undefined }] });
  expect([codes, wave?.rollingBack]).toEqual([[], OTHER]);
});

test('of two that are granted in one moment the slower is decided anew', async () => {
  const takes = async (table: MemoryTable) => {
    const read = await load(table, Waves, 'r', 1);
    if (read !== undefined) await table.transact([replace(Waves, read, { ...read.data, rollingBack: OTHER })]);
  };
  const { codes, wave } = await asked(inTurn(), takes);
  expect([codes, wave?.rollingBack]).toEqual([['RollbackTurn'], OTHER]);
});

test('a hop that is granted in the moment in which its rollback is asked for is decided anew, and refused', async () => {
  const table = new MemoryTable();
  await keep(table);
  let isFirst = true;
  const executions = {
    arnFor: (_: string, name: string) => {
      if (isFirst) {
        isFirst = false;
        void load(table, ClusterControls, KEY).then((read) =>
          table.transact([replace(ClusterControls, read, heldForRollback(undefined, back, NOON.toISOString()))]),
        );
      }
      return name;
    },
    start: async () => {},
    describe: async () => undefined,
  };
  const request = { clusterKey: KEY, upgradeId: '1.36-1.37', machine: 'upgrade-cluster', from: '1.36', to: '1.37' };
  const member = { rolloutId: 'r', waveIndex: 1, failures: 0 };
  const ports = { table, clock, executions, ids: { next: () => 'id-0' } };
  const result = await grantUpgrade(ports, { ...request, machine: 'upgrade-cluster', requestedBy: 'liftlock', member });
  expect('refused' in result && result.refused.map(({ code }) => code)).toEqual(['Held']);
});

describe.each(['Blocked', 'Failed', 'Canceled'] as const)(
  'one that a person starts by hand after one that began by itself has ended %s',
  (status) => {
    const ended = (other?: string): Kept => ({ ...inTurn(other), upgrades: [{ ...pending, status }] });

    test('waits for no turn', async () => {
      const { codes, wave } = await asked(ended(OTHER));
      expect([codes, wave?.rollingBack]).toEqual([[], OTHER]);
    });

    test('takes none, which nobody would give back', async () => {
      const { wave, upgrade: made } = await asked(ended());
      expect([made?.rollbackOf, wave?.rollingBack]).toEqual([undefined, undefined]);
    });
  },
);
