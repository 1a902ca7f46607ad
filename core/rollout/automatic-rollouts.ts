import type { FleetSpec } from '../config/types.ts';
import type { AccountState, ClusterRecord } from '../contracts/items/cluster.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import { AT_REST, type Member, type Rollout, type Wave } from '../contracts/items/rollout.ts';
import { RECORD_AGAIN_SECONDS, RECORD_ATTEMPTS } from '../contracts/look-limits.ts';
import { LIFTLOCK } from '../contracts/names.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { hopId, isFinish } from '../model/hop.ts';
import { sentence, some } from '../model/words.ts';
import { isForgotten, NEVER } from '../policy/cluster-labels.ts';
import { Upgrades } from '../store/entities.ts';
import { type MemberIndex, upgradeOf } from './admission.ts';
import { type Candidate, candidatesOf } from './candidates.ts';
import type { Decision } from './decisions.ts';
import { stillGoingBack } from './earlier-rollouts.ts';
import { memberChange } from './member-progress.ts';
import { pinTexts } from './plan-hash.ts';
import { planRollout, type RolloutPlan } from './plan-rollout.ts';
import type { FleetSnapshot } from './snapshot.ts';
import { isSettled, waveEnd } from './wave-end.ts';

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
  members.every((one) => isFinish({ from: one.origin ?? one.from, to: one.to }) || !isServed(one)) || undefined;

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

/**
 * Rollouts of policies with `trigger: automatic`: one at a time for each policy, over the clusters that need work and that no rollout has taken to
 * that target yet, once no cluster of theirs is on its way back from where others would be taken. This needs the full look (`snapshot.history`);
 * events only make that look happen sooner.
 */
export function automaticRollouts(snapshot: FleetSnapshot, now: Date): RolloutPlan[] {
  const { history, fleet } = snapshot;
  if (history === undefined || fleet?.mode !== 'act') return [];
  if (history.accounts !== undefined && !isInventoryComplete(fleet, history, snapshot, now)) return [];
  const left = leftHalfDone(snapshot);
  const plans: RolloutPlan[] = [];
  for (const [name, { policy }] of snapshot.policies) {
    if (policy.spec.trigger !== 'automatic') continue;
    if (history.rollouts.some((rollout) => rollout.policy === name && !AT_REST.includes(rollout.status))) continue;
    const plan = planRollout(snapshot, name, {
      now,
      createdBy: LIFTLOCK,
      // The same clusters may come again, let in since a tag is gone: that is another rollout, with another id.
      salt: String(history.rollouts.filter((rollout) => rollout.policy === name).length),
      // A cluster that is held since it failed is not tried again. It is a member all the same, since its wave must not count as proved without it.
      skip: (candidate) =>
        left.has(candidate.cluster.clusterKey) ||
        (wasServed(history.served, name, candidate) &&
          snapshot.controls.get(candidate.cluster.clusterKey)?.held === undefined),
    });
    if (plan === undefined) continue;
    if (stillGoingBack(history.earlier, name, plan.members, snapshot.clusters).length === 0) plans.push(plan);
  }
  return plans;
}

const WAITING: readonly Wave['status'][] = ['Open', 'Undecided', 'Soaking'];

/** Rollouts that are not under way (aborted, halted and completed ones), which only the full look reads. */
export function atRest(snapshot: FleetSnapshot): Rollout[] {
  const underWay = new Set(snapshot.rollouts.map((rollout) => rollout.id));
  return (snapshot.history?.rollouts ?? []).filter((rollout) => !underWay.has(rollout.id));
}

/**
 * What is left to tidy in a rollout that starts nothing any more: members whose cluster is gone and, in an aborted rollout, members whose turn will
 * not come and waves that nobody will open.
 */
export function restingDecisions(
  snapshot: FleetSnapshot,
  rollout: Rollout,
  waves: readonly Wave[],
  index: MemberIndex,
): Decision[] {
  const aborted = rollout.status === 'Aborted';
  const decisions: Decision[] = [];
  for (const member of index.members.get(rollout.id) ?? []) {
    const gone = snapshot.clusters.get(member.clusterKey)?.deletedAt !== undefined;
    const change =
      member.status === 'Running' || !(aborted || gone)
        ? undefined
        : memberChange(snapshot, rollout, member, upgradeOf(index, member), []);
    if (change !== undefined) decisions.push(change);
  }
  if (!aborted) return decisions;
  const left = reason('RolloutAborted', `The rollout ${rollout.id} was aborted.`);
  for (const wave of waves) {
    if (wave.status === 'Pending') decisions.push({ type: 'change-wave', wave, status: 'Skipped', reasons: [left] });
    if (!WAITING.includes(wave.status) || !isSettled(wave)) continue;
    const { status } = waveEnd(wave);
    // A wave of an aborted rollout waits for no soak and for no person.
    decisions.push({ type: 'change-wave', wave, status: status === 'Undecided' ? 'Skipped' : status, reasons: [left] });
  }
  return decisions;
}

/**
 * A cluster that is not recorded by its last attempt is not waited for. An account of thousands of clusters takes longer than that at the rate at which
 * EKS is asked, so the time counts from the last cluster that was recorded there.
 */
const RECORDED_WITHIN_MILLISECONDS = RECORD_ATTEMPTS * RECORD_AGAIN_SECONDS * 1_000;
const MOST_NAMES = 5;

/**
 * Whether everything is known that a rollout begins with: every account and Region of the Fleet was looked at, the clusters that were listed there
 * are in the inventory, and the versions that EKS offers there were read. A rollout that was planned between the first look and the last record would
 * begin with the clusters that happened to be recorded first, which may be production clusters.
 */
export const isInventoryComplete = (...known: Parameters<typeof inventoryGaps>): boolean =>
  inventoryGaps(...known).length === 0;

/** Where discovery has looked. */
type Looks = Pick<NonNullable<FleetSnapshot['history']>, 'accounts' | 'organizationId' | 'unlisted'>;

/** What is missing for a complete inventory, with a reason for each account and Region; empty when nothing is missing. */
export function inventoryGaps(
  fleet: FleetSpec,
  { accounts = [], organizationId, unlisted }: Looks,
  { clusters, regions }: Pick<FleetSnapshot, 'clusters' | 'regions'>,
  now: Date,
): Reason[] {
  const looked = new Set(accounts.filter(({ checkedAt }) => checkedAt !== NEVER).map(scopeOf));
  // The accounts of an organization that were looked at once.
  const members = fleet.organizationId === undefined ? [] : accounts.map(({ account }) => account);
  const known = [...new Set([...fleet.accounts, ...members])];
  const all = known.flatMap((account) => fleet.regions.map((region) => ({ account, region })));
  const unseen = all
    .filter((scope) => !looked.has(scopeOf(scope)))
    .map(({ account, region }) => gap(`Nobody has looked into ${account} in ${region} yet.`));
  // Only a look at the organization tells which accounts it has.
  if (fleet.organizationId !== undefined && fleet.organizationId !== organizationId)
    unseen.push(
      gap(
        sentence(
          `Nobody has listed the accounts of the organization ${fleet.organizationId} yet${unlisted?.organizationId === fleet.organizationId ? `, which was refused: ${unlisted.why}` : ''}`,
        ),
      ),
    );
  const recorded = Map.groupBy(
    [...clusters.values()].filter((cluster) => cluster.deletedAt === undefined && !isForgotten(cluster)),
    scopeOf,
  );
  // A cluster whose Region has no known versions would be left out for now, and its wave would be passed over.
  const unoffered = fleet.regions
    .filter((region) => !regions.has(region) && [...recorded.values()].some(([one]) => one?.region === region))
    .map((region) => gap(`Nobody has read yet which versions EKS offers in ${region}.`));
  const unrecorded = accounts
    .filter(({ status }) => status === 'Ok')
    .map((state) => ({ state, own: recorded.get(scopeOf(state)) ?? [] }))
    .filter(({ state, own }) => now.getTime() - lastRecorded(state, own) < RECORDED_WITHIN_MILLISECONDS)
    .flatMap(({ state, own }) => unrecordedIn(state, own));
  return [...unseen, ...unoffered, ...unrecorded];
}

const scopeOf = ({ account, region }: Pick<AccountState, 'account' | 'region'>): string => `${account}/${region}`;

/** When the account was last found to have a new cluster, or when its clusters were listed. */
function lastRecorded({ checkedAt }: AccountState, own: readonly ClusterRecord[]): number {
  const reached = own.map(({ conditions }) => conditions.find(({ type }) => type === 'Reachable')?.lastTransitionTime);
  return Math.max(...[checkedAt, ...reached].map((at) => Date.parse(at ?? checkedAt)));
}

const gap = (message: string): Reason => reason('InventoryIncomplete', message);

function unrecordedIn(
  { account, region, clusters, names = [] }: AccountState,
  own: readonly ClusterRecord[],
): Reason[] {
  if (own.length >= clusters) return [];
  const known = new Set(own.map(({ name }) => name));
  const missing = names.filter((name) => !known.has(name));
  const which = missing.length === 0 ? '' : ` Still to come: ${some(missing, MOST_NAMES)}.`;
  return [gap(`${account} in ${region} lists ${clusters} clusters; recorded so far: ${own.length}.${which}`)];
}
