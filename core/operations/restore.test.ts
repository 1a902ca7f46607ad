import { MemoryTable } from '../../adapters/memory/table.ts';
import { recordOf } from '../../test/material/operations/operator-ports.ts';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { type AnchorChain, readChain } from '../anchors/read-chain.ts';
import type { Grant } from '../contracts/items/protocol.ts';
import type { Wave } from '../contracts/items/rollout.ts';
import { loadAllRecords } from '../inventory/records.ts';
import { stopsOf } from '../protocol/fleet-stops.ts';
import { transactWithAudit } from '../store/audit.ts';
import {
  Accounts,
  Clusters,
  Epochs,
  FleetControls,
  Grants,
  Ledgers,
  Organizations,
  ReconcileMarkers,
  Waves,
} from '../store/entities.ts';
import { load, put, replace } from '../store/entity.ts';
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

/** A table with one wave, at a time that the test advances. */
async function tableOfOneWave(table = new MemoryTable()) {
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
  /** An unchanged reading of a gate is not in the audit. */
  const readGates = async (times: number) => {
    for (let count = 0; count < times; count++) {
      wait(1);
      await write({ reasons: [{ code: 'GateRed', message: String(count) }] as unknown as Wave['reasons'] });
    }
  };
  const copy = () => ({ at: clock.now(), items: table.snapshot() });
  const restore = (to: ReturnType<typeof copy>, off = MINUTE, more = {}) => {
    table.resetTo(to.items);
    return recoverAfterRestore(
      { table, clock },
      { restoredTo: to.at, mutatorsOffSince: new Date(time - off), by: 'ana', ...more },
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

test.each<[string, (ahead: Date) => object, string]>([
  ['restored to', (restoredTo) => ({ restoredTo }), 'The time that the table was restored to,'],
  ['without mutators since', (mutatorsOffSince) => ({ mutatorsOffSince }), 'The time since when the mutators are off,'],
])('a table is not %s a time that has not come', async (_, given, what) => {
  const world = await tableOfOneWave();
  const now = world.clock.now();
  const ahead = new Date(now.getTime() + 1_001);
  const restored = world.restore(world.copy(), MINUTE, given(ahead));
  await expect(restored).rejects.toMatchObject({
    name: 'InvalidInput',
    message: `${what} ${ahead.toISOString()}, is after this machine's time ${now.toISOString()}: one of the two clocks is wrong. Set this machine's clock, or correct that time, then run it again.`,
  });
  expect(await load(world.table, Epochs)).toBeUndefined();
  await world.restore({ ...world.copy(), at: now });
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

const grant = (clusterKey: string, status: Grant['status']): Grant => ({
  clusterKey,
  status,
  number: 1,
  epoch: 1,
  holder: 'h',
  executionName: 'x',
  children: [],
  machine: 'upgrade-cluster',
  upgradeId: 'u',
  input: {},
  capKeys: ['fleet', `account#${clusterKey}`],
  grantedAt: '2026-11-20T08:00:00.000Z',
});

test('the ledger is counted from the grants that hold a place', async () => {
  const world = await tableOfOneWave();
  const entry = { subject: 'k', event: 'Granted', principal: 'liftlock', detail: {} };
  const grants = [grant('a', 'open'), grant('b', 'closing'), grant('c', 'free')];
  await transactWithAudit(
    world.table,
    [...grants.map((one) => replace(Grants, undefined, one)), replace(Ledgers, undefined, { counts: { fleet: 7 } })],
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

test.each([
  [
    'a second less than a call may take',
    39_999,
    'The mutators are off for 39 s; a call may still be under way for 40 s.',
  ],
  ['not at all', 0, 'The mutators are off for 0 s;'],
])('nothing is restored while the mutators are off for %s', async (_, off, told) => {
  const world = await tableOfOneWave();
  const copy = world.copy();
  await expect(world.restore(copy, off)).rejects.toThrow(told);
  await expect(world.restore(copy, off)).rejects.toMatchObject({ name: 'InvalidInput' });
  expect(await load(world.table, Epochs)).toBeUndefined();
  expect(await world.restore(copy, 40_000)).toMatchObject({ epoch: 1 });
});

test('a restore tells how many items it brought up to date, and comes up stopped, which is on record', async () => {
  const world = await tableOfOneWave();
  world.wait(1);
  const first = world.copy();
  world.wait(1);
  await world.write({ succeeded: 2 }, 'WaveChanged');
  world.wait(1);
  expect(await world.restore(world.copy())).toStrictEqual({ epoch: 1, folded: 0 });
  world.wait(1);
  const at = world.clock.now().toISOString();
  expect(await world.restore(first)).toStrictEqual({ epoch: 2, folded: 4 });
  expect(await world.wave()).toMatchObject({ succeeded: 2 });
  const stopped = { stopped: true, by: 'ana', at, reason: 'The table was restored to 2026-11-20T08:01:00.000Z.' };
  const control = (await load(world.table, FleetControls))?.data;
  // The previous restore has stopped it, and nobody has resumed it.
  expect(stopsOf(control).map((stop) => ({ stopped: true, ...stop }))).toEqual([expect.anything(), stopped]);
  expect((await recordOf(world.table, 'fleet')).at(-1)).toEqual({
    event: 'FleetStopped',
    principal: 'ana',
    detail: { ...stopped, epoch: 2, folded: 4 },
  });
});

/** It has an index that does not contain the grants yet. */
class LaggingTable extends MemoryTable {
  override async queryKind(kind: string) {
    return (await super.queryKind(kind)).filter((item) => item.kind !== Grants.kind);
  }
}

test('places that only the audit knows of are counted, each once', async () => {
  const world = await tableOfOneWave(new LaggingTable());
  const copy = world.copy();
  world.wait(1);
  const entry = { subject: 'k', event: 'Granted', principal: 'liftlock', detail: {} };
  for (const status of ['open', 'closing'] as const) {
    const read = await load(world.table, Grants, 'a');
    await transactWithAudit(world.table, [replace(Grants, read, grant('a', status))], [entry], world.clock.now());
    world.wait(1);
  }
  await world.restore(copy);
  expect((await load(world.table, Ledgers))?.data.counts).toEqual({ fleet: 1, 'account#a': 1 });
});

test('a time that is said too late loses nothing of what was ordered before it', async () => {
  const world = await tableOfOneWave();
  const copy = world.copy();
  world.wait(30);
  await world.write({ status: 'Halted', failed: 1 }, 'WaveHalted');
  world.wait(90);
  await world.restore({ ...copy, at: world.clock.now() });
  expect(await world.wave()).toMatchObject({ status: 'Halted', failed: 1 });
});

test.each([
  [1000, true],
  [1001, false],
])('a clock that is %i ms behind the audit may restore: %s', async (behind, may) => {
  const world = await tableOfOneWave();
  const copy = world.copy();
  world.wait(-behind / MINUTE);
  const name = await world.restore(copy).then(
    () => undefined,
    (error: Error) => error.name,
  );
  expect(name).toBe(may ? undefined : 'InvalidInput');
});

/** A failure of the wave was changed into a success in the audit. */
class TamperedTable extends MemoryTable {
  override async auditOf(subject: string) {
    return (await super.auditOf(subject)).map((item) =>
      item.event === 'WaveHalted' ? { ...item, detail: { ...item.detail, writes: [] } } : item,
    );
  }
  override async *auditSince(since: Date) {
    for await (const item of super.auditSince(since))
      yield (await this.auditOf(item.subject))[item.sequence - 1] ?? item;
  }
}

test('an audit that somebody has changed is not folded, unless a person accepts that, which is on record', async () => {
  const world = await tableOfOneWave(new TamperedTable());
  world.wait(1);
  const copy = world.copy();
  world.wait(1);
  await world.write({ status: 'Halted', failed: 1 }, 'WaveHalted');
  const broken = 'rollout/r #2 unlinked: It was changed after it was written.';
  await expect(world.restore(copy)).rejects.toMatchObject({
    name: 'InvalidInput',
    message: `Somebody has changed the audit, and what it says would be written into the table: ${broken} What to do then: docs/runbook.md, liftlock/audit/tampered. To fold it as it is: --accept-broken-audit`,
  });
  expect(await load(world.table, Epochs)).toBeUndefined();
  expect(await world.restore(copy, MINUTE, { acceptBrokenAudit: true })).toMatchObject({ epoch: 1 });
  expect((await recordOf(world.table, 'fleet')).at(-1)?.detail).toMatchObject({ brokenRecords: [broken] });
});

test('an audit that is whole is folded without a word', async () => {
  const world = await tableOfOneWave();
  world.wait(1);
  await world.restore(world.copy());
  expect((await recordOf(world.table, 'fleet')).at(-1)?.detail).not.toHaveProperty('brokenRecords');
});

/** The present content of anchors. */
const anchorsOf = (table: MemoryTable): AnchorChain => {
  const entries = Map.groupBy(table.auditTimeline(), ({ subject }) => subject);
  const bySequence = [...entries].map(
    ([subject, items]) => [subject, new Map(items.map((item) => [item.sequence, item]))] as const,
  );
  return { ...readChain([]), entries: new Map(bySequence) };
};

test('a record that was cut or written anew as a whole is not folded where anchors are named, though it holds in itself', async () => {
  const world = await tableOfOneWave();
  world.wait(1);
  const copy = world.copy();
  await world.write({ status: 'Halted', failed: 1 }, 'WaveHalted');
  const anchors = anchorsOf(world.table);
  const { table } = await tableOfOneWave();
  world.table.auditSince = (since) => table.auditSince(since);
  world.table.auditOf = (subject) => table.auditOf(subject);
  await expect(world.restore(copy, MINUTE, { anchors })).rejects.toMatchObject({
    name: 'InvalidInput',
    message: expect.stringContaining(
      'rollout/r #2 cut: It was anchored (WaveHalted, 2026-11-20T08:01:00.000Z); the record ends before it. What',
    ),
  });
  const gone = { ...readChain([]), entries: new Map([['rollout/s', anchors.entries.get('rollout/r') ?? new Map()]]) };
  await expect(world.restore(copy, MINUTE, { anchors: gone })).rejects.toThrow('rollout/s #1 cut');
  await expect(
    world.restore(copy, MINUTE, { anchors: { ...readChain([]), problems: ['Anchors 2 to 3 are missing.'] } }),
  ).rejects.toThrow('table: anchors: Anchors 2 to 3 are missing. What');
  expect(await load(world.table, Epochs)).toBeUndefined();
  expect(await world.restore(copy)).toMatchObject({ epoch: 1 });
});

describe('what discovery saw', () => {
  const [LOOKED, NEVER] = ['2026-11-20T07:00:00.000Z', '1970-01-01T00:00:00.000Z'];
  const looks = async (table: MemoryTable) => ({
    clusters: Object.fromEntries(
      (await loadAllRecords(table)).map(({ name, deletedAt, lastSeenAt }) => [name, deletedAt ?? lastSeenAt]),
    ),
    account: (await load(table, Accounts, '1', 'r'))?.data.checkedAt,
    organization: (await load(table, Organizations))?.data.organizationId,
    isDirty: (await load(table, ReconcileMarkers))?.data.dirtySince !== undefined,
  });
  const gone = '2026-11-20T07:30:00.000Z';
  const forgotten = { clusters: { a: NEVER, b: NEVER, gone }, account: NEVER, organization: '', isDirty: true };

  async function discovered(table = new MemoryTable()) {
    const world = await tableOfOneWave(table);
    const seen = (name: string, more = {}) =>
      put(Clusters, clusterRecord({ name, lastSeenAt: LOOKED, ...more }), 'absent');
    const account = { account: '1', region: 'r', status: 'Ok' as const, clusters: 2, checkedAt: LOOKED };
    await table.transact([
      seen('a'),
      seen('gone', { deletedAt: gone }),
      put(Accounts, account, 'absent'),
      put(Organizations, { organizationId: 'o-a1b2c3d4e5' }, 'absent'),
    ]);
    const first = world.copy();
    world.wait(1);
    const entry = { subject: 'b', event: 'ClusterDiscovered', principal: 'liftlock', detail: {} };
    await transactWithAudit(table, [seen('b')], [entry], world.clock.now());
    world.wait(5);
    return { ...world, first };
  }

  test('counts as never seen in a table that was restored, also of clusters that only the audit knows', async () => {
    const { table, first, restore } = await discovered();
    expect((await looks(table)).clusters).toEqual({ a: LOOKED, b: LOOKED, gone });
    await restore(first);
    expect(await looks(table)).toEqual(forgotten);
  });

  test('counts as never seen although the index does not list yet what was written from the audit', async () => {
    const world = await discovered();
    const listed = world.first.items.filter(({ kind }) => kind === Clusters.kind);
    const queryKind = world.table.queryKind.bind(world.table);
    world.table.queryKind = async (kind) => (kind === Clusters.kind ? [...listed] : queryKind(kind));
    await world.restore(world.first);
    world.table.queryKind = queryKind;
    expect(await looks(world.table)).toEqual(forgotten);
  });

  test('is forgotten before the epoch goes up: whoever is killed in between does it again', async () => {
    const world = await discovered();
    let left = 1;
    world.table.beforeTransact = () => {
      if (left === 0) throw new Error('killed');
      left -= 1;
    };
    await expect(world.restore(world.first)).rejects.toThrow('killed');
    expect(await load(world.table, Epochs)).toBeUndefined();
    world.table.beforeTransact = () => {};
    await world.restore(world.copy());
    expect(await looks(world.table)).toEqual(forgotten);
  });
});
