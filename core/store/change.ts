import type { LiftlockEvent } from '../contracts/events.ts';
import type { Ports } from '../ports/ports.ts';
import type { AuditHead, Table, WriteOperation } from '../ports/table.ts';
import { type AuditEntry, transactWithAudit } from './audit.ts';
import { ReconcileMarkers } from './entities.ts';
import { decideAndWrite, load, replace, unchanged } from './entity.ts';
import { writeUnrecorded } from './unrecorded.ts';

/** What a decision comes to. Without `writes` it stands already as it should, and nothing is written. */
interface Change<Result> {
  readonly result: Result;
  readonly writes?: readonly WriteOperation[];
  /** What goes on record, in the same transaction; none for what a person need not know of, such as a gate that was read again. */
  readonly record?: readonly AuditEntry[];
  /** The ends of audit chains, by subject, that the decision rests on: where one of them has gone on since, it is made anew. */
  readonly chain?: ReadonlyMap<string, AuditHead | undefined>;
}

/** For a change that gives nothing back. */
export const NOTHING = { result: undefined };

/** The same, and who is told of it once it is written. `changes`: the id of each record, in their order. */
export interface ToldChange<Result> extends Change<Result> {
  readonly events: (changes: readonly string[]) => readonly LiftlockEvent[];
}

type Decide<Decided> = (now: Date) => Promise<Decided>;

/** Reads, decides and writes on record, all or nothing; when something moved in between, all of it is done anew. */
export const change = <Result>(
  ports: Pick<Ports, 'table' | 'clock'>,
  decide: Decide<Change<Result>>,
): Promise<Result> => decideAndWrite(async () => (await writeDecided(ports, decide)).decided.result);

/** The same, and publishes what it leads to. */
export const changeAndTell = <Result>(
  ports: Pick<Ports, 'table' | 'clock' | 'events'>,
  decide: Decide<ToldChange<Result> | { readonly result: Result }>,
): Promise<Result> => decideAndWrite(() => changeOnce(ports, decide));

/** For whoever looks again anyway: what moved in between is not tried again here, but fails with `ConditionFailed`. */
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
 * The mark within the transaction of the change that it is for: whoever dies afterwards has marked. A mark that stands has to stand still
 * when the change is written, or a look that has begun meanwhile would not have seen it.
 */
export async function writeMark(table: Pick<Table, 'get'>, now: Date): Promise<WriteOperation> {
  const marker = await load(table, ReconcileMarkers);
  if (marker?.data.dirtySince !== undefined) return unchanged(ReconcileMarkers, marker);
  return replace(ReconcileMarkers, marker, { ...marker?.data, dirtySince: now.toISOString() });
}

/**
 * The same for those of whom one has to see what the other did: a mark that stands is written anew, so that of two of them who have read it one
 * decides again.
 */
export async function moveMark(table: Pick<Table, 'get'>, now: Date): Promise<WriteOperation> {
  const marker = await load(table, ReconcileMarkers);
  return replace(ReconcileMarkers, marker, {
    ...marker?.data,
    dirtySince: marker?.data.dirtySince ?? now.toISOString(),
  });
}

/** Has the next tick look at everything: versions, inventory or config changed. Without it the hourly full look would find it too. */
export function markDirty({ table, clock }: Pick<Ports, 'table' | 'clock'>): Promise<void> {
  return decideAndWrite(async () => {
    const mark = await writeMark(table, clock.now());
    if (mark.type !== 'check') await writeUnrecorded(table, [mark]);
  });
}
