import { MemoryTable } from '../../adapters/memory/table.ts';
import { rolloutItem, waveItem } from '../../test/material/items/rollout-items.ts';
import { operatorPorts, recordOf } from '../../test/material/operations/operator-ports.ts';
import { intent, KEY, NOON, upgrade } from '../../test/material/protocol/one-upgrade.ts';
import type { Intent, Upgrade } from '../contracts/items/protocol.ts';
import type { Rollout, Wave } from '../contracts/items/rollout.ts';
import { reason } from '../contracts/step-result.ts';
import { heldForRollback } from '../protocol/rollback.ts';
import { ClusterControls, loadWaves, Upgrades } from '../store/entities.ts';
import { load, put } from '../store/entity.ts';
import { releaseCluster } from './hold-switch.ts';
import { abortRollout, resumeRollout } from './rollout-orders.ts';

const ID = 'rollback-1.37-1.36';
/** A rollback that Liftlock has begun by itself, and that waits for its turn. */
const waits = upgrade({
  ...{ id: ID, machine: 'rollback-cluster', from: '1.37', to: '1.36', status: 'Parked' },
  ...{ rolloutId: undefined, waveIndex: undefined, rollbackOf: { rolloutId: 'r', waveIndex: 0 } },
});
const hop = upgrade({ status: 'Succeeded', mutated: true, waveIndex: 0 });
const asked = { clusterKey: KEY, upgradeId: ID, from: '1.37', to: '1.36' };
const going = { automaticRollbacks: [KEY], rollingBack: KEY, goingBack: [KEY] };

interface Given {
  readonly back?: Partial<Upgrade>;
  readonly rollout?: Partial<Rollout>;
  readonly waves?: readonly Partial<Wave>[];
  readonly intents?: readonly Intent[];
}
async function world({ back = {}, rollout = {}, waves: given = [going], intents = [] }: Given) {
  const waves = given.map((one, index) => waveItem({ index, name: `w${index}`, members: 3, needWork: 3, ...one }));
  const ports = await operatorPorts(new MemoryTable(), {
    rollout: rolloutItem({ waves: waves.map(({ name }) => name), ...rollout }),
    ...{ waves, member: undefined, intents, upgrades: [hop, { ...waits, ...back }] },
    clusterControl: heldForRollback(undefined, asked, NOON.toISOString()),
  });
  const { table, told } = ports;
  return {
    ...{ ports, told },
    left: async () => (await load(table, Upgrades, KEY, ID))?.data,
    held: async () => (await load(table, ClusterControls, KEY))?.data.held,
    hop: async () => (await load(table, Upgrades, KEY, hop.id))?.data.status,
    waves: async () => (await loadWaves(table, 'r')).map(({ data }) => data),
    record: async () => (await recordOf(table, KEY)).map(({ event }) => event),
  };
}

test('an abort gives up a rollback that Liftlock has begun by itself, and that waits: it is told and on record', async () => {
  const it = await world({ waves: [going, {}] });
  await abortRollout(it.ports, 'r', 'ann', 'wrong target');
  expect(await it.left()).toMatchObject({
    status: 'Canceled',
    reasons: [{ code: 'RollbackGivenUp', message: 'ann has aborted the rollout r: wrong target' }],
  });
  expect(await it.held()).toBeUndefined();
  expect(await it.record()).toEqual(['RollbackGivenUp']);
  expect(it.told).toMatchObject([
    { type: 'RolloutChanged', detail: { status: 'Aborted' } },
    { type: 'UpgradeChanged', detail: { status: 'Canceled', change: expect.stringContaining(KEY) } },
  ]);
  const [wave] = await it.waves();
  expect([wave?.automaticRollbacks, wave?.rollingBack, wave?.goingBack]).toEqual([undefined, undefined, undefined]);
});

test.each<[string, Given]>([
  ['that has changed something', { back: { mutated: true } }],
  ['that runs', { back: { status: 'Running' } }],
  ['that somebody has asked for', { back: { requestedBy: 'bob' } }],
  ['of another rollout', { back: { rollbackOf: { rolloutId: 'other', waveIndex: 0 } } }],
  ['that has ended', { back: { status: 'Succeeded' } }],
])('an abort leaves a rollback %s as it is', async (_, given) => {
  const it = await world(given);
  const before = await it.left();
  await abortRollout(it.ports, 'r', 'ann', 'wrong target');
  expect([await it.left(), (await it.waves())[0]]).toMatchObject([before ?? {}, going]);
  expect(it.told).toHaveLength(1);
});

const spent: Partial<Wave> = { status: 'Halted', reasons: [reason('RollbackBudget', 'two')] };
const failed: Partial<Wave> = { status: 'Halted', reasons: [reason('RollbackBudget', 'x'), reason('Gone', 'y')] };
test.each<[string, Partial<Rollout>, Partial<Wave>, Wave['status']]>([
  ['the end of a pause does not open', { status: 'Paused' }, spent, 'Halted'],
  ['the end of a pause does not open, also for further reasons,', { status: 'Paused' }, failed, 'Halted'],
  ['a resume of the halted rollout opens', { status: 'Halted' }, spent, 'Open'],
])('a wave that %s halted since two clusters went back by themselves', async (_, rollout, wave, status) => {
  const it = await world({ back: { status: 'Succeeded' }, rollout, waves: [wave] });
  await resumeRollout(it.ports, 'r', 'ann');
  expect((await it.waves())[0]?.status).toBe(status);
});

test('the end of a pause opens a wave that halted for its failures, and accepts those of halted waves alone', async () => {
  const waves: readonly Partial<Wave>[] = [
    { status: 'Halted', failed: 2, reasons: [reason('FailureBudgetExceeded', '')] },
    { status: 'Pending', failed: 1, hooks: { x: { askedSince: NOON.toISOString(), grantNumber: 0, answer: 'stop' } } },
  ];
  const it = await world({ rollout: { status: 'Paused' }, waves });
  await resumeRollout(it.ports, 'r', 'ann', undefined, { acceptFailures: true });
  expect((await it.waves()).map(({ status }) => status)).toEqual(['Open', 'Pending']);
  const [{ detail } = { detail: {} }] = await recordOf(it.ports.table, 'rollout/r');
  expect(detail).toMatchObject({ accepted: [{ wave: 'w0', failed: 2 }] });
});

test.each<[string, Given, Upgrade['status'], Upgrade['status']]>([
  ['has changed nothing ends, and the hop stands', {}, 'Canceled', 'Succeeded'],
  ['has taken nodes back has failed, and the hop stands', { back: { mutated: true } }, 'Failed', 'Succeeded'],
  [
    'has its control plane on the way back takes its hop along',
    {
      back: { mutated: true },
      intents: [intent({ step: 'rollback-control-plane', upgradeId: ID })],
    },
    'Failed',
    'RolledBack',
  ],
])('a rollback that is given up and %s', async (_, given, status, ofHop) => {
  const it = await world(given);
  await releaseCluster(it.ports, KEY, 'ann');
  expect([(await it.left())?.status, await it.hop(), (await it.left())?.resumeAt]).toEqual([status, ofHop, undefined]);
  expect(await it.record()).toContain('RollbackGivenUp');
});

const asks: Partial<Wave> = {
  status: 'Pending',
  hooks: { x: { askedSince: NOON.toISOString(), grantNumber: 0, answer: 'stop' } },
};
test('a resume has the hooks of a wave asked anew that have halted its rollout', async () => {
  const it = await world({ rollout: { status: 'Halted' }, waves: [{ status: 'Completed' }, asks] });
  const { status } = await resumeRollout(it.ports, 'r', 'ann');
  expect([status, (await it.waves())[1]?.status, (await it.waves())[1]?.hooks]).toEqual([
    'Running',
    'Pending',
    undefined,
  ]);
});

test('nothing is to be resumed where hooks are asked and nothing is halted', async () => {
  const it = await world({ waves: [{ status: 'Completed' }, asks] });
  await expect(resumeRollout(it.ports, 'r', 'ann')).rejects.toThrow('there is nothing to resume');
});

test('once a rollback that has failed half-way is released, the waves after that of its hop go on, and of no earlier one', async () => {
  const it = await world({
    back: { status: 'Failed', mutated: true, endedAt: '2026-11-20T10:00:00.000Z' },
    waves: [{ goingBack: [KEY] }, { goingBack: [KEY] }],
  });
  const later = { id: 'rollback-1.36-1.35', from: '1.36', to: '1.35', endedAt: '2026-11-20T11:00:00.000Z' };
  await it.ports.table.transact([
    put(
      Upgrades,
      upgrade({
        ...waits,
        ...later,
        ...{ status: 'Failed', mutated: true, rollbackOf: { rolloutId: 'r', waveIndex: 1 } },
      }),
      'absent',
    ),
    put(Upgrades, upgrade({ ...hop, id: '1.35-1.36', from: '1.35', to: '1.36', waveIndex: 1 }), 'absent'),
  ]);
  await releaseCluster(it.ports, KEY, 'ann');
  expect((await it.waves()).map(({ goingBack }) => goingBack)).toEqual([[KEY], undefined]);
});
