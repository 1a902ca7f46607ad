import type { ReasonCode } from '../contracts/reasons.ts';
import type { DrainNode, DrainPod } from '../ports/node-operator.ts';
import { matchesSelector } from '../selector/match.ts';
import type { DrainMemory, DrainObservation, DrainSettings } from './drain-move.ts';

/** A node of the drain, with the pods that have to go from it, and those that a rule of the policy leaves there. */
export interface NodeStand {
  readonly node: DrainNode;
  readonly toGo: readonly PodStand[];
  readonly skipped: readonly DrainPod[];
  /** How many pods have to go; infinite where those of a node in use were not read. */
  readonly size: number;
}

/** `leaving`: the pod terminates in time. `held`: nobody evicts it. For both, `why` gives the reason. */
export interface PodStand {
  readonly pod: DrainPod;
  readonly type: 'evict' | 'leaving' | 'held';
  readonly order: number;
  readonly why?: readonly [ReasonCode, string];
}

/** After its grace period a pod is given this much longer before something is taken to hold it. */
const TERMINATION_SLACK_SECONDS = 60;
/** Pods that come back to a cordoned node are evicted this many times. */
const MOST_RETURNS = 3;

export const isEmpty = ({ node, toGo }: NodeStand): boolean => node.unschedulable && toGo.length === 0;

/** Whether somebody has taken off the cordon and left our mark: Liftlock does not undo what that person wants. */
export const isUncordoned = ({ node }: NodeStand): boolean => !node.unschedulable && node.cordonedBy !== undefined;

export function standsOf(look: DrainObservation, settings: DrainSettings, memory: DrainMemory, now: Date): NodeStand[] {
  const ruleOf = ruleIn(settings);
  return look.nodes.map((node) => {
    const read = look.pods.get(node.name);
    if (read === undefined && node.unschedulable)
      throw new Error(`The pods of the cordoned node ${node.name} were not read, so nobody knows whether it is empty.`);
    const own = (read ?? []).filter((pod) => !pod.isMirror && !isOfDaemonSet(pod));
    const toGo = own.filter((pod) => ruleOf(pod)?.action !== 'skip').map((pod) => standOf(pod, node));
    const size = read === undefined ? Number.POSITIVE_INFINITY : toGo.length;
    return { node, toGo, skipped: own.filter((pod) => ruleOf(pod)?.action === 'skip'), size };
  });

  function standOf(pod: DrainPod, node: DrainNode): PodStand {
    const { terminatingSince, graceSeconds, phase, emptyDirs } = pod;
    const { action, order = 0 } = ruleOf(pod) ?? {};
    const held = (code: ReasonCode, why: string): PodStand => ({ pod, type: 'held', order, why: [code, why] });
    const seconds = graceSeconds + TERMINATION_SLACK_SECONDS;
    const hint = 'Delete it, or let a rule of the policy evict it';
    if (terminatingSince !== undefined) {
      const isInTime = now.getTime() <= Date.parse(terminatingSince) + seconds * 1000;
      if (isInTime) return { pod, type: 'leaving', order, why: ['DrainTerminating', 'it terminates'] };
      const why = `it should have ended within ${seconds} s. Look at its metadata.finalizers, and whether the kubelet answers`;
      return held('DrainTerminatingStuck', why);
    }
    if (phase === 'Succeeded' || phase === 'Failed') return { pod, type: 'evict', order };
    if (action === 'waitUntilCompleted') return held('DrainAwaitsCompletion', 'a rule waits until it has completed');
    if (action === undefined && isKeptBare(pod, settings))
      return held('DrainHeldByPolicy', `no controller makes it again (barePods: wait). ${hint}`);
    if (action === undefined && isKeptForItsFiles(pod, settings))
      return held('DrainHeldByPolicy', `it has emptyDir volumes: ${emptyDirs.join(', ')} (emptyDirs: wait). ${hint}`);
    const { returns = 0 } = memory.nodes[node.name] ?? {};
    if (returns < MOST_RETURNS || !hasComeBack(pod, node.name, memory)) return { pod, type: 'evict', order };
    const why = `pods that tolerate the cordon have come back here ${returns} times. Skip it by a rule, or take its toleration away`;
    return held('DrainComesBack', why);
  }
}

const isKeptBare = ({ controller }: DrainPod, { barePods }: DrainSettings): boolean =>
  controller === undefined && barePods === 'wait';
const isKeptForItsFiles = ({ emptyDirs: own }: DrainPod, { emptyDirs }: DrainSettings): boolean =>
  own.length > 0 && emptyDirs === 'wait';

const ruleIn =
  ({ rules }: DrainSettings) =>
  ({ labels }: DrainPod) =>
    rules.find(({ selector }) => matchesSelector(selector, labels));

const isOfDaemonSet = ({ controller }: DrainPod): boolean => /^DaemonSet\//.test(controller ?? '');

/**
 * Pods without a node that were created since the drain began, oldest first: pods that the drain has evicted, made anew, or pods that had to make way
 * for those. Creation times are in whole seconds. A pod that had no node before does not belong to the drain, nor does one that the drain never
 * evicts, such as a Job's pod that is to complete.
 */
export function pendingOf(
  { pending }: DrainObservation,
  settings: DrainSettings,
  { begunAt }: DrainMemory,
): DrainPod[] {
  const ruleOf = ruleIn(settings);
  const since = Math.floor(Date.parse(begunAt ?? '') / 1000) * 1000;
  const isKept = (pod: DrainPod) => isKeptBare(pod, settings) || isKeptForItsFiles(pod, settings);
  const isEvicted = (pod: DrainPod) => (ruleOf(pod)?.action ?? (isKept(pod) ? 'wait' : 'evict')) === 'evict';
  const isOwn = (pod: DrainPod) =>
    isEvicted(pod) &&
    pod.phase === 'Pending' &&
    pod.terminatingSince === undefined &&
    !isOfDaemonSet(pod) &&
    Date.parse(pod.createdAt) >= since;
  return pending.filter(isOwn).sort((a, b) => Date.parse(a.createdAt) - Date.parse(b.createdAt));
}

/** Whether the pod was created after the drain of its node had begun: without a toleration it would not be scheduled there. */
export function hasComeBack({ createdAt }: DrainPod, node: string, { nodes }: DrainMemory): boolean {
  return Date.parse(createdAt) > Date.parse(nodes[node]?.begunAt ?? '');
}
