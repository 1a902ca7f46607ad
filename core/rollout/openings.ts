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
 * What the decision says to clusters that wait. Before an instant that a cluster waits for nothing else is asked about it, and that may be in
 * its way all the same: so it is asked what will be in its way then, too.
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

/** Who waits: a member of a rollout, or an upgrade that a person has started. */
const nameOf = (one: { readonly [Name in 'clusterKey' | 'rolloutId' | 'upgradeId']?: string | undefined }): string =>
  `${one.clusterKey} ${one.rolloutId ?? one.upgradeId}`;

/** The instants to come before which nothing else is asked about those of these clusters that wait for one. */
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

/** A calendar that is closed at such an instant may be open now. */
const saidOfThen = ({ code, message }: Reason): Reason =>
  waitsFor(code) === 'window' ? { code, message: `Then: ${message}` } : { code, message };

/** When what waits so can begin at the earliest: once the last of the instants has come; undefined = no instant is known. */
export const earliestOpening = (waits: readonly Waiting[]): string | undefined =>
  waits.flatMap((wait) => wait.until ?? []).sort((a, b) => (a < b ? 1 : -1))[0];

/**
 * Of the rollouts in which one cluster waits the one that lets it begin first, as far as is known: each of them suffices. First those in which only an instant
 * that nobody knows is waited for, since that may be any, then those with an instant, then those that wait for a person.
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

/** The fleet as if the instants had come for which these clusters are parked or set aside. */
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

/** When a member that has not begun can do so at the earliest. */
export interface Opening {
  readonly clusterKey: string;
  readonly rolloutId: string;
  readonly to: string;
  /** The minors of its hops up to that, the next one first. */
  readonly hops: readonly string[];
  /** Undefined = no instant is known. */
  readonly at: string | undefined;
  /** What it waits for, approvals and a place at that opening too. */
  readonly reasons: readonly Reason[];
}

/** Of all members that wait, by cluster key. */
export function openingsOf(snapshot: FleetSnapshot, now: Date): ReadonlyMap<string, Opening> {
  const waiting = snapshot.members.filter(({ status, inFlight }) => status === 'Pending' && !inFlight);
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
      const { clusterKey, rolloutId, to } = one;
      const own = byMember.get(`${rolloutId} ${clusterKey}`) ?? [];
      const until = earliestOpening(own);
      // Who never starts waits for an instant, too: at that its wave goes on without it.
      const isKnown = until !== undefined && Date.parse(until) > now.getTime() && until !== leaving(snapshot, one);
      const asked = own.flatMap(({ reasons }) => reasons);
      const told = isKnown ? [...asked, ...turn(clusterKey, rolloutId, asked, until)] : asked;
      const reasons = [...new Map(told.map((why) => [why.message, why])).values()];
      const from = KubeVersion.parse(snapshot.clusters.get(clusterKey)?.version ?? one.from);
      const hops = from.hopsTo(KubeVersion.parse(to)).map(String);
      return [clusterKey, { clusterKey, rolloutId, to, hops, at: isKnown ? until : undefined, reasons }];
    }),
  );
}

function leaving({ rollouts, policies, waves }: FleetSnapshot, { rolloutId, waveIndex }: Member): string | undefined {
  const rollout = rollouts.find(({ id }) => id === rolloutId);
  const wave = waves.find((one) => one.rolloutId === rolloutId && one.index === waveIndex);
  const policy = policies.get(rollout?.policy ?? '')?.policy;
  return wave && leavesAt(policy, wave)?.toISOString();
}
