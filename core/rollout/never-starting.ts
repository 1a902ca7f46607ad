import type { Member, Rollout, Wave } from '../contracts/items/rollout.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { glassInForce } from '../policy/break-glass.ts';
import type { HopRules } from '../policy/hop-rules.ts';
import { whyNever } from '../policy/never-starts.ts';
import { waveNamed } from '../policy/wave-of.ts';
import { PASSED_WAVES } from '../protocol/granting-waves.ts';
import { leavesAt, patienceOf } from './left-behind.ts';
import { memberRules } from './member-rules.ts';
import { unready } from './require-ready.ts';
import type { FleetSnapshot } from './snapshot.ts';
import { underWayOf } from './under-way.ts';
import { waveEnd } from './wave-end.ts';

/**
 * A wave with members that never start as their calendars are, whose hop somebody else has begun, or that it waits for before it opens; and what the
 * policy makes of that.
 */
interface StalledWave {
  readonly wave: Wave;
  readonly members: readonly Member[];
  /** The names of the later waves that wait for this one. */
  readonly holds: readonly string[];
  /** Whether the wave does not open without these members, so that its other members wait too. */
  readonly staysShut: boolean;
  /** When the wave goes on without these members; undefined = never, or the wave has not opened. */
  readonly leavesAt: Date | undefined;
  /** Everything in words, with what lets the wave pass. */
  readonly reason: Reason;
}

/** The waves of a rollout that cannot end by themselves, or only without some of their clusters; a wave that holds all later ones comes first. */
export function stalledWaves(
  snapshot: FleetSnapshot,
  rollout: Rollout,
  waves: readonly Wave[],
  members: readonly Member[],
  now: Date,
): StalledWave[] {
  const rulesOf = memberRules(snapshot, now);
  const known = new Map<HopRules, string | undefined>();
  const ordered = waves.filter(({ status }) => !PASSED_WAVES.includes(status)).sort((a, b) => a.index - b.index);
  const policy = snapshot.policies.get(rollout.policy)?.policy;
  return ordered.flatMap((wave, place) => {
    const holds = ordered.flatMap(({ index, name, members: all, excluded }) =>
      index > wave.index && all > excluded ? name : [],
    );
    const own = members.filter(({ waveIndex, status }) => waveIndex === wave.index && status === 'Pending');
    // Members of later waves are looked at again before their wave's turn comes.
    const isAsked = wave.status === 'Pending' && (place === 0 || snapshot.takesLooksForMade === true);
    const spec = waveNamed(policy, wave.name);
    const late = isAsked ? unready(snapshot, spec, { rollout, waves, wave }, own, now) : undefined;
    const awaited = late === undefined ? [] : [{ wave, ...late, holds, staysShut: true, leavesAt: undefined }];
    const whys = new Map<string, Member[]>();
    for (const member of own) {
      const { clusterKey, inFlight } = member;
      const cluster = snapshot.clusters.get(clusterKey);
      if (inFlight || cluster === undefined) continue;
      const { rules } = rulesOf(rollout.policy, cluster, wave);
      if (!known.has(rules)) known.set(rules, whyNever(rules, now));
      const why = known.get(rules);
      const control = snapshot.controls.get(clusterKey);
      if (why === undefined || glassInForce(control, wave, rules.policy?.spec.breakGlass, now) !== undefined) continue;
      whys.set(why, [...(whys.get(why) ?? []), member]);
    }
    const begun = own.flatMap((member) =>
      member.inFlight ? [] : begunByOthers(snapshot, rollout, wave, member, holds),
    );
    if (whys.size === 0) return [...begun, ...awaited];
    const at = leavesAt(policy, wave);
    const patience = patienceOf(policy);
    const who = [...whys].map(([why, those]) => `${namesOf(those)} as things are: ${why}`).join(' ');
    const then =
      patience === undefined
        ? `The wave does not end by itself${holds.length === 0 ? '' : `, and ${listOf(holds)} after it ${holds.length > 1 ? 'do' : 'does'} not begin`} (cannotStart: wait). Change the calendars, or let the policy ${rollout.policy} go on without: cannotStart: { leaveBehindAfter: 14d }.`
        : `The wave waits until ${at?.toISOString() ?? `it has been open for ${patience}`}${holds.length === 0 ? '' : `, and ${listOf(holds)} after it`}; what still never starts then is left behind (cannotStart of the policy ${rollout.policy}).`;
    const stuck = [...whys.values()].flat();
    const blocked = wave.blocked + stuck.length;
    const best = { ...wave, blocked, succeeded: wave.members - wave.failed - wave.excluded - blocked };
    const isUndecided = patience !== undefined && waveEnd(best, spec).status === 'Undecided';
    const asks = isUndecided ? ' Too few are judged then, so that an approver lets it pass (rollout promote).' : '';
    const said = reason('NeverStarts', `In the wave ${wave.name}, ${who} ${then}${asks}`);
    return [{ wave, members: stuck, holds, staysShut: false, leavesAt: at, reason: said }, ...begun, ...awaited];
  });
}

/** The member's cluster has an upgrade that somebody else has to finish first: the wave does not end before that. */
function begunByOthers(
  snapshot: FleetSnapshot,
  rollout: Rollout,
  wave: Wave,
  member: Member,
  holds: readonly string[],
): StalledWave[] {
  return underWayOf(snapshot, rollout, member).map(({ code, message }) => {
    const then =
      holds.length === 0 ? '' : ` Before that ${listOf(holds)} after it ${holds.length > 1 ? 'do' : 'does'} not begin.`;
    const said = { code, message: `In the wave ${wave.name}, ${member.name} does not begin: ${message}${then}` };
    return { wave, members: [member], holds, staysShut: false, leavesAt: undefined, reason: said };
  });
}

const MOST_NAMES = 10;

function namesOf(members: readonly Member[]): string {
  const names = members.slice(0, MOST_NAMES).map(({ name }) => name);
  const more = members.length - names.length;
  return `${listOf(more > 0 ? [...names, `${more} more`] : names)} never ${members.length > 1 ? 'start' : 'starts'}`;
}

const listOf = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
