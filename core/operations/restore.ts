import { compareWithAnchors } from '../anchors/compare-with-anchors.ts';
import { type AnchorChain, anchoredSubjects, readChain } from '../anchors/read-chain.ts';
import { namedError } from '../contracts/errors.ts';
import { GRACE_SECONDS } from '../contracts/mutating-calls.ts';
import { forgetLooks } from '../inventory/forget-looks.ts';
import { recountInPlace } from '../policy/caps.ts';
import type { Ports } from '../ports/ports.ts';
import { type AuditItem, type ItemKey, itemId, type RestoredTable, type StoredItem } from '../ports/table.ts';
import { withStop } from '../protocol/fleet-stops.ts';
import { revisionOf, transactWithAudit } from '../store/audit.ts';
import { auditEntry, markDirty, writeUnrecorded } from '../store/change.ts';
import { Clusters, Epochs, FleetControls, Grants, Ledgers, Organizations } from '../store/entities.ts';
import { load, loadAll, put, replace } from '../store/entity.ts';
import { ScanRuns } from '../store/scan-entities.ts';

interface Restore {
  readonly restoredTo: Date;
  readonly mutatorsOffSince: Date;
  readonly by: string;
  /** The anchors that the records are compared with; absent = the records are only checked against themselves. */
  readonly anchors?: AnchorChain;
  /** Also folds records that somebody has changed; what is wrong with them goes on record. */
  readonly acceptBrokenAudit?: boolean;
}

/**
 * Brings a restored table up to date, and fences everything that still acts by the old one (protocol.md, Restore of the table), however often the
 * table was restored. The mutators must be off and their grace period over. It folds the audit's writes over the table (the newer revision wins, and
 * everything written after a restore is newer than everything before it), counts the ledger from the grants, raises the epoch, and leaves the fleet
 * stopped; `liftlock fleet resume` lets it go on. Fails with `InvalidInput`.
 */
export async function recoverAfterRestore(
  ports: Pick<Ports, 'clock'> & { readonly table: RestoredTable },
  { restoredTo, mutatorsOffSince, by, anchors = readChain([]), acceptBrokenAudit = false }: Restore,
): Promise<{ epoch: number; folded: number }> {
  const { table } = ports;
  const now = ports.clock.now();
  refuseAhead('The time since when the mutators are off,', mutatorsOffSince, now);
  const waited = (now.getTime() - mutatorsOffSince.getTime()) / 1000;
  if (waited < GRACE_SECONDS) {
    throw namedError(
      'InvalidInput',
      `The mutators are off for ${Math.floor(waited)} s; a call may still be under way for ${GRACE_SECONDS} s. Wait, then run it again.`,
    );
  }
  const { subjects, writes } = await readAudit(table);
  const broken = await breaksOf(table, new Set([...subjects, ...anchoredSubjects(anchors)]), anchors);
  if (broken.length > 0 && !acceptBrokenAudit) throw brokenAudit(broken);
  refuseFuture(writes, now);
  refuseAhead('The time that the table was restored to,', restoredTo, now);
  const folded = await fold(table, writes);
  // Discovery writes without a record, so its latest writes are lost: labels by a newer rule, and tags that no recorded change needed.
  await forgetLooks(
    table,
    undefined,
    writes.filter(({ kind }) => kind === Clusters.kind),
  );
  // Accounts that came after the point of the restore are known again once their organization is listed anew.
  await writeUnrecorded(table, [put(Organizations, { organizationId: '' }, 'any')]);
  await markDirty({ table, clock: ports.clock });
  const epoch = await load(table, Epochs);
  const control = await load(table, FleetControls);
  const number = (epoch?.data.number ?? 0) + 1;
  const stop = { by, at: now.toISOString(), reason: `The table was restored to ${restoredTo.toISOString()}.` };
  const stopped = { stopped: true, ...stop };
  const more = broken.length === 0 ? {} : { brokenRecords: broken.slice(0, MOST_NAMED) };
  await transactWithAudit(
    table,
    [
      replace(Epochs, epoch, { number, restoredAt: now.toISOString() }),
      replace(FleetControls, control, withStop(control?.data, stop)),
      replace(Ledgers, await load(table, Ledgers), { counts: await countGrants(table, writes) }),
    ],
    [auditEntry('fleet', 'FleetStopped', by, { ...stopped, epoch: number, folded, ...more })],
    now,
  );
  return { epoch: number, folded };
}

/**
 * Refuses a time in the future, which comes from a wrong clock: nobody would know how long the mutators are off, or the record would tell of a
 * restore that cannot have happened.
 */
function refuseAhead(what: string, at: Date, now: Date): void {
  if (at.getTime() - now.getTime() <= MOST_AHEAD) return;
  throw namedError(
    'InvalidInput',
    `${what} ${at.toISOString()}, is after this machine's time ${now.toISOString()}: one of the two clocks is wrong. Set this machine's clock, or correct that time, then run it again.`,
  );
}

const MOST_NAMED = 10;

/**
 * Records that do not agree with their anchors or in themselves: whoever changed them could write things into the table that Liftlock never decided.
 * A record that is missing altogether is found by the anchors that name it.
 */
async function breaksOf(table: Ports['table'], subjects: Iterable<string>, chain: AnchorChain): Promise<string[]> {
  const breaks = chain.problems.map((problem) => `anchors: ${problem}`);
  for (const subject of subjects) {
    const { tampering } = compareWithAnchors(subject, await table.auditOf(subject), chain);
    breaks.push(...tampering.map(({ kind, sequence, problem }) => `${subject} #${sequence} ${kind}: ${problem}`));
  }
  return breaks;
}

function brokenAudit(broken: readonly string[]): Error {
  const more = broken.length > MOST_NAMED ? ` And ${broken.length - MOST_NAMED} more.` : '';
  return namedError(
    'InvalidInput',
    `Somebody has changed the audit, and what it says would be written into the table: ${broken.slice(0, MOST_NAMED).join(' ')}${more} What to do then: docs/runbook.md, liftlock/audit/tampered. To fold it as it is: --accept-broken-audit`,
  );
}

/** Writes within one millisecond get revisions that are one apart, so a revision may be ahead of the clock by this much. */
const MOST_AHEAD = 1_000;

/** Refuses a clock that is behind the audit: everything written from now on must be newer than all that the audit knows. */
function refuseFuture(writes: readonly StoredItem[], now: Date): void {
  // Not Math.max(...): the writes of a year are more arguments than a call takes.
  const newest = writes.reduce((most, { revision }) => Math.max(most, revision), 0);
  const ahead = newest - revisionOf(now);
  if (ahead <= MOST_AHEAD) return;
  throw namedError(
    'InvalidInput',
    `The audit has writes of ${ahead} ms after this machine's time ${now.toISOString()}. Set its clock, or wait for so long, then run it again.`,
  );
}

async function fold(table: RestoredTable, writes: readonly StoredItem[]): Promise<number> {
  const found = await table.getAll(writes);
  const newer = writes.filter((write, index) => (found[index]?.revision ?? 0) < write.revision);
  for (const write of newer) await table.restore(write);
  return newer.length;
}

/** Counts the grants that hold a place, each read anew, since the index may not have everything that was folded yet. */
async function countGrants(table: Ports['table'], writes: readonly StoredItem[]): Promise<Record<string, number>> {
  const keys = new Map<string, ItemKey>();
  for (const { pk, sk, kind } of [...(await table.queryKind(Grants.kind)), ...writes])
    if (kind === Grants.kind) keys.set(itemId({ pk, sk }), { pk, sk });
  const counts: Record<string, number> = {};
  for (const { status, capKeys } of await loadAll(table, Grants, [...keys.values()]))
    if (status !== 'free') recountInPlace(counts, capKeys, 1);
  return counts;
}

/** Reads the whole audit, whatever time a person says the table was restored to: a time that is too late would lose what was ordered before it. */
async function readAudit(table: RestoredTable): Promise<{ subjects: Set<string>; writes: StoredItem[] }> {
  const subjects = new Set<string>();
  const newest = new Map<string, StoredItem>();
  for await (const item of table.auditSince(new Date(0))) {
    subjects.add(item.subject);
    keepNewest(newest, item);
  }
  return { subjects, writes: [...newest.values()] };
}

/** Keeps the last write of each item: the newest revision, in whatever order subjects come. Items that expire are not brought back. */
export function keepNewest(newest: Map<string, StoredItem>, { detail }: Pick<AuditItem, 'detail'>): void {
  for (const item of (detail.writes ?? []) as readonly StoredItem[]) {
    const known = newest.get(itemId(item));
    const isNewer = known === undefined || known.revision < item.revision;
    if (isNewer && item.kind !== ScanRuns.kind) newest.set(itemId(item), item);
  }
}
