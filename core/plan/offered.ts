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

/** This many members more than there is room for are offered, since some of them wait for a reason of their own. */
const SPARE = 8;

interface Looked {
  readonly waves: ReadonlyMap<string, Wave>;
  readonly members: ReadonlyMap<string, WaveMembers>;
  readonly ledger: Ledger;
}

/**
 * The members of a rollout that a tick could decide anything about: those that are begun or set aside, and the first of the others, as many as there
 * is room for. The decision about these is the same as among all members, since a full cap or a full wave refuses the rest in any case. A `depth` of
 * 1, 2, 3 … offers more and more; undefined = every member that has not settled.
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
    // The next wave opens by counting its members; of waves after it only those are looked at that are set aside, or come back.
    if (wave.status === 'Pending') {
      if (own !== undefined)
        result.push(...(depth === undefined || current ? own.unsettled() : [...own.begun(), ...own.aside()]));
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

/** After the first look caps are widened, since an earlier member may wait for a reason of its own. */
function pending(wave: Wave, own: WaveMembers, { counts }: Ledger, depth: number): Member[] {
  if (waveRefusal(wave) !== undefined) return own.firstPending();
  return own.pending((wave.maxConcurrency - wave.inFlight + SPARE) * 4 ** (depth - 1), counts, (depth - 1) * SPARE);
}

/** What also holds for every later member of the same wave, or under the same cap. */
const SHARED: readonly (WaitedFor | undefined)[] = ['cap', 'place', 'window'];

/** Whether a member waits for a reason of its own, so that one that was not offered may have no such reason. */
export function isOwnReason({ clusters, fleet }: FleetSnapshot, { clusterKey, reasons }: Waiting): boolean {
  const calendars = clusters.get(clusterKey)?.tags[`${fleet?.tagPrefix ?? ''}calendar`];
  return calendars !== undefined || reasons.every(({ code }) => !SHARED.includes(waitsFor(code)));
}
