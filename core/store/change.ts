import type { LiftlockEvent } from '../contracts/events.ts';
import type { ReconcileMarker } from '../contracts/items/rollout.ts';
import type { Ports } from '../ports/ports.ts';
import type { AuditHead, Table, WriteOperation } from '../ports/table.ts';
import { type AuditEntry, transactWithAudit } from './audit.ts';
import { ReconcileMarkers } from './entities.ts';
import { decideAndWrite, load, type Read, replace, unchanged } from './entity.ts';
import { writeUnrecorded } from './unrecorded.ts';

/** The outcome of a decision. Without `writes` everything is already as it should be, and nothing is written. */
interface Change<Result> {
  readonly result: Result;
  readonly writes?: readonly WriteOperation[];
  /** Entries for the audit, in the same transaction; none for changes that no person needs to know of, such as a gate that was read again. */
  readonly record?: readonly AuditEntry[];
  /** The ends of audit chains, by subject, that the decision rests on: where one of them has grown since, the decision is made anew. */
  readonly chain?: ReadonlyMap<string, AuditHead | undefined>;
}

/** The result of a change that returns nothing. */
export const NOTHING = { result: undefined };

/** A change with the events that are published once it is written. `changes`: the id of each record, in their order. */
export interface ToldChange<Result> extends Change<Result> {
  readonly events: (changes: readonly string[]) => readonly LiftlockEvent[];
}

type Decide<Decided> = (now: Date) => Promise<Decided>;

/** Reads, decides and writes on record, all or nothing; when something moved in between, it does all of this again. */
export const change = <Result>(
  ports: Pick<Ports, 'table' | 'clock'>,
  decide: Decide<Change<Result>>,
): Promise<Result> => decideAndWrite(async () => (await writeDecided(ports, decide)).decided.result);

/** `change` that also publishes the events of the change. */
export const changeAndTell = <Result>(
  ports: Pick<Ports, 'table' | 'clock' | 'events'>,
  decide: Decide<ToldChange<Result> | { readonly result: Result }>,
): Promise<Result> => decideAndWrite(() => changeOnce(ports, decide));

/** `changeAndTell` for callers that look again anyway: when something moved in between, it does not try again, but fails with `ConditionFailed`. */
export async function changeOnce<Result>(
  ports: Pick<Ports, 'table' | 'clock' | 'events'>,
  decide: Decide<ToldChange<Result> | { readonly result: Result }>,
): Promise<Result> {
  const { decided, changes } = await writeDecided(ports, decide);
  const events = 'events' in decided ? decided.events(changes) : [];
  if (events.length > 0) await ports.events.publish(events);
  return decided.result;
}

async function writeDecided<Decided extends Change<unknown>>(
  { table, clock }: Pick<Ports, 'table' | 'clock'>,
  decide: Decide<Decided>,
): Promise<{ readonly decided: Decided; readonly changes: readonly string[] }> {
  const now = clock.now();
  const decided = await decide(now);
  const { writes, record = [], chain } = decided;
  const changes = writes === undefined ? [] : await transactWithAudit(table, writes, record, now, chain);
  return { decided, changes };
}

/**
 * The mark for a full look, for the transaction of the change that needs the look: a process that dies afterwards has left the mark. A mark that is
 * there already has to be unchanged when the change is written, or a look that has begun meanwhile would have taken the mark without seeing the
 * change.
 */
export async function writeMark(table: Pick<Table, 'get'>, now: Date): Promise<WriteOperation> {
  const marker = await load(table, ReconcileMarkers);
  return marker?.data.dirtySince === undefined ? marked(marker, now) : unchanged(ReconcileMarkers, marker);
}

/**
 * The same for changes of which each has to see what the other did: a mark that stands is written anew, so that of two changes which have read it
 * the second decides again.
 */
export async function moveMark(table: Pick<Table, 'get'>, now: Date): Promise<WriteOperation> {
  return marked(await load(table, ReconcileMarkers), now);
}

const marked = (marker: Read<ReconcileMarker> | undefined, now: Date): WriteOperation =>
  replace(ReconcileMarkers, marker, {
    ...marker?.data,
    dirtySince: marker?.data.dirtySince ?? now.toISOString(),
  });

/** Has the next tick look at everything, since versions, inventory or configuration have changed. Without this the hourly full look would find it. */
export function markDirty({ table, clock }: Pick<Ports, 'table' | 'clock'>): Promise<void> {
  return decideAndWrite(async () => {
    const mark = await writeMark(table, clock.now());
    if (mark.type !== 'check') await writeUnrecorded(table, [mark]);
  });
}
