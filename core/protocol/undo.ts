import type { SilenceEntry, UndoEntry, Upgrade } from '../contracts/items/protocol.ts';
import { LIFTLOCK } from '../contracts/names.ts';
import type { Reason } from '../contracts/step-result.ts';
import { given } from '../model/given.ts';
import { undoId } from '../model/hop.ts';
import type { Ports } from '../ports/ports.ts';
import { auditEntry, change, NOTHING } from '../store/change.ts';
import { clusterPartition, UNDO, UndoEntries, Upgrades } from '../store/entities.ts';
import { decode, load, type Read, replace, unchanged } from '../store/entity.ts';

/** Closed entries are kept in the table for this long; the audit keeps them for ever. */
const KEPT_MILLISECONDS = 30 * 86_400_000;
/** A transaction has room for a hundred writes, and each of these is recorded as well. */
const AT_ONCE = 40;

/** Whether an upgrade only takes back what another one has left: no stop, window, hold or cap stops it, and it counts for none. */
export const isUndo = (upgrade: Pick<Upgrade, 'machine'> | undefined): boolean => upgrade?.machine === 'restore-nodes';

/** The journal of a cluster: its open entries, and the closed ones that are still kept. */
export async function undoEntriesOf(
  table: Pick<Ports['table'], 'queryPartition'>,
  clusterKey: string,
): Promise<Read<UndoEntry>[]> {
  return (await table.queryPartition(clusterPartition(clusterKey), UNDO)).map((item) => decode(UndoEntries, item));
}

export const isOpen = <Entry extends UndoEntry>(read: Read<Entry> | undefined): read is Read<Entry> =>
  read !== undefined && read.data.closed === undefined;

type EntryOf<Effect extends UndoEntry['effect']> = Extract<UndoEntry, { effect: Effect }>;

export const hasEffect =
  <Effect extends UndoEntry['effect']>(effect: Effect) =>
  (read: Read<UndoEntry> | undefined): read is Read<EntryOf<Effect>> =>
    read?.data.effect === effect;

/** One entry of a cluster's journal, open or closed. */
export async function loadUndoEntry<Effect extends UndoEntry['effect']>(
  table: Pick<Ports['table'], 'get'>,
  clusterKey: string,
  effect: Effect,
  subject: string,
): Promise<Read<EntryOf<Effect>> | undefined> {
  const read = await load(table, UndoEntries, clusterKey, effect, subject);
  return hasEffect(effect)(read) ? read : undefined;
}

/** The open entries of a cluster's journal: all of them, or those that one upgrade has left. */
export async function openUndoEntries(
  table: Pick<Ports['table'], 'queryPartition'>,
  clusterKey: string,
  upgradeId?: string,
): Promise<Read<UndoEntry>[]> {
  const open = (await undoEntriesOf(table, clusterKey)).filter(isOpen);
  return open.filter(({ data }) => upgradeId === undefined || data.upgradeId === upgradeId);
}

/** The silences in a journal, open and closed. */
export const silencesIn = (entries: readonly Read<UndoEntry>[]): SilenceEntry[] =>
  entries.map(({ data }) => data).filter((one) => one.effect === 'silence');

/**
 * Closes entries and records that. An entry that somebody else has closed meanwhile stays as it is. Entries of a drain are closed as `kept` only
 * once the drain has succeeded: as long as it may end otherwise, its cordons may have to be taken back. `notes` replaces what a silence has to tell;
 * `lacks` names the permission for want of which there is no silence.
 */
export async function closeUndoEntries(
  ports: Pick<Ports, 'table' | 'clock'>,
  entries: readonly Read<UndoEntry>[],
  how: NonNullable<UndoEntry['closed']>['how'],
  notes?: readonly Reason[],
  lacks?: string,
): Promise<void> {
  for (let from = 0; from < entries.length; from += AT_ONCE) {
    const some = entries.slice(from, from + AT_ONCE);
    const [first] = some;
    if (first === undefined) return;
    const { clusterKey, upgradeId } = first.data;
    await change(ports, async (now) => {
      // A drain closes its entries one after the other, so only those that are asked for are read.
      const reads = await Promise.all(
        some.map(({ data }) => loadUndoEntry(ports.table, clusterKey, data.effect, data.subject)),
      );
      const still = reads.filter(isOpen).filter(({ data }) => some.some((one) => isSameEffect(one.data, data)));
      const owner = how === 'kept' ? await load(ports.table, Upgrades, clusterKey, upgradeId) : undefined;
      if (still.length === 0 || (how === 'kept' && owner?.data.status !== 'Succeeded')) return NOTHING;
      const expiresAt = new Date(now.getTime() + KEPT_MILLISECONDS);
      const closed = { how, at: now.toISOString() };
      const subjects = still.map(({ data }) => data.subject);
      const detail = { upgradeId, how, effect: first.data.effect, subjects, ...given({ notes }) };
      return {
        ...NOTHING,
        writes: [
          ...(owner === undefined ? [] : [unchanged(Upgrades, owner, clusterKey, upgradeId)]),
          ...still.map((read) =>
            replace(
              UndoEntries,
              read,
              { ...read.data, closed, ...given({ notes: notes && [...notes], lacks }) },
              expiresAt,
            ),
          ),
        ],
        record: [auditEntry(clusterKey, 'EffectsClosed', LIFTLOCK, detail)],
      };
    });
  }
}

/** Whether both are the same entry: the same upgrade may have begun the effect anew since, and that entry is another one, and open. */
const isSameEffect = (one: UndoEntry, other: UndoEntry): boolean =>
  (['effect', 'subject', 'upgradeId', 'recordedAt'] as const).every((name) => one[name] === other[name]);

/** Keeps on record what is to be told of a silence that stays open. */
export function noteSilence(
  ports: Pick<Ports, 'table' | 'clock'>,
  { clusterKey, subject, upgradeId, recordedAt, alarms }: SilenceEntry,
  notes: readonly Reason[],
): Promise<void> {
  return change(ports, async () => {
    const read = await loadUndoEntry(ports.table, clusterKey, 'silence', subject);
    if (!isOpen(read) || read.data.recordedAt !== recordedAt) return NOTHING;
    const detail = { upgradeId, effect: 'silence', subjects: [subject], notes };
    return {
      ...NOTHING,
      writes: [replace(UndoEntries, read, { ...read.data, alarms, notes: [...notes] })],
      record: [{ subject: clusterKey, event: 'EffectsNoted', principal: LIFTLOCK, detail }],
    };
  });
}

/**
 * The upgrade that takes back what another upgrade has left. The transaction that ends or parks the other one writes it, so that nothing can be lost.
 * Undefined where nothing is left. Cordons stay where the other one has succeeded or goes on later; the update settings of a node group are ours for
 * one roll, and no longer.
 */
export function undoOf(ended: Upgrade, entries: readonly Read<UndoEntry>[], now: Date): Upgrade | undefined {
  const { clusterKey, id, status, to, requestedBy } = ended;
  const keepsCordons = status === 'Parked' || status === 'Succeeded';
  const left = entries.filter(({ data }) => !keepsCordons || data.effect !== 'cordon');
  if (isUndo(ended) || left.length === 0) return undefined;
  return {
    clusterKey,
    id: undoId(id),
    machine: 'restore-nodes',
    from: to,
    to,
    status: 'Pending',
    mutated: false,
    steps: {},
    requestedBy,
    reasons: [],
    startedAt: now.toISOString(),
  };
}
