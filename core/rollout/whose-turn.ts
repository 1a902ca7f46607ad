import type { Member, Rollout, Wave } from '../contracts/items/rollout.ts';
import { waveRefusal } from '../policy/wave-room.ts';
import { GRANTING_WAVES } from '../protocol/vetoes.ts';

/**
 * Whether a member could be granted now as far as its rollout and its wave tell; one whose wave was not looked at might. About the others
 * nothing but their clusters can decide, and a change of those has the next tick look at all of them.
 */
export function isItsTurn(
  { status, inFlight }: Pick<Member, 'status' | 'inFlight'>,
  rollout: Pick<Rollout, 'status'> | undefined,
  wave: Wave | undefined,
): boolean {
  if (status === 'Running' || rollout?.status !== 'Running') return false;
  if (wave === undefined) return true;
  return GRANTING_WAVES.includes(wave.status) && (inFlight || waveRefusal(wave) === undefined);
}
