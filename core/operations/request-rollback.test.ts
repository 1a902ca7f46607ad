import { MemoryTable } from '../../adapters/memory/table.ts';
import { waveItem } from '../../test/material/items/rollout-items.ts';
import { isDirty, recordOf } from '../../test/material/operations/operator-ports.ts';
import {
  clock,
  cluster,
  grant,
  KEY,
  type Kept,
  keep,
  NOON,
  upgrade,
} from '../../test/material/protocol/one-upgrade.ts';
import type { LiftlockEvent } from '../contracts/events.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import { quoted } from '../contracts/step-result.ts';
import { heldForRollback } from '../protocol/rollback.ts';
import { ClusterControls, Upgrades, Waves } from '../store/entities.ts';
import { load } from '../store/entity.ts';
import { releaseCluster, retryCluster } from './hold-switch.ts';
import { requestRollback } from './request-rollback.ts';

const ID = 'rollback-1.37-1.36';
const at = NOON.toISOString();
const record = { ...cluster, version: '1.37', versionObservedAt: at };
const hop = upgrade({ status: 'Succeeded', mutated: true, controlPlaneCompletedAt: '2026-11-20T10:00:00.000Z' });
const back = (given: Partial<Upgrade> = {}): Upgrade => ({
  ...upgrade({ id: ID, machine: 'rollback-cluster', from: '1.37', to: '1.36', status: 'Parked', ...given }),
  ...{ rolloutId: undefined, waveIndex: undefined },
});
const asked = { clusterKey: KEY, upgradeId: ID, from: '1.37', to: '1.36' };
const forIt = heldForRollback(undefined, asked, at);
const theirs = { clusterKey: KEY, held: { reason: quoted('UpdateFailed', 'no'), since: at, upgradeId: '1.36-1.37' } };

async function world({ upgrades = [hop], ...kept }: Kept = {}) {
  const table = new MemoryTable();
  await keep(table, { cluster: record, rollout: undefined, waves: [], member: undefined, upgrades, ...kept });
  const started: unknown[] = [];
  const executions = {
    arnFor: (machine: string, name: string) => `arn:${machine}:${name}`,
    start: async (...parts: readonly unknown[]) => void started.push(parts),
    describe: async () => undefined,
  };
  const told: LiftlockEvent[] = [];
  const events = { publish: async (all: readonly LiftlockEvent[]) => void told.push(...all) };
  const ports = { table, clock, executions, ids: { next: () => 'id' }, events };
  return {
    ports,
    told,
    started,
    request: (approve = true) => requestRollback(ports, record, 'ann', { approve }),
    left: async () => (await load(table, Upgrades, KEY, ID))?.data,
    control: async () => (await load(table, ClusterControls, KEY))?.data,
    events: async () => (await recordOf(table, KEY)).map(({ event, principal }) => `${event} ${principal}`),
    wave: async () => (await load(table, Waves, 'r', 1))?.data,
    isDirty: () => isDirty(table),
  };
}

describe('a rollback that is asked for', () => {
  test('says until when EKS takes it back, and whether it may cost the support type EXTENDED', async () => {
    const it = await world();
    await requestRollback(it.ports, record, 'ann', { approve: true, extendSupport: true });
    expect(await it.left()).toMatchObject({ extendSupport: true, reversibleUntil: '2026-11-27T10:00:00.000Z' });
  });

  test('starts nothing before it is approved', async () => {
    const { request, started, left, control } = await world();
    expect(await request(false)).toMatchObject({ status: 'NotApproved', from: '1.37', to: '1.36', execution: null });
    expect([started, await left(), await control()]).toEqual([[], undefined, undefined]);
  });

  test('is on record and holds the cluster, and then its execution is started', async () => {
    const { ports, request, started, left, control, events } = await world();
    const execution = 'arn:rollback-cluster:request-id';
    expect(await request()).toMatchObject({ status: 'Started', execution });
    expect(await left()).toMatchObject({
      ...{ id: ID, machine: 'rollback-cluster', status: 'Pending', requestedBy: 'ann', execution, mutated: false },
      // The execution begins it; the reconciler does only where that failed.
      resumeAt: '2026-11-20T12:05:00.000Z',
      startedAt: at,
    });
    expect((await control())?.held).toMatchObject({ upgradeId: ID, reason: { code: 'RollingBack' } });
    expect([await events(), started.length]).toEqual([['RollbackRequested ann'], 1]);
    const [entry] = await recordOf(ports.table, KEY);
    expect(entry?.detail).toEqual({ upgradeId: ID, from: '1.37', to: '1.36', execution });
    expect(started[0]).toMatchObject(['rollback-cluster', 'request-id', { targetVersion: '1.36' }]);
  });

  test('is refused, and leaves nothing behind, where something is in its way', async () => {
    const { request, started, left, control, events } = await world({ control: { stopped: true } });
    await expect(request()).rejects.toMatchObject({
      ...{ name: 'RollbackBlocked', message: expect.stringContaining('The fleet was stopped') },
      details: { plan: { status: 'Blocked', execution: null, refusals: [{ code: 'FleetStopped' }] } },
    });
    expect([started, await left(), await control(), await events()]).toEqual([[], undefined, undefined, []]);
  });

  test('leaves who held the cluster before', async () => {
    const { request, control } = await world({ clusterControl: theirs });
    await request();
    expect(await control()).toEqual(theirs);
  });

  test('goes on with what waits, with its steps and its place', async () => {
    const rollbackOf = { rolloutId: 'r', waveIndex: 1 };
    const waits = back({ mutated: true, rollbackOf, startedAt: '2026-11-20T11:00:00.000Z' });
    const { request, left } = await world({ upgrades: [hop, waits] });
    await request();
    const { rolloutId: _, waveIndex: __, ...rest } = waits;
    expect(await left()).toMatchObject({ ...rest, requestedBy: 'ann', execution: expect.any(String) });
  });

  test('keeps of one that has failed that it has changed something, and nothing of one that is through', async () => {
    const failed = await world({ upgrades: [hop, back({ status: 'Failed', mutated: true })] });
    await failed.request();
    expect(await failed.left()).toMatchObject({ status: 'Pending', mutated: true });
    const through = await world({ upgrades: [hop, back({ status: 'Succeeded', mutated: true })] });
    await through.request();
    expect(await through.left()).toMatchObject({ status: 'Pending', mutated: false });
  });

  test('leaves one that runs as it is', async () => {
    const running = back({ status: 'Running' });
    const { request, left, events } = await world({ upgrades: [hop, running] });
    await expect(request()).rejects.toThrow('The rollback to 1.36 runs');
    expect([await left(), await events()]).toEqual([running, []]);
  });
});

describe('a rollback that waits', () => {
  const waiting = (given: Partial<Upgrade> = {}, more: Kept = {}) =>
    world({ upgrades: [hop, back(given)], clusterControl: forIt, ...more });

  test('is given up by a release, with the hold that was there for it alone', async () => {
    const { ports, left, control, events, told } = await waiting({ resumeAt: at });
    await releaseCluster(ports, KEY, 'ann');
    expect(await left()).toMatchObject({ status: 'Canceled', endedAt: at, reasons: [{ code: 'RollbackGivenUp' }] });
    expect([(await left())?.resumeAt, (await control())?.held]).toEqual([undefined, undefined]);
    expect(await events()).toEqual(['RollbackGivenUp ann']);
    expect((await recordOf(ports.table, KEY))[0]?.detail).toEqual({ held: forIt.held, upgradeId: ID, mutated: false });
    const detail = expect.objectContaining({ upgradeId: ID, status: 'Canceled', change: expect.any(String) });
    expect(told).toEqual([{ type: 'UpgradeChanged', detail }]);
  });

  test('is given up where nothing holds the cluster any more', async () => {
    const { ports, left, control } = await waiting({}, { clusterControl: undefined });
    await releaseCluster(ports, KEY, 'ann');
    expect([(await left())?.status, await control()]).toEqual(['Canceled', { clusterKey: KEY }]);
  });

  test('has failed where it had changed something', async () => {
    const { ports, left } = await waiting({ mutated: true });
    await releaseCluster(ports, KEY, 'ann');
    expect((await left())?.status).toBe('Failed');
  });

  test('leaves who held the cluster before to another release', async () => {
    const { ports, control } = await waiting({}, { clusterControl: theirs });
    await releaseCluster(ports, KEY, 'ann');
    expect(await control()).toEqual(theirs);
    await releaseCluster(ports, KEY, 'ann');
    expect((await control())?.held).toBeUndefined();
  });

  test('gives its turn, and its place in the budget of its rollout, to the next one of its wave', async () => {
    const waves = [waveItem({ index: 1, rollingBack: KEY, automaticRollbacks: ['other', KEY] })];
    const { ports, wave } = await waiting({ rollbackOf: { rolloutId: 'r', waveIndex: 1 } }, { waves });
    await releaseCluster(ports, KEY, 'ann');
    const { rollingBack, automaticRollbacks } = (await wave()) ?? {};
    expect([rollingBack, automaticRollbacks]).toEqual([undefined, ['other']]);
  });

  test('refuses a retry, and neither is heard while it runs', async () => {
    const { ports, left } = await waiting();
    await expect(retryCluster(ports, KEY, 'ann')).rejects.toThrow('To give the rollback up: liftlock release cluster');
    expect((await left())?.status).toBe('Parked');
    const running = await waiting({ status: 'Running' }, { grant: grant({ upgradeId: ID }) });
    for (const order of [retryCluster, releaseCluster])
      await expect(order(running.ports, KEY, 'ann')).rejects.toMatchObject({ name: 'WrongState' });
    expect(await running.control()).toEqual(forIt);
  });
});
