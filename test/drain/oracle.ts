import type { DrainBudget, DrainPod, PodShape } from '../../core/scan/drain/drain-facts.ts';
import type { DrainWorld } from './worlds.ts';

/** What trying every order of evictions gives: always empty at the end, never, or now this and now that. */
export type Truth = 'always' | 'sometimes' | 'never';

interface TriedPod {
  readonly name: string;
  readonly app: string;
  readonly kind: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly going: boolean;
  readonly ready: boolean;
  readonly phase: string;
  readonly returns: boolean;
}

/**
 * Tries all orders of evictions of a small world, by the rules of the eviction API and of the disruption controller (facts: nodes.md §1), written
 * for this alone. Whatever a Job makes again may come or not, and then both are tried.
 */
export function tryAllOrders(world: DrainWorld): Truth {
  const { facts, goes } = world;
  const going = new Set([...goes].map(({ name }) => name));
  const pods = facts.pods.map((pod): TriedPod => triedPod(pod, facts.shapes[pod.shape] as PodShape, going));
  const ends = new Set<boolean>();
  const seen = new Set<string>();
  const todo: (readonly TriedPod[])[] = [pods];
  for (let state = todo.pop(); state !== undefined; state = todo.pop()) {
    const key = state
      .map(({ name, going: goes, ready }) => `${name}${goes}${ready}`)
      .sort()
      .join();
    if (seen.has(key)) continue;
    seen.add(key);
    const now = state;
    const movable = now.filter((pod) => pod.going && mayBeEvicted(pod, now, world));
    if (movable.length === 0) ends.add(now.every((pod) => !pod.going));
    for (const pod of movable) todo.push(...afterEviction(pod, now, world));
  }
  if (ends.size === 2) return 'sometimes';
  return ends.has(true) ? 'always' : 'never';
}

function triedPod(pod: DrainPod, shape: PodShape, going: ReadonlySet<string>): TriedPod {
  const { controller, labels, terms } = shape;
  const kind = controller === undefined ? 'bare' : controller.kind === 'ReplicaSet' ? 'Deployment' : controller.kind;
  return {
    name: pod.name,
    app: labels.app ?? '',
    kind,
    labels,
    going: going.has(pod.node ?? ''),
    ready: pod.ready,
    phase: pod.phase,
    // Whoever wants the first node by name finds it nowhere once that goes, and it always goes.
    returns: terms.length === 0,
  };
}

const selects = ({ selector }: DrainBudget, pod: TriedPod): boolean =>
  Object.entries(selector?.matchLabels ?? {}).every(([key, value]) => pod.labels[key] === value);

function mayBeEvicted(pod: TriedPod, pods: readonly TriedPod[], { facts }: DrainWorld): boolean {
  if (pod.phase !== 'Running') return true;
  const budgets = facts.budgets.filter((budget) => selects(budget, pod));
  if (budgets.length === 0) return true;
  const [budget] = budgets;
  if (budgets.length > 1 || budget === undefined) return false;
  const all = pods.filter((one) => selects(budget, one));
  const { healthy, desired, allowed } = status(budget, all, facts.replicas);
  if (!pod.ready) {
    if (budget.evictsUnhealthy === 'AlwaysAllow') return true;
    if (healthy >= desired && desired > 0) return true;
  }
  return allowed > 0;
}

function status(budget: DrainBudget, pods: readonly TriedPod[], replicas: Readonly<Record<string, number>>) {
  const healthy = pods.filter(({ ready }) => ready).length;
  const { minAvailable, maxUnavailable } = budget;
  if (typeof minAvailable === 'number')
    return { healthy, desired: minAvailable, allowed: pods.length > 0 ? Math.max(0, healthy - minAvailable) : 0 };
  const controllers = new Set(pods.flatMap(({ kind, app }) => (kind === 'bare' ? [] : [`${kind}/shop/${app}`])));
  let expected = 0;
  for (const controller of controllers) {
    // A Job has no scale, so that the controller gives up: whatever it has written stays, and here it has written nothing.
    if (controller.startsWith('Job/')) return { healthy, desired: 0, allowed: 0 };
    expected += replicas[controller] ?? 0;
  }
  const part = (amount: number | string) =>
    typeof amount === 'number' ? amount : Math.ceil((expected * Number(amount.slice(0, -1))) / 100);
  const desired = minAvailable === undefined ? Math.max(0, expected - part(maxUnavailable ?? 1)) : part(minAvailable);
  return { healthy, desired, allowed: expected > 0 ? Math.max(0, healthy - desired) : 0 };
}

function afterEviction(pod: TriedPod, pods: readonly TriedPod[], { facts }: DrainWorld): (readonly TriedPod[])[] {
  const others = pods.filter((one) => one !== pod);
  if (pod.kind === 'bare' || pod.phase === 'Succeeded') return [others];
  // What did not run well does not run better elsewhere.
  const ready = pod.returns && pod.ready;
  const made: TriedPod = {
    ...pod,
    name: `${pod.name}+`,
    going: false,
    ready,
    phase: pod.returns ? 'Running' : 'Pending',
  };
  const running = others.filter(
    ({ app, kind, phase }) => app === pod.app && kind === pod.kind && phase !== 'Succeeded',
  );
  if (pod.kind === 'Job') return [others, [...others, made]];
  const wanted = facts.replicas[`${pod.kind}/shop/${pod.app}`] ?? 0;
  return [running.length < wanted ? [...others, made] : others];
}
