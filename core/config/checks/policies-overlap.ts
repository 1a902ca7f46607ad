import { covers, overlapInPart } from '../../selector/cover.ts';
import type { UpgradePolicySpec } from '../types.ts';
import type { Report } from './check.ts';

/** The name and selector of a policy. */
export interface SelectingPolicy {
  readonly name: unknown;
  readonly selector: UpgradePolicySpec['selector'];
}

/** A cluster that two policies select is left alone (`AmbiguousPolicy`), so neither policy upgrades the clusters that they share. */
export function checkPolicyOverlap(
  { selector: mine }: SelectingPolicy,
  earlier: readonly SelectingPolicy[],
  report: Report,
): void {
  for (const { name, selector: theirs } of earlier) {
    const whole = covers(theirs, mine) || covers(mine, theirs);
    if (!whole && !overlapInPart(theirs, mine)) continue;
    const what = whole
      ? 'selects the same clusters or more of them, or this one does'
      : 'selects some of the same clusters';
    const message = `the policy "${name}" ${what}; a cluster with two policies is left alone. Narrow one of the two.`;
    report('warning', ['spec', 'selector'], message, 'key');
    return;
  }
}
