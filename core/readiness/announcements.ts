import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { ClusterNews, OwnerNews } from '../contracts/items/owner-news.ts';
import type { Member, Rollout } from '../contracts/items/rollout.ts';
import { waitsFor } from '../contracts/reasons.ts';
import { bounded, type Reason, reason } from '../contracts/step-result.ts';
import { given } from '../model/given.ts';
import { type Opening, waitsForHop, waitsForNextHop } from '../rollout/openings.ts';
import { clusterNames } from '../store/change.ts';

type Announced = NonNullable<ClusterNews['announced']>;

/** How many hours before an opening owners hear of it. */
const DISTANCES = [1, 24, 7 * 24];
const HOUR = 3_600_000;
/** Looks are an hour apart, so a distance is announced at the last look before it. */
const LOOKS_APART = 1;
const MOST_TOLD = 3;

/** The state of a member that was announced and has no known opening any more. */
export interface Withdrawal {
  readonly rollout: Pick<Rollout, 'status' | 'reasons' | 'id'> | undefined;
  readonly member: Pick<Member, 'status' | 'inFlight' | 'reasons' | 'origin'> | undefined;
}

export interface Announcement {
  /** Undefined = nothing is announced any more. */
  readonly kept: Announced | undefined;
  readonly news: OwnerNews | undefined;
}

/**
 * The news for an owner about when its cluster begins; undefined = nothing has changed. Each distance is announced once for an opening, and only the
 * nearest one where several have passed. An announcement that is not true any more is taken back once. After a cluster has missed an opening, its
 * owner hears of the next ones once what kept it is gone.
 */
export function announcementOf(
  cluster: Pick<ClusterRecord, 'clusterKey'>,
  before: Announced | undefined,
  opening: Opening | undefined,
  withdrawal: Withdrawal | undefined,
  now: Date,
): Announcement | undefined {
  const names = clusterNames(cluster.clusterKey);
  const { member } = withdrawal ?? {};
  // A member that an abort has taken out since keeps where it came from.
  const isNext =
    opening?.isNextHop === true || (member !== undefined && (member.origin !== undefined || waitsForNextHop(member)));
  const isOfThisHop = before?.isNextHop === true && (opening?.isNextHop !== true || opening.to === before.to);
  const anew = () =>
    announcementOf(cluster, undefined, opening, undefined, now) ?? { kept: undefined, news: undefined };
  // What was announced of the hop before has come true.
  if (before !== undefined && isNext && !isOfThisHop) return anew();
  if (opening?.at === undefined) {
    if (before === undefined) return undefined;
    const [rejected] = (opening?.reasons ?? []).filter(({ code }) => code === 'ApprovalRejected');
    const waits = rejected === undefined ? (opening?.reasons ?? []) : [rejected];
    const isComing = Date.parse(before.at) > now.getTime() + LOOKS_APART * HOUR;
    // The next look knows more about a tick between two looks, and in an open window a place may become free.
    const saysMore = rejected === undefined && (!isComing || waits.length === 0);
    if (saysMore && withdrawal?.member && waitsForHop(withdrawal.member) && goesOn(withdrawal)) return undefined;
    const why = withdrawal && whyWithdrawn(withdrawal, waits, isComing);
    if (why === undefined || before.notBegunFor !== undefined) return { kept: undefined, news: undefined };
    return { kept: undefined, news: { ...names, ...takenBack(before, why) } };
  }
  const { rolloutId, to, hops, at, isNextHop } = opening;
  const within = hops.length === 0 ? { withinMinor: true as const } : {};
  const next = { ...(isNextHop === true ? { isNextHop } : {}), ...within };
  const hoursLeft = (Date.parse(at) - now.getTime()) / HOUR;
  const hours = DISTANCES.find((distance) => hoursLeft < distance + LOOKS_APART);
  const others = bounded(opening.reasons.filter(({ code }) => !TIMES.includes(waitsFor(code)))).slice(0, MOST_TOLD);
  if (before?.notBegunFor !== undefined) {
    const isTold = before.rolloutId === rolloutId && others.some(({ code }) => code === before.notBegunFor);
    if (isTold) return undefined;
    return anew();
  }
  const [other] = others;
  if (before !== undefined && before.to === to && Date.parse(before.at) <= now.getTime() && other !== undefined)
    return { kept: { ...before, notBegunFor: other.code }, news: { ...names, ...takenBack(before, others) } };
  const isSame = before?.at === at && before.to === to;
  if (before !== undefined && !isSame) {
    const news = { ...names, what: 'moved' as const, target: to, ...within, at, announcedFor: before.at };
    const why = others.length > 0 ? others : bounded(opening.reasons).slice(0, MOST_TOLD);
    return { kept: { rolloutId, to, at, hours: hours ?? FAR, ...next }, news: { ...news, reasons: why } };
  }
  if (hours === undefined || hours >= (before?.hours ?? FAR)) return undefined;
  return {
    kept: { rolloutId, to, at, hours, ...next },
    news: {
      ...{ ...names, what: 'opens', target: to, ...within, ...(hops.length > 1 && { hops: [...hops] }) },
      ...{ at, reasons: others },
    },
  };
}

const takenBack = (before: Announced, why: readonly Reason[]) => ({
  ...{ what: 'takenBack' as const, target: before.to, announcedFor: before.at },
  ...given({ withinMinor: before.withinMinor }),
  reasons: bounded(why).slice(0, MOST_TOLD),
});

/** For an opening that is further away than any distance. */
const FAR = 10_000;
/** The instant includes these already. */
const TIMES: readonly ReturnType<typeof waitsFor>[] = ['window', 'turn'];

/** Undefined = it has begun, or may begin as announced. */
function whyWithdrawn(
  withdrawal: Withdrawal,
  waits: readonly Reason[],
  isComing: boolean,
): readonly Reason[] | undefined {
  const { rollout, member } = withdrawal;
  if (member === undefined) return undefined;
  if (!waitsForHop(member) && (member.inFlight || BEGUN.includes(member.status))) return undefined;
  // It began, and its gate stopped it, which is news of its own.
  if (member.status === 'Blocked' && !isComing) return undefined;
  if (goesOn(withdrawal)) {
    return waits.length > 0 ? waits : member.reasons;
  }
  const { id = '', status = 'Completed', reasons: ended = [] } = rollout ?? {};
  const code = status === 'Aborted' ? 'RolloutAborted' : status === 'Halted' ? 'RolloutHalted' : undefined;
  return [
    ...(code === undefined ? [] : [reason(code, `The rollout ${id} is ${status}.`), ...ended]),
    ...member.reasons,
  ];
}

const goesOn = ({ rollout }: Withdrawal): boolean => rollout?.status === 'Running' || rollout?.status === 'Paused';

const BEGUN: readonly Member['status'][] = ['Running', 'Parked', 'Succeeded', 'Failed'];
