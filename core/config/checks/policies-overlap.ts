import { covers } from '../../selector/cover.ts';
import type { UpgradePolicy } from '../types.ts';

/**
 * The policy before `policy` that takes all clusters of it, or the other way round; undefined when neither contains the
 * other. A cluster that two policies select is excluded (`AmbiguousPolicy`), so one of the two would do nothing.
 */
export function overlappingPolicy(policy: UpgradePolicy, earlier: readonly UpgradePolicy[]): UpgradePolicy | undefined {
  const mine = policy.spec.selector;
  return earlier.find(({ spec }) => covers(spec.selector, mine) || covers(mine, spec.selector));
}
