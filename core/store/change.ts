import type { LiftlockEvent } from '../contracts/events.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import type { Member, ReconcileMarker, Rollout, Wave } from '../contracts/items/rollout.ts';
import type { Reason } from '../contracts/step-result.ts';
import { arnOf } from '../model/cluster-key.ts';
import { given } from '../model/given.ts';
import type { Ports } from '../ports/ports.ts';
import type { AuditHead, Table, WriteOperation } from '../ports/table.ts';
import { type AuditEntry, transactWithAudit } from './audit.ts';
import { ReconcileMarkers } from './entities.ts';
import { decideAndWrite, load, type Read, replace, unchanged } from './entity.ts';

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

type Detail<Type extends LiftlockEvent['type']> = Extract<LiftlockEvent, { type: Type }>['detail'];

/** The names of a cluster in events. */
export function clusterNames(clusterKey: string) {
  const cluster = arnOf(clusterKey);
  const [, , , region = '', account = ''] = cluster.split(':');
  return { clusterKey, cluster, account, region };
}

export const auditEntry = (
  subject: string,
  event: string,
  principal: string,
  detail: AuditEntry['detail'],
): AuditEntry => ({ subject, event, principal, detail });

/** The audit's entry for a change of a rollout, a wave or a member. */
export const rolloutEntry = (id: string, ...entry: [event: string, principal: string, detail: AuditEntry['detail']]) =>
  auditEntry(`rollout/${id}`, ...entry);

/** @param about what has changed of the rollout; absent = its status */
export const rolloutChanged = (
  { id: rolloutId, status, reasons }: Pick<Rollout, 'id' | 'status' | 'reasons'>,
  change: string | undefined,
  about?: Detail<'RolloutChanged'>['about'],
): LiftlockEvent => ({ type: 'RolloutChanged', detail: { version: 1, change, rolloutId, status, about, reasons } });

/** @param about what has changed of the wave; absent = its status */
export const waveChanged = (
  { rolloutId, name: wave, status, reasons }: Pick<Wave, 'rolloutId' | 'name' | 'status' | 'reasons'>,
  change: string | undefined,
  about?: Detail<'WaveChanged'>['about'],
): LiftlockEvent => ({ type: 'WaveChanged', detail: { version: 1, change, rolloutId, wave, status, about, reasons } });

/** @param change id of the change that moved the member */
export function memberChanged(member: Member, wave: Wave, change: string | undefined): LiftlockEvent {
  const { clusterKey, rolloutId, status, reasons } = member;
  const names = clusterNames(clusterKey);
  return {
    type: 'MemberChanged',
    detail: { version: 1, change, ...names, rolloutId, wave: wave.name, status, reasons },
  };
}

/** The event that nothing begins on a cluster any more before a person has looked. */
export const clusterHeld = (
  clusterKey: string,
  reasons: readonly Reason[],
  change: string | undefined,
): LiftlockEvent => ({
  type: 'ClusterHeld',
  detail: { version: 1, change, ...clusterNames(clusterKey), reasons: [...reasons] },
});

/** The event of an upgrade that has ended or parked. */
export const upgradeChanged = (
  { clusterKey, id: upgradeId, rolloutId, machine, input, from, to, status, reasons }: Upgrade,
  change: string | undefined,
): LiftlockEvent => ({
  type: 'UpgradeChanged',
  detail: {
    version: 1,
    change,
    ...clusterNames(clusterKey),
    upgradeId,
    ...given({ rolloutId }),
    ...(machine === 'drain-nodes' && { nodegroup: String(input?.nodegroup) }),
    from,
    to,
    status,
    reasons,
  },
});

/** Kinds of items that are written without a record, with the reason why none is needed. A restore does not bring such a write back. */
const UNRECORDED: Readonly<Record<string, string>> = {
  Account: 'A restore has each looked at anew, which discovery does within the hour.',
  Cluster: 'A restore has each looked at anew before anything is planned over it.',
  ClusterNews: 'What came since is told once more, and no decision rests on it.',
  DeadlineNotice: 'At worst people are told of a deadline twice.',
  Grant: 'Executions that are nested in its holder: a restore raises the epoch, and none of them commits any more.',
  ImageReleases: 'Systems Manager is asked again within the hour.',
  LatestScans: 'The next scan writes it anew; after a restore nothing rests on older ones.',
  LearnedDurations: 'It is learned again from waves, which are on record.',
  Organization: 'Its accounts are listed again within the hour.',
  OwnerNotice: 'At worst an owner is told twice.',
  ReadinessDay: 'A day that a restore takes back is missing from the trend, and no decision rests on it.',
  ReadinessHistory: 'What ended since is found once more by the next look, and no decision rests on it.',
  ReconcileMarker: 'A look too many finds nothing new.',
  RegionVersions: 'EKS is asked again within the hour.',
  ScanPart: 'A summary names how many there are, and a report that is not whole is told as none.',
  ScanSummary: 'A scan is made again, and authorizes nothing.',
  ScanRun: 'It ends by itself; who asked for a scan is on record.',
  SettledUpdates: 'Updates that are not kept here are asked about again.',
};

/** Writes items that are not part of the record, all or nothing. Throws for kinds that have no reason in the list above. */
export async function writeUnrecorded(
  table: Pick<Table, 'transact'>,
  operations: readonly WriteOperation[],
): Promise<void> {
  for (const operation of operations) {
    if (operation.type !== 'put' || UNRECORDED[operation.item.kind] !== undefined) continue;
    throw new Error(`A ${operation.item.kind} is never written without a record (core/store/change.ts).`);
  }
  await table.transact(operations);
}
