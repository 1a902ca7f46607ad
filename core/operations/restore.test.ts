import { MemoryTable } from '../../adapters/memory/table.ts';
import type { Wave } from '../contracts/items/rollout.ts';
import { transactWithAudit } from '../store/audit.ts';
import { Epochs, FleetControls, Grants, Ledgers, Waves } from '../store/entities.ts';
import { load, replace } from '../store/entity.ts';
import { recoverAfterRestore } from './restore.ts';

const MINUTE = 60_000;
const soaking = {
  rolloutId: 'r',
  index: 0,
  name: 'prod',
  status: 'Soaking',
  reasons: [],
  members: 2,
  needWork: 2,
  succeeded: 1,
  failed: 0,
  blocked: 0,
  excluded: 0,
  quarantined: 0,
  inFlight: 0,
  maxConcurrency: 1,
  maxFailures: 0,
} as Wave;

/** A table with one wave, at a time that the test moves on. */
async function tableOfOneWave() {
  const table = new MemoryTable();
  let time = Date.parse('2026-11-20T08:00:00Z');
  const clock = { now: () => new Date(time) };
  const wait = (minutes: number): void => {
    time += minutes * MINUTE;
  };
  const write = async (next: Partial<Wave>, event?: string) => {
    const read = await load(table, Waves, 'r', 0);
    const entries = event === undefined ? [] : [{ subject: 'rollout/r', event, principal: 'liftlock', detail: {} }];
    await transactWithAudit(table, [replace(Waves, read, { ...soaking, ...next })], entries, clock.now());
  };
  /** A reading of a gate that says what it said: nothing for the audit. */
  const readGates = async (times: number) => {
    for (let count = 0; count < times; count++) {
      wait(1);
      await write({ reasons: [{ code: 'GateRed', message: String(count) }] as unknown as Wave['reasons'] });
    }
  };
  const copy = () => ({ at: clock.now(), items: table.snapshot() });
  const restore = (to: ReturnType<typeof copy>) => {
    table.resetTo(to.items);
    return recoverAfterRestore(
      { table, clock },
      { restoredTo: to.at, mutatorsOffSince: new Date(time - MINUTE), by: 'ana' },
    );
  };
  const wave = async () => (await load(table, Waves, 'r', 0))?.data;
  await write({}, 'WaveSoaking');
  return { table, clock, wait, write, readGates, copy, restore, wave };
}

test('what the audit wrote after a restore wins over what that restore had given up', async () => {
  const world = await tableOfOneWave();
  world.wait(1);
  const first = world.copy();
  await world.readGates(10);
  const givenUp = world.copy();
  world.wait(20);
  await world.restore(first);
  world.wait(5);
  await world.write({ status: 'Halted', failed: 1 }, 'WaveHalted');
  world.wait(10);
  await world.restore(givenUp);
  expect(await world.wave()).toMatchObject({ status: 'Halted', failed: 1 });
  world.wait(10);
  await world.restore(first);
  expect(await world.wave()).toMatchObject({ status: 'Halted', failed: 1 });
  expect((await load(world.table, Epochs))?.data.number).toBe(3);
});

test('a table that a restore has replaced knows nothing of what came after it, to whatever time it is restored', async () => {
  const world = await tableOfOneWave();
  world.wait(1);
  const first = world.copy();
  world.wait(5);
  await world.restore(first);
  world.wait(5);
  await world.write({ status: 'Halted', failed: 1 }, 'WaveHalted');
  world.wait(180);
  await world.restore({ ...first, at: world.clock.now() });
  expect(await world.wave()).toMatchObject({ status: 'Halted', failed: 1 });
});

test('nobody who read before a restore writes over what is written after it', async () => {
  const world = await tableOfOneWave();
  world.wait(1);
  const first = world.copy();
  world.wait(1);
  await world.write({ succeeded: 2 }, 'WaveChanged');
  await world.readGates(1);
  const stale = await load(world.table, Waves, 'r', 0);
  world.wait(5);
  await world.restore(first);
  await world.write({ status: 'Halted' }, 'WaveHalted');
  const late = transactWithAudit(world.table, [replace(Waves, stale, soaking)], [], world.clock.now());
  await expect(late).rejects.toMatchObject({ name: 'ConditionFailed' });
});

test('the ledger is counted from the grants that hold a place', async () => {
  const world = await tableOfOneWave();
  const grant = (clusterKey: string, status: 'open' | 'closing' | 'free') => ({
    clusterKey,
    status,
    number: 1,
    epoch: 1,
    holder: 'h',
    executionName: 'x',
    children: [],
    machine: 'upgrade-cluster' as const,
    upgradeId: 'u',
    input: {},
    capKeys: ['fleet', `account#${clusterKey}`],
    grantedAt: world.clock.now().toISOString(),
  });
  const entry = { subject: 'k', event: 'Granted', principal: 'liftlock', detail: {} };
  const grants = [grant('a', 'open'), grant('b', 'closing'), grant('c', 'free')];
  await transactWithAudit(
    world.table,
    [
      ...grants.map((one) => replace(Grants, undefined, one as never)),
      replace(Ledgers, undefined, { counts: { fleet: 7 } }),
    ],
    [entry],
    world.clock.now(),
  );
  world.wait(1);
  await world.restore(world.copy());
  expect((await load(world.table, Ledgers))?.data.counts).toEqual({ fleet: 2, 'account#a': 1, 'account#b': 1 });
  expect((await load(world.table, FleetControls))?.data.stopped).toBe(true);
});

test('a machine whose clock is behind the audit does not begin: what it writes would be older', async () => {
  const world = await tableOfOneWave();
  const copy = world.copy();
  world.wait(-2);
  await expect(world.restore(copy)).rejects.toThrow("The audit has writes of 120000 ms after this machine's time");
});
