import type { Ledger } from '../contracts/items/protocol.ts';
import type { Member, Rollout, Wave } from '../contracts/items/rollout.ts';
import type { WaitedFor } from '../contracts/reasons/reason-facts.ts';
import { waitsFor } from '../contracts/reasons.ts';
import { waveRefusal } from '../policy/wave-room.ts';
import { GRANTING_WAVES, PASSED_WAVES } from '../protocol/granting-waves.ts';
import type { Waiting } from '../rollout/decisions.ts';
import type { FleetSnapshot } from '../rollout/snapshot.ts';
import { unsettledIn } from '../rollout/wave-end.ts';
import type { WaveMembers } from './wave-members.ts';

/** Members beside those that there is room for: some of them wait for a reason of their own. */
const SPARE = 8;

interface Looked {
  readonly waves: ReadonlyMap<string, Wave>;
  readonly members: ReadonlyMap<string, WaveMembers>;
  readonly ledger: Ledger;
}

/**
 * The members of a rollout that a tick could do anything with: those that are begun or set aside, and of the others as many as there is
 * room for, the first ones. The decision about those is the same as among all, since a cap that is full or a wave that is full refuses
 * the rest in any case. `depth` 1, 2, 3 … offers ever more; undefined = everybody who has not settled.
 */
export function offered(looked: Looked, rollout: Rollout, depth: number | undefined): Member[] {
  const result: Member[] = [];
  let current = true;
  for (let index = 0; index < rollout.waves.length; index += 1) {
    const key = `${rollout.id}/${index}`;
    const wave = looked.waves.get(key);
    const own = looked.members.get(key);
    if (wave === undefined) continue;
    const passed = PASSED_WAVES.includes(wave.status);
    // The next wave opens by counting its members; those after it are not looked at yet.
    if (wave.status === 'Pending') {
      if (own !== undefined) result.push(...(depth === undefined || current ? own.unsettled() : own.aside()));
      current = false;
      continue;
    }
    if (!passed) current = false;
    if (own === undefined || !GRANTING_WAVES.includes(wave.status)) continue;
    if (passed && wave.inFlight === 0 && unsettledIn(wave) <= 0) continue;
    if (depth === undefined) result.push(...own.unsettled());
    else result.push(...own.begun(), ...own.aside(), ...pending(wave, own, looked.ledger, depth));
  }
  return result;
}

/** Beyond the first look caps are widened, since somebody before may wait for a reason of his own. */
function pending(wave: Wave, own: WaveMembers, { counts }: Ledger, depth: number): Member[] {
  if (waveRefusal(wave) !== undefined) return own.firstPending();
  return own.pending((wave.maxConcurrency - wave.inFlight + SPARE) * 4 ** (depth - 1), counts, (depth - 1) * SPARE);
}

/** What holds for everybody who comes after in the same wave, or under the same cap. */
const SHARED: readonly (WaitedFor | undefined)[] = ['cap', 'place', 'window'];

/** Somebody waits for a reason of his own, so that one who was not offered may have none. */
export function isOwnReason({ clusters, fleet }: FleetSnapshot, { clusterKey, reasons }: Waiting): boolean {
  const calendars = clusters.get(clusterKey)?.tags[`${fleet?.tagPrefix ?? ''}calendar`];
  return calendars !== undefined || reasons.every(({ code }) => !SHARED.includes(waitsFor(code)));
}
