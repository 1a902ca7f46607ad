import { MemoryTable } from '../../adapters/memory/table.ts';
import { KEY, NOON, upgrade } from '../../test/material/protocol/one-upgrade.ts';
import type { SilenceEntry, UndoEntry } from '../contracts/items/protocol.ts';
import { reason } from '../contracts/step-result.ts';
import type { WriteOperation } from '../ports/table.ts';
import { UndoEntries, Upgrades } from '../store/entities.ts';
import { load, put } from '../store/entity.ts';
import {
  closeUndoEntries,
  hasEffect,
  isOpen,
  loadUndoEntry,
  noteSilence,
  openUndoEntries,
  silencesIn,
} from './undo.ts';

const clock = { now: () => NOON };
const AT = NOON.toISOString();
const OF = '1.36-1.37';
const cordon = (subject: string): UndoEntry => ({
  ...{ clusterKey: KEY, effect: 'cordon', subject, uid: 'u', upgradeId: OF, recordedAt: AT },
});
const silence = (given: Partial<SilenceEntry> = {}): SilenceEntry => ({
  ...{ clusterKey: KEY, effect: 'silence', subject: 'update-addons-before', uid: 'u', upgradeId: OF, recordedAt: AT },
  ...{ step: 'update-addons', part: 'before', grantNumber: 1 },
  ...{ alarms: ['shop-errors'], until: '2026-11-20T13:00:00.000Z' },
  ...given,
});
const notes = [reason('SilencedAlarmRings', 'shop-errors rings.')];

class RecordingTable extends MemoryTable {
  readonly written: WriteOperation[] = [];

  override transact(operations: readonly WriteOperation[]): Promise<void> {
    this.written.push(...operations);
    return super.transact(operations);
  }
}

async function tableOf(...entries: readonly UndoEntry[]): Promise<RecordingTable> {
  const table = new RecordingTable();
  await table.transact([put(Upgrades, upgrade({ status: 'Running' }), 'absent')]);
  await table.transact(entries.map((one) => put(UndoEntries, one, 'absent')));
  return table;
}
const entryIn = async (table: MemoryTable, effect: 'cordon' | 'silence', subject: string) =>
  (await load(table, UndoEntries, KEY, effect, subject))?.data;

test('an entry is found by its effect and subject, and silences are told from the rest', async () => {
  const table = await tableOf(cordon('n-1'), silence());
  const found = await loadUndoEntry(table, KEY, 'silence', 'update-addons-before');
  expect(found?.data).toEqual(silence());
  expect(await loadUndoEntry(table, KEY, 'silence', 'n-1')).toBeUndefined();
  expect(silencesIn(await openUndoEntries(table, KEY))).toEqual([silence()]);
  expect([hasEffect('silence')(found), hasEffect('cordon')(found), hasEffect('cordon')(undefined)]).toEqual([
    true,
    false,
    false,
  ]);
  expect([isOpen(found), isOpen(undefined)]).toEqual([true, false]);
});

test('what a silence has to tell is kept while it is open, on record', async () => {
  const table = await tableOf(silence());
  await noteSilence({ table, clock }, silence({ alarms: ['shop-errors', 'shop-latency'] }), notes);
  expect(await entryIn(table, 'silence', 'update-addons-before')).toMatchObject({
    alarms: ['shop-errors', 'shop-latency'],
    notes,
  });
  const noted = (await table.auditOf(KEY)).filter(({ event }) => event === 'EffectsNoted');
  expect(noted.map(({ detail }) => detail)).toMatchObject([
    { upgradeId: OF, effect: 'silence', subjects: ['update-addons-before'], notes },
  ]);
});

test('of a silence that is closed, or was begun anew, nothing more is noted', async () => {
  const closed = await tableOf(silence({ closed: { how: 'undone', at: AT } }));
  await noteSilence({ table: closed, clock }, silence(), notes);
  const anew = await tableOf(silence({ recordedAt: '2026-11-20T12:30:00.000Z' }));
  await noteSilence({ table: anew, clock }, silence(), notes);
  for (const table of [closed, anew]) {
    expect(await entryIn(table, 'silence', 'update-addons-before')).not.toHaveProperty('notes');
    expect((await table.auditOf(KEY)).filter(({ event }) => event === 'EffectsNoted')).toEqual([]);
  }
});

test('a closed entry says how and when, what it has to tell and what it lacked, and goes after thirty days', async () => {
  const table = await tableOf(silence(), cordon('n-1'));
  const [of] = (await openUndoEntries(table, KEY)).filter(hasEffect('silence'));
  if (of === undefined) throw new Error('no silence');
  await closeUndoEntries({ table, clock }, [of], 'undone', notes, 'cloudwatch:DeleteAlarmMuteRule');
  expect(await entryIn(table, 'silence', 'update-addons-before')).toEqual({
    ...silence(),
    closed: { how: 'undone', at: AT },
    notes,
    lacks: 'cloudwatch:DeleteAlarmMuteRule',
  });
  expect(await entryIn(table, 'cordon', 'n-1')).toEqual(cordon('n-1'));
  const [{ detail } = { detail: undefined }] = (await table.auditOf(KEY)).filter(
    ({ event }) => event === 'EffectsClosed',
  );
  expect(detail).toMatchObject({
    ...{ upgradeId: OF, how: 'undone', effect: 'silence', subjects: ['update-addons-before'], notes },
  });
  const expiries = table.written.flatMap((one) => (one.type === 'put' ? (one.item.expiresAt ?? []) : []));
  expect(expiries).toEqual([new Date('2026-12-20T12:00:00.000Z')]);
});

test('to close nothing writes nothing', async () => {
  const table = await tableOf(cordon('n-1'));
  await closeUndoEntries({ table, clock }, [], 'undone');
  expect(await table.auditOf(KEY)).toEqual([]);
});
