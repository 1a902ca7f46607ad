import type { UpgradePolicySpec } from '../config/types.ts';
import type { BreakGlass } from '../contracts/items/break-glass.ts';
import type { ClusterControl } from '../contracts/items/cluster.ts';
import type { Wave } from '../contracts/items/rollout.ts';
import type { ReasonCode } from '../contracts/reasons.ts';
import type { Reason } from '../contracts/step-result.ts';
import { EVERYBODY, namesPrincipal, personOf } from '../model/principal.ts';

type Rule = UpgradePolicySpec['breakGlass'];

/** The codes that a broken glass passes. A calendar that does not exist or cannot be read stays closed, since nobody knows what it would say. */
const PASSED: readonly ReasonCode[] = ['WindowClosed', 'Frozen', 'WindowTooShort', 'WindowClosing'];
export const passesBreakGlass = ({ code }: Reason): boolean => PASSED.some((passed) => passed === code);

/** The longest that one order holds. */
export const MOST_HOURS = 24;

/** How many people have to ask for the order: two where the policy wants four eyes now, or wanted them when the order was asked for. */
export const peopleNeeded = (rule: Rule, glass?: BreakGlass): number =>
  rule?.fourEyes === true || glass?.fourEyes === true ? 2 : 1;

/** Whether the word of this person counts. */
export const mayBreakGlass = (rule: Rule, principal: string): boolean =>
  personOf(principal) !== undefined &&
  (rule?.from ?? [EVERYBODY]).some((pattern) => namesPrincipal(pattern, principal));

/** Whether the order holds now, under the policy as it is now. */
export function isInForce(glass: BreakGlass | undefined, rule: Rule, now: Date): glass is BreakGlass {
  if (glass === undefined || Date.parse(glass.until) <= now.getTime()) return false;
  const people = glass.by.flatMap(({ principal }) => (mayBreakGlass(rule, principal) ? [personOf(principal)] : []));
  return new Set(people).size >= peopleNeeded(rule, glass);
}

/** The order, if any, that lets this cluster pass its calendars now, as a member of this wave or of none. */
export function glassInForce(
  control: ClusterControl | undefined,
  wave: Pick<Wave, 'breakGlass' | 'planHash'> | undefined,
  rule: Rule,
  now: Date,
): BreakGlass | undefined {
  const ofWave = wave?.breakGlass?.planHash === wave?.planHash ? wave?.breakGlass : undefined;
  return [control?.breakGlass, ofWave].find((glass) => isInForce(glass, rule, now));
}
