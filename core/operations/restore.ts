import { namedError } from '../contracts/errors.ts';
import { GRACE_SECONDS } from '../contracts/mutating-calls.ts';
import { recountInPlace } from '../policy/caps.ts';
import type { Ports } from '../ports/ports.ts';
import { type AuditItem, type ItemKey, itemId, type StoredItem } from '../ports/table.ts';
import { firstBreak, transactWithAudit } from '../store/audit.ts';
import { Epochs, FleetControls, Grants, Ledgers } from '../store/entities.ts';
import { load, loadAll, replace } from '../store/entity.ts';
import { revisionOf } from '../store/next-revision.ts';

export interface Restore {
  readonly restoredTo: Date;
  readonly mutatorsOffSince: Date;
  readonly by: string;
  /** Also records that somebody has changed are folded; what is wrong with them goes on record. */
  readonly acceptBrokenAudit?: boolean;
}

/**
 * Brings a table that was restored to an earlier point up to date, and fences everything that still believes in the old one
 * (protocol.md rule 11), whatever was restored before. Before it: mutators off, grace waited. Folds the audit's writes over the table (a newer
 * revision wins, and what is written after a restore is newer than all before it), counts the ledger from the grants, raises the epoch, and
 * comes up stopped; `liftlock fleet resume` lets it go on. Fails with `InvalidInput`.
 */
export async function recoverAfterRestore(
  ports: Pick<Ports, 'table' | 'clock'>,
  { restoredTo, mutatorsOffSince, by, acceptBrokenAudit = false }: Restore,
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
  const items = await table.auditSince(await endOf(table, restoredTo));
  const broken = await breaksOf(table, items);
  if (broken.length > 0 && !acceptBrokenAudit) throw brokenAudit(broken);
  const writes = newestWrites(items);
  refuseFuture(writes, now);
  refuseAhead('The time that the table was restored to,', restoredTo, now);
  const folded = await fold(table, writes);
  const epoch = await load(table, Epochs);
  const control = await load(table, FleetControls);
  const number = (epoch?.data.number ?? 0) + 1;
  const stopped = {
    stopped: true,
    by,
    at: now.toISOString(),
    reason: `The table was restored to ${restoredTo.toISOString()}.`,
  };
  const more = broken.length === 0 ? {} : { brokenRecords: broken.slice(0, MOST_NAMED) };
  await transactWithAudit(
    table,
    [
      replace(Epochs, epoch, { number }),
      replace(FleetControls, control, stopped),
      replace(Ledgers, await load(table, Ledgers), { counts: await countGrants(table, writes) }),
    ],
    [
      {
        subject: 'fleet',
        event: 'FleetStopped',
        principal: by,
        detail: { ...stopped, epoch: number, folded, ...more },
      },
    ],
    now,
  );
  return { epoch: number, folded };
}

/** From the wrong clock: nobody would know how long the mutators were off, and of what came after such a restore nothing would be folded. */
function refuseAhead(what: string, at: Date, now: Date): void {
  if (at.getTime() - now.getTime() <= MOST_AHEAD) return;
  throw namedError(
    'InvalidInput',
    `${what} ${at.toISOString()}, is after this machine's time ${now.toISOString()}: one of the two clocks is wrong. Set this machine's clock, or correct that time, then run it again.`,
  );
}

const MOST_NAMED = 10;

/** Records of these that do not hold together: whoever changed them would write into the table what Liftlock never decided. */
async function breaksOf(table: Ports['table'], items: readonly AuditItem[]): Promise<string[]> {
  const breaks: string[] = [];
  for (const subject of new Set(items.map((item) => item.subject))) {
    const broken = firstBreak(await table.auditOf(subject));
    if (broken !== undefined) breaks.push(`${subject} #${broken.sequence}: ${broken.problem}`);
  }
  return breaks;
}

function brokenAudit(broken: readonly string[]): Error {
  const more = broken.length > MOST_NAMED ? ` and ${broken.length - MOST_NAMED} more` : '';
  return namedError(
    'InvalidInput',
    `Somebody has changed the audit, and what it says would be written into the table: ${broken.slice(0, MOST_NAMED).join('; ')}${more}. Compare it with its anchors: liftlock audit verify (docs/runbook.md, liftlock/audit/tampered). To fold it as it is: --accept-broken-audit`,
  );
}

/** Clocks differ and a restore is not exact to the second: what is folded twice is the same. */
const OVERLAP_MINUTES = 15;

/**
 * Where what the restored table knows ends. A table that an earlier restore has replaced knows nothing from then on, to whatever later
 * time it is restored: its epoch tells.
 */
async function endOf(table: Ports['table'], restoredTo: Date): Promise<Date> {
  const known = (await load(table, Epochs))?.data.number ?? 0;
  const replaced = (await table.auditOf('fleet')).find(
    ({ event, detail }) => event === 'FleetStopped' && typeof detail.epoch === 'number' && detail.epoch > known,
  );
  const end = Math.min(
    restoredTo.getTime(),
    replaced === undefined ? Number.POSITIVE_INFINITY : Date.parse(replaced.at),
  );
  return new Date(end - OVERLAP_MINUTES * 60_000);
}

/** Writes within one millisecond are ahead of it by one each. */
const MOST_AHEAD = 1_000;

/** What is written from now on must be newer than all that the audit knows. */
function refuseFuture(writes: readonly StoredItem[], now: Date): void {
  const ahead = Math.max(0, ...writes.map(({ revision }) => revision)) - revisionOf(now);
  if (ahead <= MOST_AHEAD) return;
  throw namedError(
    'InvalidInput',
    `The audit has writes of ${ahead} ms after this machine's time ${now.toISOString()}. Set its clock, or wait for so long, then run it again.`,
  );
}

async function fold(table: Ports['table'], writes: readonly StoredItem[]): Promise<number> {
  let folded = 0;
  for (const write of writes) {
    const found = await table.get(write);
    if (found !== undefined && found.revision >= write.revision) continue;
    await table.restore(write);
    folded += 1;
  }
  return folded;
}

/** By the grants that hold a place, each read anew: the index may not have all that was folded yet. */
async function countGrants(table: Ports['table'], writes: readonly StoredItem[]): Promise<Record<string, number>> {
  const keys = new Map<string, ItemKey>();
  for (const { pk, sk, kind } of [...(await table.queryKind(Grants.kind)), ...writes])
    if (kind === Grants.kind) keys.set(itemId({ pk, sk }), { pk, sk });
  const counts: Record<string, number> = {};
  for (const { status, capKeys } of await loadAll(table, Grants, [...keys.values()]))
    if (status !== 'free') recountInPlace(counts, capKeys, 1);
  return counts;
}

/** The last write of each item that the audit tells of: the newest revision, whatever the order of subjects. */
export function newestWrites(items: readonly AuditItem[]): StoredItem[] {
  const newest = new Map<string, StoredItem>();
  for (const { detail } of items) {
    for (const item of (detail.writes ?? []) as readonly StoredItem[]) {
      const known = newest.get(itemId(item));
      if (known === undefined || known.revision < item.revision) newest.set(itemId(item), item);
    }
  }
  return [...newest.values()];
}
