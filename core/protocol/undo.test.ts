import { MemoryTable } from '../../adapters/memory/table.ts';
import { grant, intent, KEY, keep, NOON, upgrade } from '../../test/material/protocol/one-upgrade.ts';
import { codesAt, fleet, type Given } from '../../test/material/protocol/situation.ts';
import type { UndoEntry, Upgrade } from '../contracts/items/protocol.ts';
import { Ledgers, UndoEntries, Upgrades } from '../store/entities.ts';
import { load, put, replace } from '../store/entity.ts';
import { grantUpgrade } from './grant.ts';
import { settleUpgrade } from './settle.ts';
import type { UpgradeEnd } from './settle-decision.ts';
import { closeUndoEntries, openUndoEntries, undoOf } from './undo.ts';

const clock = { now: () => NOON };
const DRAIN = 'drain-nodes-request-1';
const { rolloutId: _, waveIndex: __, ...byHand } = upgrade();
const drain: Upgrade = { ...byHand, id: DRAIN, machine: 'drain-nodes', from: '1.36', to: '1.36', mutated: true };
const entry = (subject: string, upgradeId = DRAIN): UndoEntry => ({
  ...{ clusterKey: KEY, effect: 'cordon', subject, uid: `uid-${subject}`, upgradeId },
  recordedAt: NOON.toISOString(),
});

// The item of calls without an update has only the last one, which was not sent; earlier ones were.
const intents = [
  intent({
    ...{ step: 'drain-nodes', subject: 'legacy', upgradeId: DRAIN, commits: 3, answeredBefore: true as const },
    ...{ call: { name: 'EvictPods', input: {} }, outcome: { type: 'never-sent', at: NOON.toISOString() } },
  }),
];

async function world(given: Parameters<typeof keep>[1] = {}, entries = [entry('n-1'), entry('n-2', 'another')]) {
  const table = new MemoryTable();
  const none = { rollout: undefined, waves: [], member: undefined };
  await keep(table, {
    ...none,
    upgrades: [drain],
    intents,
    grant: grant({ upgradeId: DRAIN, machine: 'drain-nodes' }),
    ...given,
  });
  await table.transact(entries.map((one) => put(UndoEntries, one, 'absent')));
  const events = { publish: async () => undefined };
  const end = (status: UpgradeEnd['status']) =>
    settleUpgrade({ table, clock, events }, KEY, 1, { status, reasons: [{ code: 'Stopped', message: 'so' }] });
  const undo = async () => (await load(table, Upgrades, KEY, `undo-${DRAIN}`))?.data;
  return { table, end, undo };
}

test.each([
  ['failed', 'Failed', true],
  ['stopped', 'Failed', true],
  ['gone', 'Canceled', true],
  ['parked', 'Parked', false],
  ['done', 'Succeeded', false],
] as const)('a drain that ends %s is %s, and is undone: %s', async (status, ended, isUndone) => {
  const { end, undo } = await world();
  expect((await end(status))?.status).toBe(ended);
  const undoing = await undo();
  expect([undoing?.status, undoing?.mutated]).toEqual(isUndone ? ['Pending', false] : [undefined, undefined]);
});

test('a drain that has cordoned nothing leaves nothing to undo, and an undo none of its own', async () => {
  const { end, undo } = await world({}, [entry('n-2', 'another')]);
  await end('failed');
  expect(await undo()).toBeUndefined();
  const read = { key: { pk: '', sk: '' }, data: entry('n-1'), revision: 1 };
  expect(undoOf({ ...drain, machine: 'restore-nodes', status: 'Failed' }, [read], NOON)).toBeUndefined();
  expect(undoOf({ ...drain, status: 'Failed' }, [read], NOON)?.machine).toBe('restore-nodes');
});

test('an undo is granted while the fleet is stopped, the cluster held and every cap full, and counts nothing', async () => {
  const { table } = await world({
    grant: undefined,
    control: { stopped: true },
    ledger: { counts: { total: 5 } },
    clusterControl: {
      clusterKey: KEY,
      held: { reason: { code: 'Stopped', message: 'so' }, since: NOON.toISOString(), upgradeId: DRAIN },
    },
  });
  const executions = { arnFor: () => 'arn:undo' } as never;
  const ask = (machine: 'restore-nodes' | 'drain-nodes') =>
    grantUpgrade(
      { table, clock, executions, ids: { next: () => '0' } },
      { clusterKey: KEY, upgradeId: `undo-${DRAIN}`, machine, from: '1.36', to: '1.36', requestedBy: 'ann' },
    );
  const refused = await ask('drain-nodes');
  expect('refused' in refused && refused.refused.map(({ code }) => code)).toEqual([
    'FleetStopped',
    'Held',
    'CapReached',
  ]);
  expect(await ask('restore-nodes')).toMatchObject({ granted: { capKeys: [], holder: 'arn:undo' } });
  expect((await load(table, Ledgers))?.data.counts).toEqual({ total: 5 });
  expect(await ask('restore-nodes')).toMatchObject({ refused: [{ code: 'GrantBusy' }] });
});

test('entries are closed once, on record, and those of another upgrade stay open', async () => {
  const many = Array.from({ length: 45 }, (_one, index) => entry(`n-${index}`));
  const { table } = await world({ upgrades: [{ ...drain, status: 'Succeeded' }] }, [
    ...many,
    entry('other', 'another'),
  ]);
  const open = await openUndoEntries(table, KEY, DRAIN);
  await closeUndoEntries({ table, clock }, open, 'kept');
  await closeUndoEntries({ table, clock }, open, 'undone');
  expect((await openUndoEntries(table, KEY)).map(({ data }) => data.subject)).toEqual(['other']);
  expect((await load(table, UndoEntries, KEY, 'cordon', 'n-44'))?.data.closed?.how).toBe('kept');
  const closings = (await table.auditOf(KEY)).filter(({ event }) => event === 'EffectsClosed');
  expect(closings.map(({ detail }) => (detail as { subjects: string[] }).subjects.length)).toEqual([40, 5]);
});

test('what the same upgrade has begun anew since is not closed with what it had begun before', async () => {
  const { table } = await world({}, [entry('ip-1')]);
  const [before] = await openUndoEntries(table, KEY, DRAIN);
  if (before === undefined) throw new Error('no entry');
  const again = { ...before.data, recordedAt: '2026-11-20T12:30:00.000Z' };
  await table.transact([replace(UndoEntries, before, again)]);
  await closeUndoEntries({ table, clock }, [before], 'undone');
  expect((await openUndoEntries(table, KEY)).map(({ data }) => data)).toEqual([again]);
});

test.each(['Running', 'Canceled'] as const)('a drain that is %s keeps nothing for good', async (status) => {
  const { table } = await world({ upgrades: [{ ...drain, status }] });
  await closeUndoEntries({ table, clock }, await openUndoEntries(table, KEY, DRAIN), 'kept');
  expect(await openUndoEntries(table, KEY, DRAIN)).toHaveLength(1);
  await closeUndoEntries({ table, clock }, await openUndoEntries(table, KEY, DRAIN), 'undone');
  expect(await openUndoEntries(table, KEY, DRAIN)).toEqual([]);
});

test('what only undoes is refused for nothing but a lost grant, whatever else forbids', () => {
  const standing = { held: { reason: { code: 'Stopped' as const, message: '' }, since: '', upgradeId: '' } };
  const given: Given = {
    fleet: { ...fleet, mode: 'observe', caps: { ...fleet.caps, total: 0 } },
    control: { stopped: true },
    clusterControl: { clusterKey: KEY, ...standing },
    cluster: { tags: { 'liftlock/exclude': 'true', 'liftlock/pin': '1.30' } },
    rollout: { status: 'Aborted' },
    wave: { status: 'Halted' },
  };
  expect(codesAt('first', given).length).toBeGreaterThan(5);
  expect([codesAt('undo-grant', given), codesAt('undo', given)]).toEqual([[], []]);
  expect(codesAt('undo', { ...given, grant: { status: 'closing' } })).toEqual(['Superseded']);
});

test.each(['done', 'parked', 'failed'] as const)(
  'a Job that was asked is taken back where the upgrade ends %s, though nothing was changed',
  async (status) => {
    const hooks = { 'one/before/update-addons': { askedSince: NOON.toISOString(), grantNumber: 1 } };
    const left: UndoEntry = { ...entry('job-1', '1.36-1.37'), effect: 'job', namespace: 'hooks' };
    const { table, end } = await world({ upgrades: [{ ...byHand, hooks }], intents: [], grant: grant() }, [left]);
    await end(status);
    expect((await load(table, Upgrades, KEY, 'undo-1.36-1.37'))?.data).toMatchObject({
      machine: 'restore-nodes',
      status: 'Pending',
    });
  },
);

test('to have asked by a Job makes no failure of what has changed nothing', async () => {
  const jobs = intent({
    step: 'ask-hook',
    subject: 'one',
    call: { name: 'CreateHookJob', input: {} },
    outcome: { type: 'answered', at: NOON.toISOString() },
  });
  const refused = intent({
    outcome: { type: 'refused', error: 'InvalidParameterException', message: 'no', at: NOON.toISOString() },
  });
  const { end } = await world({ upgrades: [{ ...byHand, mutated: true }], intents: [jobs, refused], grant: grant() });
  expect((await end('failed'))?.status).toBe('Blocked');
});
