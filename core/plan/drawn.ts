import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Member } from '../contracts/items/rollout.ts';
import type { Reason } from '../contracts/step-result.ts';
import type { Inventory } from '../inventory/document/parse-inventory.ts';
import { candidatesOf, nodesFirst } from '../rollout/candidates.ts';
import type { RolloutPlan } from '../rollout/decisions.ts';
import { OWED } from '../rollout/plan-rollout.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { deadlineOf, type PolicyDeadline } from './deadline.ts';
import { offlineSnapshot, type PlanRules } from './offline-snapshot.ts';
import { AS_ESTIMATED, type PlanInput } from './plan-input.ts';
import { type Forward, rolloutPlans, runForward } from './run-forward.ts';

/** One plan as it was drawn: what went in, and how it went. */
export interface Drawn {
  readonly rules: PlanRules;
  readonly input: PlanInput;
  readonly plans: readonly RolloutPlan[];
  readonly deadlines: readonly PolicyDeadline[];
  readonly forward: Forward;
  /**
   * By policy with a deadline: clusters that need work and that nobody keeps out on purpose, but which are held or cannot be read, or whose nodes follow
   * before their hop. They do not arrive with this plan.
   */
  readonly owed: ReadonlyMap<string, readonly ClusterRecord[]>;
}

export function draw(rules: PlanRules, inventory: Inventory, now: Date): Drawn {
  const input: PlanInput = { snapshot: offlineSnapshot(rules, inventory), now };
  const plans = rolloutPlans(input);
  const owed = new Map<string, readonly ClusterRecord[]>();
  const deadlines = [...rules.policies]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([policy, { spec }]) => {
      if (spec.deadline === undefined) return [];
      const plan = plans.find(({ rollout }) => rollout.policy === policy);
      const clustersOf = (members: readonly Member[]) =>
        members.flatMap(({ clusterKey }) => input.snapshot.clusters.get(clusterKey) ?? []);
      // Where nobody goes there is no plan, but there may be clusters that are held.
      const left = plan === undefined ? owedOf(input, policy) : clustersOf(plan.members.filter(isOwed));
      const first = plan?.members.filter((one) =>
        clustersOf([one]).some((cluster) => isNodesFirst(input, cluster, one)),
      );
      owed.set(policy, [...left, ...clustersOf(first ?? [])]);
      return deadlineOf(policy, spec, [...clustersOf(plan === undefined ? [] : membersOf(plan)), ...left], now) ?? [];
    });
  return { rules, input, plans, deadlines, owed, forward: runForward(input, plans, AS_ESTIMATED, { reasons: true }) };
}

const owedOf = ({ snapshot, now }: PlanInput, policy: string): ClusterRecord[] =>
  [...candidatesOf(snapshot, policy, now).byWave.values()]
    .flat()
    .flatMap(({ cluster, refusals }) => (refusals.some(isOfOwed) ? cluster : []));

const isNodesFirst = ({ snapshot, now }: PlanInput, cluster: ClusterRecord, member: Member): boolean =>
  member.status !== 'Excluded' && nodesFirst(snapshot, cluster, member, now) !== undefined;

const isOfOwed = ({ code }: Reason): boolean => OWED.includes(code);
const isOwed = ({ status, reasons }: Member): boolean => status === 'Excluded' && reasons.some(isOfOwed);

/** The members that go; the plan lists the others as excluded. */
export const membersOf = (plan: RolloutPlan): readonly Member[] =>
  plan.members.filter(({ status }) => status !== 'Excluded');

export const hopsOf = ({ from, to }: Member): readonly KubeVersion[] =>
  KubeVersion.parse(from).hopsTo(KubeVersion.parse(to));

/** The members that something stops on their way, with the reasons: the same would stop them in a real rollout. */
export const blockedOf = ({ forward }: Pick<Drawn, 'forward'>): readonly Member[] =>
  [...forward.fleet.members.values()].flatMap(({ list }) => list.filter(({ status }) => status === 'Blocked'));

/** When the last cluster of a policy has ended, in milliseconds since the epoch; undefined = one of the clusters never ends. */
export function endOf(plan: RolloutPlan, { fleet }: Forward): number | undefined {
  let last = 0;
  for (const { clusterKey } of membersOf(plan)) {
    const end = fleet.lived.get(clusterKey)?.endedAt;
    if (end === undefined) return undefined;
    last = Math.max(last, end);
  }
  return last;
}

/** Whether the clusters of a policy are done before its deadline, which is exclusive. */
export function meets(drawn: Drawn, forward: Forward, deadline: PolicyDeadline): boolean {
  if (deadline.at === undefined || deadline.overdue.length > 0) return false;
  if ((drawn.owed.get(deadline.policy) ?? []).length > 0) return false;
  const plan = drawn.plans.find(({ rollout }) => rollout.policy === deadline.policy);
  if (plan === undefined) return true;
  const end = endOf(plan, forward);
  return end !== undefined && end < deadline.at;
}
