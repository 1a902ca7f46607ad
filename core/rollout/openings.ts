import type { Member } from '../contracts/items/rollout.ts';
import { kindOf, waitsFor } from '../contracts/reasons.ts';
import type { Reason } from '../contracts/step-result.ts';
import { settledAt } from '../policy/quarantine.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { decide } from './decide.ts';
import type { Decision, Waiting } from './decisions.ts';
import { leavesAt } from './left-behind.ts';
import type { FleetSnapshot } from './snapshot.ts';
import { turnsAt } from './turn-at.ts';

/**
 * What the decision says to clusters that wait. Until the instant that a cluster waits for, nothing else is asked about the cluster, though more may
 * be in its way: so this also asks what will be in its way at that instant.
 */
export function waitsOf(
  snapshot: FleetSnapshot,
  clusterKeys: ReadonlySet<string>,
  now: Date,
): { readonly decisions: readonly Decision[]; readonly waits: readonly Waiting[] } {
  const { decisions, waiting } = decide(snapshot, now);
  const due = asIfDue(snapshot, clusterKeys, now);
  const instants = instantsOf(snapshot, clusterKeys, now);
  const instantOf = (one: Waiting): string => instants.get(nameOf(one)) ?? now.toISOString();
  const later = [...new Set([now.toISOString(), ...instants.values()])].flatMap((at) =>
    decide(due, new Date(at)).waiting.filter((one) => instantOf(one) === at),
  );
  const then = later.map((one) => (instants.has(nameOf(one)) ? { ...one, reasons: one.reasons.map(saidOfThen) } : one));
  return { decisions, waits: [...waiting, ...then].filter(({ clusterKey }) => clusterKeys.has(clusterKey)) };
}

/** Names what waits: a member of a rollout, or an upgrade that a person has started. */
const nameOf = (one: { readonly [Name in 'clusterKey' | 'rolloutId' | 'upgradeId']?: string | undefined }): string =>
  `${one.clusterKey} ${one.rolloutId ?? one.upgradeId}`;

/** The instants that these clusters wait for, by name; before them nothing else is asked about the clusters. */
function instantsOf({ members, upgrades, clusters }: FleetSnapshot, clusterKeys: ReadonlySet<string>, now: Date) {
  const byHand = upgrades.filter(({ rolloutId }) => rolloutId === undefined);
  const all = [...members, ...byHand.map(({ id: upgradeId, ...one }) => ({ ...one, upgradeId, rolloutId: undefined }))];
  const found = new Map<string, string>();
  for (const one of all.filter(({ clusterKey }) => clusterKeys.has(clusterKey))) {
    const cluster = clusters.get(one.clusterKey);
    const settles = cluster && settledAt(cluster).toISOString();
    const [last] = [one.resumeAt, settles].flatMap((at) => at ?? []).sort((a, b) => (a < b ? 1 : -1));
    if (last !== undefined && new Date(last) > now) found.set(nameOf(one), last);
  }
  return found;
}

/** A calendar that is closed at that later instant may be open now, so the reason says "Then". */
const saidOfThen = ({ code, message }: Reason): Reason =>
  waitsFor(code) === 'window' ? { code, message: `Then: ${message}` } : { code, message };

/** When something that waits for all of this can begin at the earliest: at the last of the instants; undefined = no instant is known. */
export const earliestOpening = (waits: readonly Waiting[]): string | undefined =>
  waits.flatMap((wait) => wait.until ?? []).sort((a, b) => (a < b ? 1 : -1))[0];

/**
 * The rollout that lets a cluster begin first, as far as is known, of those in which it waits: one is enough. Rollouts that wait for an unknown
 * instant come first, since that may be any instant; then those with a known instant, then those that wait for a person.
 */
export function soonestOf(waits: readonly Waiting[], rollouts: readonly string[]): string | undefined {
  const rankOf = (id: string): string => {
    const own = waits.filter(({ rolloutId }) => rolloutId === id);
    const codes = own.flatMap(({ reasons }) => reasons.map(({ code }) => code));
    const asks = codes.some((code) => code === 'RolloutPaused' || kindOf(code) === 'lasting');
    return `${Number(asks)} ${earliestOpening(own) ?? ''}`;
  };
  const ranked = rollouts.map((id) => ({ id, rank: rankOf(id) }));
  return ranked.sort((a, b) => (a.rank === b.rank ? 0 : a.rank < b.rank ? -1 : 1))[0]?.id;
}

/** The fleet as if the instants had come that these clusters are parked or set aside until. */
function asIfDue(snapshot: FleetSnapshot, clusterKeys: ReadonlySet<string>, now: Date): FleetSnapshot {
  const due = <Item extends { readonly clusterKey: string }>(item: Item): Item =>
    clusterKeys.has(item.clusterKey) ? { ...item, resumeAt: undefined, grantedAt: undefined } : item;
  const clusters = new Map(snapshot.clusters);
  for (const key of clusterKeys) {
    const cluster = clusters.get(key);
    if (cluster === undefined) continue;
    const createdAt = settledAt(cluster) > now ? new Date(0).toISOString() : cluster.createdAt;
    clusters.set(key, { ...cluster, createdAt });
  }
  return { ...snapshot, members: snapshot.members.map(due), upgrades: snapshot.upgrades.map(due), clusters };
}

/** When a member that has not begun, or has made a hop, can begin the next one at the earliest. */
export interface Opening {
  readonly clusterKey: string;
  readonly rolloutId: string;
  /** The target; the next minor where a hop was made already. */
  readonly to: string;
  /** Whether a hop was made already. */
  readonly isNextHop?: boolean;
  /** The minors of the hops up to `to`, the next one first. */
  readonly hops: readonly string[];
  /** Undefined = no instant is known. */
  readonly at: string | undefined;
  /** What the member waits for, also approvals and a place at that opening. */
  readonly reasons: readonly Reason[];
}

/** Whether the member has made a hop and waits for the next one. */
export const waitsForNextHop = ({ status, reasons }: Pick<Member, 'status' | 'reasons'>): boolean =>
  status === 'Parked' && reasons[0]?.code === 'NextHop';

/** Whether the member waits for a hop, its first or its next one. */
export const waitsForHop = (member: Pick<Member, 'status' | 'inFlight' | 'reasons'>): boolean =>
  (member.status === 'Pending' && !member.inFlight) || waitsForNextHop(member);

/** The openings of all members that wait, by cluster key. */
export function openingsOf(snapshot: FleetSnapshot, now: Date): ReadonlyMap<string, Opening> {
  const waiting = snapshot.members.filter(waitsForHop);
  const { waits } = waitsOf(snapshot, new Set(waiting.map(({ clusterKey }) => clusterKey)), now);
  const byMember = Map.groupBy(waits, ({ clusterKey, rolloutId }) => `${rolloutId} ${clusterKey}`);
  const turn = turnsAt(snapshot);
  const ofCluster = Map.groupBy(waiting, ({ clusterKey }) => clusterKey);
  const goesWith = ({ clusterKey, rolloutId }: Member): boolean => {
    const ids = (ofCluster.get(clusterKey) ?? []).map((one) => one.rolloutId);
    if (ids.length < 2) return true;
    const own = ids.flatMap((id) => byMember.get(`${id} ${clusterKey}`) ?? []);
    return soonestOf(own, ids) === rolloutId;
  };
  return new Map(
    waiting.filter(goesWith).map((one) => {
      const { clusterKey, rolloutId } = one;
      const isNextHop = waitsForNextHop(one);
      const own = byMember.get(`${rolloutId} ${clusterKey}`) ?? [];
      const until = earliestOpening(own);
      // A member that never starts has an instant too: the one at which its wave goes on without it. That is no opening.
      const asked = own.flatMap(({ reasons }) => reasons);
      // Nor is one known while somebody has rejected the wave.
      const isAgreed = !asked.some(({ code }) => code === 'ApprovalRejected');
      const isToCome = until !== undefined && Date.parse(until) > now.getTime() && until !== leaving(snapshot, one);
      const isKnown = isAgreed && isToCome;
      const told = isKnown ? [...asked, ...turn(clusterKey, rolloutId, asked, until)] : asked;
      const reasons = [...new Map(told.map((why) => [why.message, why])).values()];
      const from = KubeVersion.parse(snapshot.clusters.get(clusterKey)?.version ?? one.from);
      const all = from.hopsTo(KubeVersion.parse(one.to)).map(String);
      const hops = isNextHop ? all.slice(0, 1) : all;
      const to = (isNextHop ? hops[0] : undefined) ?? one.to;
      return [clusterKey, { clusterKey, rolloutId, to, isNextHop, hops, at: isKnown ? until : undefined, reasons }];
    }),
  );
}

function leaving({ rollouts, policies, waves }: FleetSnapshot, { rolloutId, waveIndex }: Member): string | undefined {
  const rollout = rollouts.find(({ id }) => id === rolloutId);
  const wave = waves.find((one) => one.rolloutId === rolloutId && one.index === waveIndex);
  const policy = policies.get(rollout?.policy ?? '')?.policy;
  return wave && leavesAt(policy, wave)?.toISOString();
}
