import { covers, overlapInPart } from '../../selector/cover.ts';
import type { UpgradePolicySpec } from '../types.ts';
import type { Report } from './check.ts';

/** The name and selector of a policy. */
export interface SelectingPolicy {
  readonly name: unknown;
  readonly selector: UpgradePolicySpec['selector'];
}

/** Of a config of five hundred policies for everything nobody reads more. */
const MOST = 20;

/**
 * A cluster that two policies select is left alone (`AmbiguousPolicy`), so neither policy upgrades the clusters that they share. Every policy that
 * shares some is told, since whoever narrows only the first one still stops the others. Those that share whatever one of the two selects come first.
 */
export function checkPolicyOverlap(
  { selector: mine }: SelectingPolicy,
  earlier: readonly SelectingPolicy[],
  report: Report,
): void {
  const tell = (message: string) => report('warning', ['spec', 'selector'], message, 'key');
  const isWhole = ({ selector: theirs }: SelectingPolicy) => covers(theirs, mine) || covers(mine, theirs);
  const whole = earlier.filter(isWhole).map(({ name }) => ({ name, what: WHOLE }));
  const inPart = earlier.filter(({ selector: theirs }) => overlapInPart(theirs, mine));
  const told = [...whole, ...inPart.map(({ name }) => ({ name, what: 'may select some of the same clusters' }))];
  for (const { name, what } of told.slice(0, MOST))
    tell(`the policy "${name}" ${what}; a cluster with two policies is left alone. Narrow one of the two.`);
  if (told.length > MOST) tell(`${told.length - MOST} more policies may select clusters that this one selects too.`);
}

const WHOLE = 'selects the same clusters or more of them, or this one does';
