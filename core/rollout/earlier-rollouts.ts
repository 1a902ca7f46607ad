import { AT_REST, type Member, type Rollout, type Wave } from '../contracts/items/rollout.ts';
import { LIFTLOCK } from '../contracts/names.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { clusterNameOf } from '../model/cluster-key.ts';
import { isFinish } from '../model/hop.ts';
import { isSame } from '../model/is-same.ts';
import { counted, some } from '../model/words.ts';
import type { Ports } from '../ports/ports.ts';
import { changeOnce, NOTHING, rolloutChanged, rolloutEntry } from '../store/change.ts';
import { Rollouts } from '../store/entities.ts';
import { load, replace } from '../store/entity.ts';
import { KubeVersion } from '../version/kube-version.ts';
import type { Decision } from './decisions.ts';
import type { Earlier, EarlierRollouts, FleetSnapshot, TakenBack } from './snapshot.ts';

interface Read {
  readonly rollouts: readonly Rollout[];
  readonly waves: readonly Wave[];
  readonly members: readonly Member[];
}

/**
 * What rollouts leave to later ones, and one under way to what it has still to begin. Members that no plan in force has tell nothing. What goes back in a
 * rollout under way holds its own later waves (core/policy/wave-room.ts).
 */
export function earlierRollouts({ rollouts, waves, members }: Read): EarlierRollouts {
  const membersBy = Map.groupBy(members, ({ rolloutId }) => rolloutId);
  const wavesBy = Map.groupBy(waves, ({ rolloutId }) => rolloutId);
  return new Map(
    [...Map.groupBy(rollouts, ({ policy }) => policy)].map(([policy, own]) => {
      const tried = own.flatMap(({ id }) => membersBy.get(id) ?? []);
      const ended = own.filter(({ status }) => AT_REST.includes(status));
      const goingBack = ended.flatMap(({ id }) => wavesBy.get(id) ?? []).flatMap((wave) => goingBackIn(wave, tried));
      return [policy, { takenBack: takenBackIn(own, tried), goingBack }];
    }),
  );
}

/** Whether the cluster of the member went back to the minor before, whoever took it back, and has not got there since: a retry alone shows nothing. */
export const wentBack = ({ status, reasons, wentBackBefore }: Member): boolean =>
  wentBackBefore === true || (status === 'Failed' && reasons.some(({ code }) => code === 'RolledBack'));

/** The minor above the one that the member is at: the next that it is taken to, or the one that it has failed to reach or was taken back from. */
const minorAbove = ({ from }: Pick<Member, 'from'>): string => KubeVersion.parse(from).next().toString();

/** Whether the hops from one version to another lead to the minor, or through it. */
const leadsTo = (minor: string, from: string, to: string): boolean => {
  const version = KubeVersion.parse(minor);
  return KubeVersion.parse(from).isOlderThan(version) && !KubeVersion.parse(to).isOlderThan(version);
};

/** Whether a rollout takes the member to the minor, on its way or as its target. One that only finishes nodes and add-ons there does not. */
export const takesTo = (minor: string, { from, to, status }: Pick<Member, 'from' | 'to' | 'status'>): boolean =>
  status !== 'Excluded' && leadsTo(minor, from, to);

/** Whether a rollout has brought the member to the minor, be it on its way, by hops of its own. */
const hasReached = (minor: string, { origin, from }: Member): boolean =>
  origin !== undefined && leadsTo(minor, origin, from);

function takenBackIn(rollouts: readonly Rollout[], members: readonly Member[]): TakenBack[] {
  // What is begun by hand has no traits noted.
  const failed = members.filter((member) => wentBack(member) && !isFinish(member) && member.traits !== undefined);
  return [...Map.groupBy(failed, minorAbove)].flatMap(([minor, back]): TakenBack[] => {
    const ids = new Set(back.map(({ rolloutId }) => rolloutId));
    const reached = members.filter((member) => hasReached(minor, member));
    const carrying = rollouts.filter(({ id, carried }) => ids.has(id) || carried?.some((one) => one.minor === minor));
    const cleared = new Set([
      ...reached.flatMap(({ traits = [] }) => traits),
      ...carrying.flatMap(({ releasedTraits = [] }) => releasedTraits),
      // Whoever is taken to the minor comes from the one before.
      `version/${KubeVersion.parse(minor).previous()}`,
    ]);
    // Those that have gone on to a later minor had other traits by then, as newer add-ons: what they lack tells nothing of this minor.
    const successes = reached.filter(({ from }) => from === minor).length;
    const sharedBy = (those: readonly Member[]): TakenBack[] => {
      const [first = [], ...others] = those.map(({ traits = [] }) => traits);
      const traits = first.filter((one) => !cleared.has(one) && others.every((other) => other.includes(one))).sort();
      const from = [...new Set(those.map(({ rolloutId }) => rolloutId))].sort();
      return traits.length === 0 ? [] : [{ minor, failures: those.length, successes, traits, rollouts: from }];
    };
    const shared = sharedBy(back);
    // Clusters with nothing in common went back for causes of their own.
    return shared.length > 0 ? shared : back.flatMap((one) => sharedBy([one]));
  });
}

function goingBackIn({ rolloutId, goingBack = [] }: Wave, members: readonly Member[]): Earlier['goingBack'] {
  return goingBack.flatMap((clusterKey) => {
    const member = members.find((one) => one.rolloutId === rolloutId && one.clusterKey === clusterKey);
    if (member === undefined) return [];
    return [{ clusterKey, minor: member.status === 'Succeeded' ? member.from : minorAbove(member) }];
  });
}

/** What a rollout of the policy with these members knows of clusters that went back; undefined = nothing is suspected. */
export function carriedInto(
  earlier: EarlierRollouts | undefined,
  policy: string,
  members: readonly Member[],
  known: Rollout['carried'] = [],
): Rollout['carried'] {
  const isMet = ({ minor }: TakenBack): boolean =>
    known.some((one) => one.minor === minor) || members.some((member) => takesTo(minor, member));
  const met = (earlier?.get(policy)?.takenBack ?? []).filter(isMet);
  // What a person clears counts where it was suspected (`takenBackIn`), so that this rollout suspected something of a minor stays on record.
  const cleared = known.filter(({ minor }) => met.every((one) => one.minor !== minor));
  const carried = [...met, ...cleared.map((one) => ({ ...one, traits: [] }))];
  return carried.length === 0 ? undefined : carried.sort((one, other) => (one.minor < other.minor ? -1 : 1));
}

/** Why a rollout suspects something before anything has failed in it, for people. */
function carriedReason(carried: Rollout['carried']): Reason {
  const suspected = (carried ?? []).filter(({ traits }) => traits.length > 0);
  if (suspected.length === 0)
    return reason('TraitsCarried', 'Nothing is suspected any more for what earlier rollouts have shown.');
  const said = suspected.map(
    ({ minor, failures, rollouts, traits }) =>
      `${counted(failures, 'cluster')} of ${some(rollouts, 3)} ${failures === 1 ? 'was' : 'were'} taken back from ${minor}. Suspected since: ${some(traits, 10)}.`,
  );
  return reason('TraitsCarried', said.join(' '));
}

/** How many have succeeded is no news: only that one has. */
const told = (carried: Rollout['carried']) => carried?.map((one) => ({ ...one, successes: one.successes > 0 }));

/** What is to be told where a rollout knows this by now, and knew that before: nothing where it suspects the same. */
export const carriedNews = (carried: Rollout['carried'], before: Rollout['carried']): Reason[] =>
  isSame(told(carried), told(before)) ? [] : [carriedReason(carried)];

/** Rollouts under way learn of clusters that have gone back since they were planned, and of traits that were cleared there. */
export function carryTraits({ history, rollouts, members }: FleetSnapshot): Decision[] {
  const earlier = history?.earlier;
  if (earlier === undefined) return [];
  return rollouts.flatMap((rollout): Decision[] => {
    const own = members.filter(({ rolloutId }) => rolloutId === rollout.id);
    const carried = carriedInto(earlier, rollout.policy, own, rollout.carried);
    return carriedNews(carried, rollout.carried).map(() => ({ type: 'carry-traits', rollout, carried }));
  });
}

/** Lets the rollout know it, where it has not ended and knows nothing else by now. */
export async function applyCarried(
  ports: Pick<Ports, 'table' | 'clock' | 'events'>,
  { rollout: decided, carried }: Extract<Decision, { type: 'carry-traits' }>,
): Promise<void> {
  await changeOnce(ports, async () => {
    const read = await load(ports.table, Rollouts, decided.id);
    const isSeen = isSame(read?.data.carried, decided.carried);
    if (read === undefined || AT_REST.includes(read.data.status) || !isSeen) return NOTHING;
    const next: Rollout = { ...read.data, carried };
    const reasons = [carriedReason(carried)];
    return {
      ...NOTHING,
      writes: [replace(Rollouts, read, next)],
      record: [rolloutEntry(decided.id, 'TraitsCarried', LIFTLOCK, { carried: carried ?? null })],
      events: ([change]) => [rolloutChanged({ ...next, reasons }, change, 'traits')],
    };
  });
}

/**
 * The clusters that still go back from a minor to which a rollout of the policy would take one of its members. Deleted ones do not count. None begins
 * by itself meanwhile.
 */
export function stillGoingBack(
  earlier: EarlierRollouts | undefined,
  policy: string,
  members: readonly Pick<Member, 'from' | 'to' | 'status'>[],
  clusters: FleetSnapshot['clusters'],
): Earlier['goingBack'] {
  return (earlier?.get(policy)?.goingBack ?? []).filter(
    ({ clusterKey, minor }) =>
      clusters.get(clusterKey)?.deletedAt === undefined && members.some((member) => takesTo(minor, member)),
  );
}

/** That a rollout which a person creates now knows nothing yet of clusters that are on their way back. */
export function goesBackBefore(
  { history, clusters }: FleetSnapshot,
  { rollout, members }: { readonly rollout: Rollout; readonly members: readonly Member[] },
): Reason[] {
  const [first, ...others] = stillGoingBack(history?.earlier, rollout.policy, members, clusters);
  if (first === undefined) return [];
  const names = [first, ...others].map(({ clusterKey }) => clusterNameOf(clusterKey));
  const are = others.length === 0 ? 'is' : 'are';
  const said = `${some(names, 5)} ${are} being taken back from ${first.minor}: what shares its trait is set aside only once that has ended, so no rollout begins by itself before: liftlock explain cluster ${names[0]}`;
  return [reason('GoesBack', said)];
}
