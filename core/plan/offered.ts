import type { Ledger } from '../contracts/items/protocol.ts';
import type { Member, Rollout, Wave } from '../contracts/items/rollout.ts';
import { capKeys, capLimit } from '../policy/caps.ts';
import { waveRefusal } from '../policy/wave-room.ts';
import { GRANTING_WAVES } from '../protocol/grant-decision.ts';
import type { Waiting } from '../rollout/decisions.ts';
import type { FleetSnapshot } from '../rollout/snapshot.ts';
import { PASSED } from '../rollout/wave-end.ts';

/** Members beside those that there is room for: some of them wait for a reason of their own. */
const SPARE = 8;

const isBegun = (member: Member): boolean =>
  member.status === 'Running' || member.status === 'Parked' || member.inFlight;

/**
 * The members of a rollout that a tick could do anything with: those that are begun or set aside, and of the others as many as there is
 * room for, the first ones. The decision about those is the same as among all, since a cap that is full or a wave that is full refuses
 * the rest in any case. `depth` 1, 2, 3 … offers ever more; undefined = everybody who has not settled.
 */
export function offered(
  base: FleetSnapshot,
  rollout: Rollout,
  waves: ReadonlyMap<string, Wave>,
  members: ReadonlyMap<string, readonly Member[]>,
  ledger: Ledger,
  depth: number | undefined,
): Member[] {
  const result: Member[] = [];
  let current = true;
  for (let index = 0; index < rollout.waves.length; index += 1) {
    const wave = waves.get(`${rollout.id}/${index}`);
    const own = members.get(`${rollout.id}/${index}`) ?? [];
    if (wave === undefined) continue;
    const passed = PASSED.includes(wave.status);
    // The next wave opens by counting its members; those after it are not looked at yet.
    if (wave.status === 'Pending') {
      if (depth === undefined) {
        push(result, own.filter(unsettled));
        continue;
      }
      if (current) push(result, own.filter(unsettled));
      break;
    }
    if (!passed) current = false;
    if (!GRANTING_WAVES.includes(wave.status)) continue;
    if (passed && wave.inFlight === 0 && wave.succeeded + wave.failed + wave.blocked + wave.excluded >= wave.members)
      continue;
    if (depth === undefined) {
      push(result, own.filter(unsettled));
      continue;
    }
    push(
      result,
      own.filter((member) => isBegun(member) || member.status === 'Quarantined'),
    );
    push(result, firstPending(base, rollout, wave, own, ledger, depth));
  }
  return result;
}

/** Thousands of arguments would exhaust the stack. */
function push(list: Member[], more: readonly Member[]): void {
  for (const member of more) list.push(member);
}

const unsettled = (member: Member): boolean => ['Pending', 'Running', 'Parked', 'Quarantined'].includes(member.status);

function firstPending(
  base: FleetSnapshot,
  rollout: Rollout,
  wave: Wave,
  own: readonly Member[],
  ledger: Ledger,
  depth: number,
): Member[] {
  if (waveRefusal(wave) !== undefined) return own.filter((member) => member.status === 'Pending').slice(0, 1);
  const room = (wave.maxConcurrency - wave.inFlight + SPARE) * 4 ** (depth - 1);
  const { fleet } = base;
  const policy = base.policies.get(rollout.policy)?.policy.spec;
  const counts: Record<string, number> = { ...ledger.counts };
  const pending: Member[] = [];
  for (const member of own) {
    if (pending.length >= room) break;
    if (member.status !== 'Pending') continue;
    const cluster = base.clusters.get(member.clusterKey);
    if (cluster === undefined || fleet === undefined) continue;
    const keys = capKeys(cluster, fleet).filter((key) => capLimit(key, fleet, policy) !== undefined);
    // Beyond the first look everybody counts, since somebody before may wait for a reason of his own.
    const isFull = keys.some((key) => (counts[key] ?? 0) >= (capLimit(key, fleet, policy) ?? 0) + (depth - 1) * SPARE);
    if (isFull) continue;
    for (const key of keys) counts[key] = (counts[key] ?? 0) + 1;
    pending.push(member);
  }
  return pending;
}

/** Reasons that hold for everybody who comes after in the same wave, or under the same cap. */
const SHARED = new Set([
  'CapReached',
  'WaveFull',
  'CanaryFirst',
  'BudgetInFlight',
  'WindowClosed',
  'Frozen',
  'WindowTooShort',
  'WindowClosing',
]);

/** Somebody waits for a reason of his own, so that one who was not offered may have none. */
export function isOwnReason({ clusters, fleet }: FleetSnapshot, { clusterKey, reasons }: Waiting): boolean {
  const calendars = clusters.get(clusterKey)?.tags[`${fleet?.tagPrefix ?? ''}calendar`];
  return calendars !== undefined || reasons.every(({ code }) => !SHARED.has(code));
}
