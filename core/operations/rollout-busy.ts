import type { Rollout } from '../contracts/items/rollout.ts';
import { Refusal } from '../queries/refusal.ts';

/** The refusal of a second rollout of a policy. `underWay`: undefined where it has ended since. */
export function busy(policy: string, underWay: Pick<Rollout, 'id' | 'status'> | undefined): Refusal {
  const { id, status } = underWay ?? {};
  const which =
    id === undefined
      ? `A rollout of the policy ${policy} was under way a moment ago, and there is one at a time. Try again.`
      : `The rollout ${id} of the policy ${policy} is under way, and there is one at a time. It is ${status}: wait for its end, or resume, promote or abort it: liftlock describe rollout ${id}`;
  return new Refusal('RolloutBusy', which);
}
