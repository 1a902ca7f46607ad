import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import { AT_REST, type Member, type Rollout } from '../contracts/items/rollout.ts';
import { hopId, isFinish, staysAtMinor } from '../model/hop.ts';
import { Upgrades } from '../store/entities.ts';
import { type Candidate, candidatesOf } from './candidates.ts';
import { pinTexts } from './plan-hash.ts';
import type { FleetSnapshot } from './snapshot.ts';

/** Rollouts that are not under way (aborted, halted and completed ones), which only the full look reads. */
export function atRest(snapshot: FleetSnapshot): Rollout[] {
  const underWay = new Set(snapshot.rollouts.map((rollout) => rollout.id));
  return (snapshot.history?.rollouts ?? []).filter((rollout) => !underWay.has(rollout.id));
}

/** The order of rollouts of one policy: the rollout that goes on comes first, then those that have ended, the newest first. */
export const newestFirst = (a: Rollout, b: Rollout): number =>
  Number(AT_REST.includes(a.status)) - Number(AT_REST.includes(b.status)) || (a.createdAt < b.createdAt ? 1 : -1);

/**
 * Whether a retry may have a rollout go on with a cluster that the policy `selecting` selects now. A member of a rollout under way stays one; a
 * rollout that has ended is taken up again only by its own policy, since another policy asks for its own approvals and windows.
 */
export const goesOnWith = ({ status, policy }: Rollout, selecting: string | undefined): boolean =>
  !AT_REST.includes(status) || (status !== 'Aborted' && policy === selecting);

/**
 * The keys of everything that a member tries. There is one try for each cluster and target, one to finish what is behind there, and one for each
 * group and release of its image and each add-on and version: what failed or was blocked waits for `retry`, not for another rollout.
 */
export function servedKeys(
  policy: string,
  member: Pick<Member, 'clusterKey' | 'from' | 'to' | 'releases' | 'addons'>,
): string[] {
  const { from, to, clusterKey } = member;
  const pins = pinTexts(member).map((pin) => `${hopId(from, to)} ${pin}`);
  const aims = isFinish(member) ? (pins.length === 0 ? [hopId(from, to)] : pins) : [to];
  return aims.map((aim) => `${policy}/${aim}/${clusterKey}`);
}

const keysOf = (policy: string, { cluster: { clusterKey, version: from }, target, pins }: Candidate): string[] =>
  servedKeys(policy, { clusterKey, from, to: target.toString(), ...pins });

/** Whether rollouts of the policy have tried everything that the candidate would be upgraded for. */
export const wasServed = (served: ReadonlySet<string>, policy: string, candidate: Candidate): boolean =>
  keysOf(policy, candidate).every((key) => served.has(key));

/**
 * Clusters that an abort has left with a half-done upgrade, which a person finishes or lets go (`explain`). A rollout that begins by itself does not
 * take them in: it would wait for that person, never end, and its policy would upgrade no other cluster.
 */
export function leftHalfDone({
  upgrades,
  rollouts,
}: Pick<FleetSnapshot, 'upgrades' | 'rollouts'>): ReadonlySet<string> {
  const underWay = new Set(rollouts.map(({ id }) => id));
  const isLeft = (one: Upgrade) => one.rolloutId !== undefined && Upgrades.active(one) && !underWay.has(one.rolloutId);
  return new Set(upgrades.filter(isLeft).map(({ clusterKey }) => clusterKey));
}

/** A cluster that an abort or a person took out is not taken up again by itself; one that a tag excluded is, once the tag is gone. */
export const isServed = ({ status, reasons }: Pick<Member, 'status' | 'reasons'>): boolean =>
  status !== 'Excluded' || reasons.some(({ code }) => code === 'RolloutAborted' || code === 'Skipped');

const REMEMBERED_DAYS = 60;

/**
 * Whether what a rollout has tried counts for those after it. Rollouts within a minor come every week and take in the whole fleet, so what they tried is
 * not read for ever; by then it was images and add-ons that have newer versions. What a person has aborted is not begun anew for that.
 */
export const isRemembered = ({ status, withinMinor, endedAt }: Rollout, now: Date): boolean =>
  withinMinor !== true ||
  !AT_REST.includes(status) ||
  status === 'Aborted' ||
  endedAt === undefined ||
  Date.parse(endedAt) > now.getTime() - REMEMBERED_DAYS * 24 * 3_600_000;

/** Whether a rollout changes the minor of none of its members, before or after this plan; those that it leaves out are no matter. */
export const staysWithinMinor = (members: readonly Member[]): true | undefined =>
  members.every((one) => staysAtMinor(one) || !isServed(one)) || undefined;

/** What the members of a policy's rollouts have tried, as keys of `servedKeys`. */
export const servedBy = (policy: string, members: readonly Member[]): ReadonlySet<string> =>
  new Set(members.filter(isServed).flatMap((member) => servedKeys(policy, member)));

/**
 * The member because of which no rollout of the policy takes the cluster up by itself: the first one in its rollouts (`own`) that has tried some of
 * what the cluster is a candidate for, where its rollouts have tried all of that. Undefined: the next rollout takes the cluster in, or it needs
 * nothing.
 */
export function whyLeftOut(
  snapshot: FleetSnapshot,
  policy: string,
  cluster: ClusterRecord,
  own: readonly Member[],
  now: Date,
): Member | undefined {
  const served = servedBy(policy, own);
  if (served.size === 0) return undefined;
  const alone = { ...snapshot, clusters: new Map([[cluster.clusterKey, cluster]]) };
  const [candidate] = [...candidatesOf(alone, policy, now).byWave.values()].flat();
  if (candidate === undefined || !wasServed(served, policy, candidate)) return undefined;
  const asked = new Set(keysOf(policy, candidate));
  return own.find((member) => isServed(member) && servedKeys(policy, member).some((key) => asked.has(key)));
}
