import type { Grant, Intent } from '../contracts/items/protocol.ts';
import { LIFTLOCK } from '../contracts/names.ts';
import { hopTo } from '../model/hop.ts';
import { recount } from '../policy/caps.ts';
import type { Ports } from '../ports/ports.ts';
import type { WriteOperation } from '../ports/table.ts';
import { batched, readAhead } from '../store/batched.ts';
import { change, NOTHING, writeMark } from '../store/change.ts';
import { Grants, Ledgers, Members, Upgrades, Waves } from '../store/entities.ts';
import { load, replace, unchanged } from '../store/entity.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { graceEnd, listEnd } from './intent-state.ts';
import { intentsOf, notBegun, recordOutcome } from './intent-store.ts';
import { lookUp } from './look-up.ts';

const entryOf = (event: string, { clusterKey, number: grantNumber, upgradeId }: Grant) => ({
  subject: clusterKey,
  event,
  principal: LIFTLOCK,
  detail: { grantNumber, upgradeId },
});

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
 * Resolves every open intent of a cluster whose grant is closing: waits out its grace, looks it up until it must be listed, writes its outcome.
 * Gives the instant to come back at, or undefined when none is open any more. Fails when EKS cannot be read.
 */
export async function resolveIntents(
  ports: Pick<Ports, 'table' | 'clock' | 'eks'>,
  clusterKey: string,
): Promise<Date | undefined> {
  let again: Date | undefined;
  for (const read of await intentsOf(ports.table, clusterKey)) {
    const { data: intent } = read;
    if (intent.outcome !== undefined) continue;
    const grace = graceEnd(intent);
    const early = ports.clock.now() < grace;
    const outcome = early ? undefined : await outcomeOf(ports, intent);
    if (outcome === undefined) {
      const until = early ? grace : listEnd(intent);
      again = again === undefined || until < again ? until : again;
    } else await recordOutcome(ports, intent, outcome, read);
  }
  return again;
}

/** Undefined = what it may have started may not be listed yet. */
async function outcomeOf({ eks, clock }: Pick<Ports, 'eks' | 'clock'>, intent: Intent): Promise<Intent['outcome']> {
  const at = clock.now().toISOString();
  const update = await lookUp(eks, intent);
  if (update === 'gone') return { type: 'lost', at };
  if (update !== undefined) return { type: 'accepted', updateId: update.id, at };
  return clock.now() < listEnd(intent) ? undefined : notBegun(intent, at);
}

/**
 * closing → free, the caps counted down and the wave's place given back, in one transaction (protocol.md rule 3). One that was done by hand
 * asks for a full look: while it was held no plan that waits took the cluster's new version in (replan.ts). `grantedUpgrade`: the grant's,
 * where it is known, to read it together with the grant.
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
      // A member that was mutated and has not settled keeps its place: so does one between two hops, and one that bakes, whoever moved it.
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
