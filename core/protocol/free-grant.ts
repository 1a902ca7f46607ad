import type { Grant, Intent } from '../contracts/items/protocol.ts';
import { hasNoUpdate } from '../contracts/mutating-calls.ts';
import { LIFTLOCK } from '../contracts/names.ts';
import { hopTo } from '../model/hop.ts';
import { recount } from '../policy/caps.ts';
import type { Ports } from '../ports/ports.ts';
import type { WriteOperation } from '../ports/table.ts';
import type { AuditEntry } from '../store/audit.ts';
import { auditEntry, change, NOTHING, writeMark } from '../store/change.ts';
import { Grants, Ledgers, Members, Upgrades, Waves } from '../store/entities.ts';
import { batched, load, readAhead, replace, unchanged } from '../store/entity.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { intentsOf, notBegun, recordOutcome } from './intent-store.ts';
import { graceEnd, listEnd, lookUp } from './look-up.ts';

const entryOf = (event: string, { clusterKey, number: grantNumber, upgradeId }: Grant): AuditEntry =>
  auditEntry(clusterKey, event, LIFTLOCK, { grantNumber, upgradeId });

/** open → closing: from here on every commit under this grant fails. */
export function closeGrant(ports: Pick<Ports, 'table' | 'clock'>, clusterKey: string, number: number): Promise<void> {
  return change(ports, async (now) => {
    const grant = await load(ports.table, Grants, clusterKey);
    if (grant === undefined || grant.data.number !== number || grant.data.status !== 'open') return NOTHING;
    const closing: Grant = { ...grant.data, status: 'closing', closingSince: now.toISOString() };
    return { ...NOTHING, writes: [replace(Grants, grant, closing)], record: [entryOf('GrantClosing', grant.data)] };
  });
}

/**
 * Resolves every open intent of a cluster whose grant is closing: waits out its grace, looks it up until EKS must list its update, writes its
 * outcome. Returns the instant to come back at, or undefined when no intent is open any more. With `asksLater` it returns `asks-eks` where it would
 * have to ask EKS. Fails when EKS cannot be read.
 */
export function resolveIntents(ports: ResolvePorts, clusterKey: string): Promise<Date | undefined>;
export function resolveIntents(ports: ResolvePorts, clusterKey: string, asksLater: true): Promise<Resolved>;
export async function resolveIntents(ports: ResolvePorts, clusterKey: string, asksLater = false): Promise<Resolved> {
  let again: Date | undefined;
  for (const read of await intentsOf(ports.table, clusterKey)) {
    const { data: intent } = read;
    if (intent.outcome !== undefined) continue;
    const grace = graceEnd(intent);
    const early = ports.clock.now() < grace;
    if (asksLater && !early && !hasNoUpdate(intent.call.name)) return 'asks-eks';
    const outcome = early ? undefined : await outcomeOf(ports, intent);
    if (outcome === undefined) {
      const until = early ? grace : listEnd(intent);
      again = again === undefined || until < again ? until : again;
    } else await recordOutcome(ports, intent, outcome, read);
  }
  return again;
}

type ResolvePorts = Pick<Ports, 'table' | 'clock' | 'eks'>;
/** What has become of the open intents: when to come back, undefined where none is open, or that EKS has to be asked first. */
export type Resolved = Date | undefined | 'asks-eks';

/** The outcome of an open intent; undefined = EKS may not list yet what the call has started. */
async function outcomeOf({ eks, clock }: Pick<Ports, 'eks' | 'clock'>, intent: Intent): Promise<Intent['outcome']> {
  const at = clock.now().toISOString();
  if (hasNoUpdate(intent.call.name)) return { type: 'unheard', at };
  const update = await lookUp(eks, intent);
  if (update === 'gone') return { type: 'lost', at };
  if (update !== undefined) return { type: 'accepted', updateId: update.id, at };
  return clock.now() < listEnd(intent) ? undefined : notBegun(intent, at);
}

/**
 * closing → free: counts the caps down and gives the wave's place back, in one transaction (protocol.md, Grants). After an upgrade that belongs to no
 * rollout it asks for a full look: while the cluster was under that grant, no plan that waits has taken in its new version (replan.ts).
 * `grantedUpgrade`: the id of the grant's upgrade where the caller knows it, so that both are read together.
 */
export function freeGrant(
  ports: Pick<Ports, 'table' | 'clock'>,
  clusterKey: string,
  number: number,
  grantedUpgrade?: string,
): Promise<void> {
  return change(ports, async (now) => {
    const { table } = ports;
    const keys = [Grants.key(clusterKey), Ledgers.key()];
    const ahead = grantedUpgrade === undefined ? keys : [...keys, Upgrades.key(clusterKey, grantedUpgrade)];
    const reader = await readAhead(table, ahead);
    const grant = await load(reader, Grants, clusterKey);
    if (grant === undefined || grant.data.number !== number || grant.data.status !== 'closing') return NOTHING;
    const ledger = await load(reader, Ledgers);
    const upgrade = await load(reader, Upgrades, clusterKey, grant.data.upgradeId);
    const operations: WriteOperation[] = [
      replace(Grants, grant, { ...grant.data, status: 'free', children: [] }),
      replace(Ledgers, ledger, { counts: recount(ledger?.data.counts ?? {}, grant.data.capKeys, -1) }),
      unchanged(Upgrades, upgrade, clusterKey, grant.data.upgradeId),
    ];
    const { rolloutId, waveIndex } = grant.data.rolloutId === undefined ? (upgrade?.data ?? {}) : grant.data;
    if (rolloutId === undefined) operations.push(await writeMark(table, now));
    else if (waveIndex !== undefined) {
      const place = batched(table);
      const [member, wave, before] = await Promise.all([
        load(place, Members, rolloutId, waveIndex, clusterKey),
        load(place, Waves, rolloutId, waveIndex),
        // The hop before the one that was granted, which this rollout may have made.
        upgrade && load(place, Upgrades, clusterKey, hopTo(KubeVersion.parse(upgrade.data.from))),
      ]);
      // A member that was mutated and has not settled keeps its place. So does a member between two hops, and one that bakes, whoever moved its
      // control plane.
      const unsettled = member !== undefined && (member.data.status === 'Parked' || member.data.status === 'Running');
      const { mutated, status, reasons: [first] = [] } = upgrade?.data ?? {};
      const isChanged = mutated === true || status === 'Succeeded' || first?.code === 'Baking';
      const keeps = unsettled && (isChanged || before?.data.rolloutId === rolloutId);
      if (member !== undefined && wave !== undefined && member.data.inFlight && !keeps) {
        operations.push(replace(Members, member, { ...member.data, inFlight: false }));
        operations.push(replace(Waves, wave, { ...wave.data, inFlight: Math.max(0, wave.data.inFlight - 1) }));
      }
    }
    return { ...NOTHING, writes: operations, record: [entryOf('GrantFreed', grant.data)] };
  });
}
