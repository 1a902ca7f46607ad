import { calendarStateAt } from '../../calendar/calendar-state.ts';
import { clockText } from '../../calendar/clock-text.ts';
import type { Member } from '../../contracts/items/rollout.ts';
import { type Reason, reason } from '../../contracts/step-result.ts';
import { hopRules } from '../../policy/hop-rules.ts';
import type { Drawn } from '../drawn.ts';

/** Stretches of work that are taken to end when their window has closed: those of waves that may overrun, and nodes after a bake. */
export function pastWindows(
  { input, rules, forward }: Drawn,
  policyName: string,
  { clusterKey, rolloutId, waveIndex }: Member,
  hops: readonly string[],
): Reason[] {
  const cluster = input.snapshot.clusters.get(clusterKey);
  const wave = forward.fleet.waves.get(`${rolloutId}/${waveIndex}`);
  const lived = forward.fleet.lived.get(clusterKey);
  if (cluster === undefined || lived === undefined) return [];
  const policy = rules.policies.get(policyName);
  const found = hopRules(policy, cluster, wave, input.snapshot.calendars, rules.fleet.tagPrefix);
  const { calendars, mayOverrun, wave: spec } = found;
  if (calendars.length === 0 || (!mayOverrun && spec?.bake === undefined)) return [];
  return lived.runs.flatMap(({ from, to, hop }) => {
    const { window, closesAt } = calendarStateAt(calendars, new Date(from));
    if (closesAt === null || closesAt.getTime() >= to) return [];
    const { freeze } = calendarStateAt(calendars, closesAt);
    const at = clockText(calendars, closesAt);
    const closed = window === null ? `its calendar closes at ${at}` : `the window ${window} closes at ${at}`;
    const what = freeze === null ? closed : `the freeze ${freeze} begins at ${at}`;
    const said = `The upgrade to ${hops[hop]} is taken to go on until ${clockText(calendars, new Date(to))}, and ${what}: what EKS works on then finishes, what is left waits for the next opening.`;
    return [reason('RunsPastWindow', said)];
  });
}
