import { covers, overlapInPart } from '../../selector/cover.ts';
import type { UpgradePolicy } from '../types.ts';
import type { Report } from './check.ts';

/** A cluster that two policies select is left alone (`AmbiguousPolicy`), so what they share is upgraded by neither. */
export function checkPolicyOverlap(policy: UpgradePolicy, earlier: readonly UpgradePolicy[], report: Report): void {
  const mine = policy.spec.selector;
  for (const { metadata, spec } of earlier) {
    const theirs = spec.selector;
    const whole = covers(theirs, mine) || covers(mine, theirs);
    if (!whole && !overlapInPart(theirs, mine)) continue;
    const what = whole
      ? 'selects the same clusters or more of them, or this one does'
      : 'selects some of the same clusters';
    const message = `the policy "${metadata.name}" ${what}; a cluster with two policies is left alone. Narrow one of the two.`;
    report('warning', ['spec', 'selector'], message, 'key');
    return;
  }
}
