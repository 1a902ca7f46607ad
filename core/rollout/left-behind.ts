import { durationMilliseconds } from '../calendar/duration.ts';
import type { Member, Wave } from '../contracts/items/rollout.ts';
import type { WaitedFor } from '../contracts/reasons/reason-facts.ts';
import { waitsFor } from '../contracts/reasons.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import type { HopRules } from '../policy/hop-rules.ts';
import { whyNever } from '../policy/never-starts.ts';

/** How long a wave waits for who never starts, as its policy writes it; undefined = for ever. */
export function patienceOf(policy: HopRules['policy']): string | undefined {
  const { cannotStart = 'wait' } = policy?.spec ?? {};
  return cannotStart === 'wait' ? undefined : cannotStart.leaveBehindAfter;
}

/** When a wave leaves behind who never starts; undefined = it waits for them, or has not opened. */
export function leavesAt(policy: HopRules['policy'], { openedAt }: Pick<Wave, 'openedAt'>): Date | undefined {
  const patience = patienceOf(policy);
  if (patience === undefined || openedAt === undefined) return undefined;
  return new Date(Date.parse(openedAt) + durationMilliseconds(patience));
}

/** What a place or a cap adds to a closed window changes nothing; whatever else is said, a person or somebody at work has to come first. */
const OF_ALL: readonly (WaitedFor | undefined)[] = ['window', 'place', 'cap'];
export const waitsForWindow = (reasons: readonly Reason[]): boolean =>
  reasons.every(({ code }) => OF_ALL.includes(waitsFor(code))) &&
  reasons.some(({ code }) => waitsFor(code) === 'window');

/**
 * Why a member ends here that nothing but its calendars keeps waiting (semantics.md, Never starts): its wave has been open for as long as the
 * policy says, and in all that time, as the calendars are now, and for three years more there is no opening that it fits into: a freeze that has
 * just begun leaves nobody behind. Undefined = it is waited for. One that was begun, or failed before, is.
 */
export function leftBehind(
  rules: HopRules,
  wave: Wave,
  { status, inFlight, failedBefore }: Member,
  now: Date,
): Reason | undefined {
  const [patience, at] = [patienceOf(rules.policy), leavesAt(rules.policy, wave)];
  if (patience === undefined || at === undefined || at > now) return undefined;
  if (status !== 'Pending' || inFlight || failedBefore === true) return undefined;
  const why = whyNever(rules, now, new Date(now.getTime() - durationMilliseconds(patience)));
  if (why === undefined) return undefined;
  const said = `It never starts as things are: ${why} The wave ${wave.name} has been open for ${patience}, and has left it behind (cannotStart of the policy ${rules.policy?.metadata.name}).`;
  return reason('NeverStarts', said);
}
