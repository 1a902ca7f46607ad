import { given } from '../../model/given.ts';
import { remembered } from '../../model/remembered.ts';
import { matchesSelector } from '../../selector/match.ts';
import {
  controllerName,
  type Disruption,
  disruptionOf,
  isHealthy,
  letsUnhealthyGo,
  roomOf,
  type SelectedPod,
} from './disruption.ts';
import type { DrainBudget, DrainFacts, DrainNode, DrainPod, PodShape } from './drain-facts.ts';
import { drainTimes, END_SECONDS, LIMIT_SECONDS } from './drain-times.ts';
import { createPlacement, type Return, tolerates } from './place.ts';
import { crowdOf, type Together } from './without-surge.ts';

/**
 * `drains`: every order of evictions empties the node. `stuck`: no order does, for certain. `uncertain`: it depends on the order, on time, or on what
 * is not known.
 */
export type DrainVerdict = 'drains' | 'stuck' | 'uncertain';

/** Why pods stay, or may stay. */
export type DrainCode =
  | 'budget-allows-none'
  | 'budget-unhealthy'
  | 'budget-sync-failed'
  | 'budget-shrinks'
  | 'budget-recovering'
  | 'budget-scale-unknown'
  | 'no-surge'
  | 'several-budgets'
  | 'long-grace'
  | 'slow'
  | 'comes-back'
  | 'finalizer';

/** What keeps pods on the drained nodes: one budget, or a reason of the pods themselves. */
export interface DrainCause {
  readonly verdict: 'stuck' | 'uncertain';
  readonly code: DrainCode;
  /** Empty where no budget is involved; several where a pod has several. */
  readonly budgets: readonly DrainBudget[];
  readonly disruption?: Disruption;
  readonly pods: readonly HeldPod[];
}

export interface HeldPod {
  readonly namespace: string;
  readonly name: string;
  readonly node: string;
  /** `Deployment/payments/api`; absent for a bare pod. */
  readonly controller?: string;
}

export interface NodeDrain {
  readonly name: string;
  readonly nodegroup?: string;
  readonly verdict: DrainVerdict;
  /** An estimate, with pods that end and start within half a minute each. */
  readonly seconds: number;
}

export interface DrainAnswer {
  readonly verdict: DrainVerdict;
  readonly nodes: readonly NodeDrain[];
  readonly causes: readonly DrainCause[];
  /** Pods that no controller recreates. */
  readonly lost: readonly HeldPod[];
}

/** A pod that has not been Ready for longer is no longer starting. */
const STARTING_MILLISECONDS = 600_000;

/**
 * Whether the nodes can be drained as EKS drains a managed group: EKS cordons all of them, new nodes come first, DaemonSets and mirrors stay, and
 * every other pod is evicted through the eviction API. Evictions of different budgets do not affect each other while evicted pods come back Ready. So
 * each budget is decided by itself, once with the most favourable order and once with the least favourable one.
 */
export function simulateDrain(
  facts: DrainFacts,
  goes: ReadonlySet<DrainNode>,
  now: Date,
  together: Together = () => undefined,
): DrainAnswer {
  const names = new Map([...goes].map((node) => [node.name, node]));
  const budgetsOf = createBudgetIndex(facts);
  const place = createPlacement(facts, goes);
  const readyNodes = new Set(facts.nodes.flatMap(({ name, ready }) => (ready ? [name] : [])));
  const selected = new Map<DrainBudget, SelectedPod[]>();
  const going: SelectedPod[] = [];
  for (const pod of facts.pods) {
    const shape = facts.shapes[pod.shape];
    if (shape === undefined) continue;
    const one = { pod, shape };
    for (const budget of budgetsOf(shape)) push(selected, budget, one);
    if (pod.node !== undefined && names.has(pod.node) && !isLeftAlone(shape)) going.push(one);
  }
  const surplus = countSurplus(facts);
  const causes: DrainCause[] = [];
  const held = (pods: readonly SelectedPod[]) => pods.map((one) => heldPod(facts, one));
  const add = (cause: Omit<DrainCause, 'pods'>, pods: readonly SelectedPod[]) => {
    if (pods.length > 0) causes.push({ ...cause, pods: held(pods) });
  };

  const several = new Map<string, SelectedPod[]>();
  const guarded = new Map<DrainBudget, SelectedPod[]>();
  for (const one of going) {
    const budgets = budgetsOf(one.shape);
    if (budgets.length === 0 || isFree(one, facts)) continue;
    const [first] = budgets;
    if (budgets.length > 1) push(several, budgets.map(budgetKey).join(' '), one);
    else if (first !== undefined) push(guarded, first, one);
  }
  for (const pods of several.values()) {
    const budgets = pods[0] === undefined ? [] : budgetsOf(pods[0].shape);
    add({ verdict: 'stuck', code: 'several-budgets', budgets }, pods);
  }
  const rounds = new Map<DrainBudget, number>();
  for (const [budget, pods] of guarded) {
    const all = selected.get(budget) ?? [];
    const disruption = disruptionOf(facts, budget, all, now);
    rounds.set(budget, Math.max(1, disruption.allowed));
    const crowded = crowdOf(pods, disruption.allowed, names, together);
    const returns = (one: SelectedPod): Return => {
      const found = returnOf(facts, one, place(one.shape), surplus);
      return found === 'returns' && crowded.has(one) ? 'perhaps' : found;
    };
    const outlook = {
      maybe: mayRecover(facts, budget, all, disruption, now),
      isLost: (one: SelectedPod) => !readyNodes.has(one.pod.node ?? ''),
    };
    const { stays, mayStay } = decideBudget(budget, disruption, pods, { returns, ...outlook });
    const code = codeOf(facts, budget, disruption, all);
    add({ verdict: 'stuck', code: stays.code ?? code, budgets: [budget], disruption }, stays.pods);
    const certain = new Set(stays.pods);
    const others = mayStay.pods.filter((one) => !certain.has(one));
    const without = others.some((one) => crowded.has(one)) ? 'no-surge' : undefined;
    add({ verdict: 'uncertain', code: without ?? mayStay.code ?? code, budgets: [budget], disruption }, others);
  }
  const stuck = new Set(
    causes.filter(({ verdict }) => verdict === 'stuck').flatMap(({ pods }) => pods.map(({ node }) => node)),
  );
  const { seconds, slow, late } = drainTimes(going, guarded, rounds, names, together);
  const elsewhere = (pods: readonly SelectedPod[]) => pods.filter(({ pod }) => !stuck.has(pod.node ?? ''));
  for (const [code, pods] of ownReasons(going, now, new Set(elsewhere(late))))
    add({ verdict: 'uncertain', code, budgets: [] }, pods);
  add({ verdict: 'uncertain', code: 'slow', budgets: [] }, elsewhere(slow));
  const unsure = new Set(causes.flatMap(({ pods }) => pods.map(({ node }) => node)));
  const nodes = [...goes].map(({ name, nodegroup }): NodeDrain => {
    const verdict = stuck.has(name) ? 'stuck' : unsure.has(name) ? 'uncertain' : 'drains';
    return { name, ...given({ nodegroup }), verdict, seconds: seconds.get(name) ?? END_SECONDS };
  });
  const bare = going.filter((one) => one.shape.controller === undefined && !isFinished(one.pod));
  return { verdict: worstOf(nodes), nodes, causes, lost: held(bare) };
}

/** The worst verdict of several: a stuck drain stays stuck whatever is unknown. */
function worstOf(answers: readonly { readonly verdict: DrainVerdict }[]): DrainVerdict {
  const verdicts = answers.map(({ verdict }) => verdict);
  if (verdicts.includes('stuck')) return 'stuck';
  return verdicts.includes('uncertain') ? 'uncertain' : 'drains';
}

function push<K>(lists: Map<K, SelectedPod[]>, key: K, one: SelectedPod): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [one]);
  else list.push(one);
}

const budgetKey = ({ namespace, name }: DrainBudget): string => `${namespace}/${name}`;

/** The budgets that select pods of a shape, computed once for each shape. */
function createBudgetIndex({ budgets }: DrainFacts): (shape: PodShape) => readonly DrainBudget[] {
  const byNamespace = Map.groupBy(budgets, ({ namespace }) => namespace);
  return remembered((shape) => (byNamespace.get(shape.namespace) ?? []).filter((budget) => selects(budget, shape)));
}

/** Whether a budget selects the pods of a shape. */
export const selects = ({ namespace, selector }: DrainBudget, shape: PodShape): boolean =>
  namespace === shape.namespace && selector !== undefined && matchesSelector(selector, shape.labels);

/** EKS drains like `kubectl drain --ignore-daemonsets`. */
const isLeftAlone = ({ isMirror, controller }: PodShape): boolean => isMirror || controller?.kind === 'DaemonSet';

const isFinished = ({ phase }: DrainPod): boolean => phase === 'Succeeded' || phase === 'Failed';

/** The eviction API asks no budget for these pods (facts: nodes.md §1.1, step 2), and a namespace that is being deleted takes its pods along. */
const isFree = ({ pod, shape }: SelectedPod, { endingNamespaces }: DrainFacts): boolean =>
  isFinished(pod) ||
  pod.phase === 'Pending' ||
  pod.terminatingSince !== undefined ||
  endingNamespaces.includes(shape.namespace);

/** How many pods each controller has beyond its replicas: those are not recreated. Controllers with unknown replicas are missing. */
function countSurplus(facts: DrainFacts): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const pod of facts.pods) {
    const shape = facts.shapes[pod.shape];
    const controller = shape === undefined ? undefined : controllerName(facts, shape);
    if (controller === undefined || isFinished(pod) || pod.terminatingSince !== undefined) continue;
    counts.set(controller, (counts.get(controller) ?? -(facts.replicas[controller] ?? Number.NaN)) + 1);
  }
  return counts;
}

function returnOf(
  facts: DrainFacts,
  { shape }: SelectedPod,
  placed: Return,
  surplus: ReadonlyMap<string, number>,
): Return {
  const controller = controllerName(facts, shape);
  if (controller === undefined || placed === 'never') return 'never';
  // A Job recreates a pod only within its limits.
  if (facts.replicas[controller] === undefined) return 'perhaps';
  return (surplus.get(controller) ?? 0) > 0 ? 'perhaps' : placed;
}

/**
 * How many more pods of a budget may soon be healthy without any action: pods that are starting, being replaced, or not created yet. For a controller
 * with unknown replicas the status of the budget tells.
 */
function mayRecover(
  facts: DrainFacts,
  budget: DrainBudget,
  pods: readonly SelectedPod[],
  { expected = 0 }: Disruption,
  now: Date,
): number {
  const running = pods.filter(({ pod }) => !isFinished(pod));
  const coming = running.filter((one) => {
    const { pod, shape } = one;
    if (isHealthy(budget, one, now)) return false;
    if (pod.terminatingSince !== undefined) return shape.controller !== undefined;
    return pod.ready || isYoung(pod, now);
  });
  const made = Map.groupBy(running, ({ shape }) => controllerName(facts, shape));
  made.delete(undefined);
  const missing = [...made].map(([name = '', { length }]) => Math.max(0, (facts.replicas[name] ?? 0) - length));
  const isKnown = [...made.keys()].every((name = '') => facts.replicas[name] !== undefined);
  return (
    coming.length + (isKnown ? missing.reduce((sum, count) => sum + count, 0) : Math.max(0, expected - running.length))
  );
}

const isYoung = ({ createdAt }: DrainPod, now: Date): boolean =>
  createdAt !== undefined && now.getTime() - Date.parse(createdAt) < STARTING_MILLISECONDS;

interface Outlook {
  readonly returns: (one: SelectedPod) => Return;
  readonly maybe: number;
  /** Whether the node of the pod does not answer. The pod's successor on another node may become Ready. */
  readonly isLost: (one: SelectedPod) => boolean;
}

interface Held {
  readonly pods: readonly SelectedPod[];
  readonly code?: DrainCode;
}

/** Which pods of one budget stay in every order, and which stay only in the least favourable one. */
function decideBudget(
  budget: DrainBudget,
  disruption: Disruption,
  pods: readonly SelectedPod[],
  { returns, maybe, isLost }: Outlook,
): { readonly stays: Held; readonly mayStay: Held } {
  const unhealthy = pods.filter(({ pod }) => !pod.ready);
  const ready = pods.filter(({ pod }) => pod.ready);
  const { expected, healthy, syncFailed } = disruption;
  if (expected === undefined) return { stays: { pods: [] }, mayStay: { pods, code: 'budget-scale-unknown' } };
  const room = (count: number) => roomOf(disruption, count);

  // The most favourable order: what may recover does, unhealthy pods go first, then those that come back, then the others.
  const most = healthy + (syncFailed ? 0 : maybe);
  const unhealthyGo = letsUnhealthyGo(budget, disruption, most);
  const gained = unhealthyGo ? unhealthy.filter((one) => isLost(one) && returns(one) !== 'never').length : 0;
  const best = room(most + gained);
  const gone = ready.filter((one) => returns(one) === 'never');
  const back = ready.filter((one) => returns(one) !== 'never');
  const stays = [...(unhealthyGo ? [] : unhealthy), ...(best > 0 ? gone.slice(best) : ready)];

  // The least favourable order: nothing recovers, and pods that may not come back go first and use the budget up.
  const least = room(healthy);
  const unsure = ready.filter((one) => returns(one) !== 'returns');
  const sure = ready.filter((one) => returns(one) === 'returns');
  const used = Math.min(unsure.length, least);
  const mayStay = [
    ...(letsUnhealthyGo(budget, disruption, healthy - used) ? [] : unhealthy),
    ...unsure.slice(used),
    ...(least - used > 0 ? [] : sure),
  ];
  const shrinks = best > 0 && back.length + unhealthy.length < pods.length;
  return {
    stays: { pods: stays, ...(shrinks && unhealthyGo ? { code: 'budget-shrinks' as const } : {}) },
    mayStay: { pods: mayStay, code: maybe > 0 && least < best ? 'budget-recovering' : 'budget-shrinks' },
  };
}

/** Why a budget allows no disruption: its own spec, or the state of its pods. */
function codeOf(
  facts: DrainFacts,
  budget: DrainBudget,
  { syncFailed, desired, expected = 0, healthy }: Disruption,
  pods: readonly SelectedPod[],
): DrainCode {
  if (syncFailed) return 'budget-sync-failed';
  const bare = pods.filter(({ shape }) => controllerName(facts, shape) === undefined).length;
  const full = typeof budget.minAvailable === 'number' ? pods.length : expected + bare;
  return expected <= 0 || Math.max(full, healthy) <= desired ? 'budget-allows-none' : 'budget-unhealthy';
}

/** The taint of a cordoned node. */
const CORDON = { key: 'node.kubernetes.io/unschedulable', value: '', effect: 'NoSchedule' };

/** Whether the template makes the pod come back to its cordoned node, or terminate more slowly than EKS waits for a node. */
export const mayOutlastDrain = (shape: PodShape): boolean => shape.graceSeconds > LIMIT_SECONDS || comesBack(shape);

const comesBack = ({ tolerations }: PodShape): boolean => tolerations.some((one) => tolerates(one, CORDON));

/** Reasons of pods themselves. Those in `late` wait for the ends of others under their budget. */
function ownReasons(
  going: readonly SelectedPod[],
  now: Date,
  late: ReadonlySet<SelectedPod>,
): [DrainCode, SelectedPod[]][] {
  const isOverdue = ({ pod }: SelectedPod) =>
    pod.terminatingSince !== undefined && now.getTime() - Date.parse(pod.terminatingSince) > STARTING_MILLISECONDS;
  return [
    // The scheduler puts the pod on the cordoned node again until the time limit ends (facts: nodes.md §2.2).
    ['comes-back', going.filter(({ shape }) => shape.controller !== undefined && comesBack(shape))],
    [
      'long-grace',
      going.filter(
        (one) =>
          late.has(one) ||
          (one.shape.graceSeconds > LIMIT_SECONDS && !isFinished(one.pod) && one.pod.phase !== 'Pending'),
      ),
    ],
    ['finalizer', going.filter((one) => isOverdue(one) || (one.pod.finalizers ?? []).length > 0)],
  ];
}

function heldPod(facts: DrainFacts, { pod, shape }: SelectedPod): HeldPod {
  const controller = controllerName(facts, shape);
  return { namespace: shape.namespace, name: pod.name, node: pod.node ?? '', ...given({ controller }) };
}
