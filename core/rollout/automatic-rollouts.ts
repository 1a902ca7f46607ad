import type { FleetSpec } from '../config/types.ts';
import type { AccountState, ClusterRecord } from '../contracts/items/cluster.ts';
import { AT_REST, type Rollout, type Wave } from '../contracts/items/rollout.ts';
import { RECORD_AGAIN_SECONDS, RECORD_ATTEMPTS } from '../contracts/look-limits.ts';
import { LIFTLOCK } from '../contracts/names.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { counted, sentence, some } from '../model/words.ts';
import { isForgotten, NEVER } from '../policy/cluster-labels.ts';
import { quarantineReasons } from '../policy/quarantine.ts';
import { type MemberIndex, upgradeOf } from './admission.ts';
import type { Decision, RolloutPlan } from './decisions.ts';
import { stillGoingBack } from './earlier-rollouts.ts';
import { memberChange } from './member-progress.ts';
import { planRollout } from './plan-rollout.ts';
import type { FleetSnapshot } from './snapshot.ts';
import { leftHalfDone, wasServed } from './tried.ts';
import { isSettled, waveEnd } from './wave-end.ts';

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
    if (plan === undefined || areAllSetAside(plan, snapshot, now)) continue;
    if (stillGoingBack(history.earlier, name, plan.members, snapshot.clusters).length === 0) plans.push(plan);
  }
  return plans;
}

/**
 * Whether every cluster of a plan that is not kept out is new, or being deleted: its rollout could begin nothing for hours, and no retry in an earlier
 * one would be followed meanwhile.
 */
const areAllSetAside = ({ members }: RolloutPlan, { clusters }: FleetSnapshot, now: Date): boolean =>
  members.every(({ status, clusterKey }) => {
    const cluster = clusters.get(clusterKey);
    return status === 'Excluded' || (cluster !== undefined && quarantineReasons(cluster, now).length > 0);
  });

const WAITING: readonly Wave['status'][] = ['Open', 'Undecided', 'Soaking'];

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
  return [
    gap(`${account} in ${region} lists ${counted(clusters, 'cluster')}; recorded so far: ${own.length}.${which}`),
  ];
}
