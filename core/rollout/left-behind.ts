import { durationMilliseconds } from '../calendar/duration.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Member, Rollout, Wave } from '../contracts/items/rollout.ts';
import type { WaitedFor } from '../contracts/reasons/reason-facts.ts';
import { waitsFor } from '../contracts/reasons.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import type { HopRules } from '../policy/hop-rules.ts';
import { whyNever } from '../policy/never-starts.ts';
import { memberRules } from './member-rules.ts';
import type { FleetSnapshot } from './snapshot.ts';

/** How long a wave waits for members that never start, as its policy writes it; undefined = for ever. */
export function patienceOf(policy: HopRules['policy']): string | undefined {
  const { cannotStart = 'wait' } = policy?.spec ?? {};
  return cannotStart === 'wait' ? undefined : cannotStart.leaveBehindAfter;
}

/** When a wave leaves behind the members that never start; undefined = it waits for them, or has not opened. */
export function leavesAt(policy: HopRules['policy'], { openedAt }: Pick<Wave, 'openedAt'>): Date | undefined {
  const patience = patienceOf(policy);
  if (patience === undefined || openedAt === undefined) return undefined;
  return new Date(Date.parse(openedAt) + durationMilliseconds(patience));
}

/**
 * While the window is closed, a full wave or cap changes nothing, so these three count as waiting for the window; with any other reason a person or
 * somebody at work has to come first.
 */
const OF_ALL: readonly (WaitedFor | undefined)[] = ['window', 'place', 'cap'];
export const waitsForWindow = (reasons: readonly Reason[]): boolean =>
  reasons.every(({ code }) => OF_ALL.includes(waitsFor(code))) &&
  reasons.some(({ code }) => waitsFor(code) === 'window');

/**
 * Why a member ends here that only its calendars keep waiting (semantics.md, Windows, bakes, watches and estimates). Its wave has been open for as
 * long as the policy says, and the present calendars had no opening for the member in that time and have none for three more years. So a freeze that
 * has just begun leaves nobody behind. Undefined when the wave waits for the member, as for one that has begun or had failed before.
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

/** Why the next look would leave a member behind that is tried again; undefined where it would not. */
export const leftAgain = (
  snapshot: FleetSnapshot,
  rollout: Rollout,
  wave: Wave,
  { member, cluster }: { readonly member: Member; readonly cluster: ClusterRecord },
  now: Date,
): Reason | undefined => leftBehind(memberRules(snapshot, now)(rollout.policy, cluster, wave).rules, wave, member, now);
