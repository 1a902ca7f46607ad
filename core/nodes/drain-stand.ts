import type { ReasonCode } from '../contracts/reasons.ts';
import type { DrainNode, DrainPod } from '../ports/node-operator.ts';
import { matchesSelector } from '../selector/match.ts';
import type { DrainMemory, DrainObservation, DrainSettings } from './drain-move.ts';

/** A node of the drain, with what has to go from it and what the policy leaves there. */
export interface NodeStand {
  readonly node: DrainNode;
  readonly toGo: readonly PodStand[];
  readonly skipped: readonly DrainPod[];
}

export interface PodStand {
  readonly pod: DrainPod;
  /** `leaving`: it terminates in time. `held`: nobody evicts it, and `held` says why. */
  readonly type: 'evict' | 'leaving' | 'held';
  readonly order: number;
  readonly held?: { readonly code: ReasonCode; readonly why: string };
}

/** Beyond its grace period a pod is given so long before something is taken to hold it. */
const TERMINATION_SLACK_SECONDS = 60;
/** A pod that comes back to its cordoned node is evicted so often. */
const MOST_RETURNS = 3;
/** So many pods that came back are remembered; further ones are not evicted. */
const MOST_RETURNED = 200;

export const isEmpty = ({ node, toGo }: NodeStand): boolean => node.unschedulable && toGo.length === 0;

/** Somebody has taken off the cordon of which our mark is left: what they want is not ours to undo. */
export const isUncordoned = ({ node }: NodeStand): boolean => !node.unschedulable && node.cordonedBy !== undefined;

export function standsOf(
  { nodes, pods }: DrainObservation,
  settings: DrainSettings,
  memory: DrainMemory,
  now: Date,
): NodeStand[] {
  return nodes.map((node) => {
    const read = pods.get(node.name);
    if (read === undefined && node.unschedulable)
      throw new Error(`The pods of the cordoned node ${node.name} were not read, so nobody knows whether it is empty.`);
    const own = (read ?? []).filter(({ isMirror, controller }) => !isMirror && !/^DaemonSet\//.test(controller ?? ''));
    const isSkipped = (pod: DrainPod) => ruleOf(pod, settings)?.action === 'skip';
    const toGo = own.filter((pod) => !isSkipped(pod)).map((pod) => standOf(pod, node.name, settings, memory, now));
    return { node, toGo, skipped: own.filter(isSkipped) };
  });
}

const ruleOf = ({ labels }: DrainPod, { rules }: DrainSettings) =>
  rules.find(({ selector }) => matchesSelector(selector, labels));

function standOf(pod: DrainPod, node: string, settings: DrainSettings, memory: DrainMemory, now: Date): PodStand {
  const { terminatingSince, graceSeconds, phase, controller, emptyDirs } = pod;
  const rule = ruleOf(pod, settings);
  const order = rule?.order ?? 0;
  const held = (code: ReasonCode, why: string): PodStand => ({ pod, type: 'held', order, held: { code, why } });
  if (terminatingSince !== undefined) {
    const seconds = graceSeconds + TERMINATION_SLACK_SECONDS;
    if (now.getTime() <= Date.parse(terminatingSince) + seconds * 1000) return { pod, type: 'leaving', order };
    const why = `it was told to end ${seconds} s before and more, and is still there. A finalizer holds it, or the kubelet of its node does not answer: look at its metadata.finalizers and at the node`;
    return held('DrainTerminatingStuck', why);
  }
  if (phase === 'Succeeded' || phase === 'Failed') return { pod, type: 'evict', order };
  if (rule?.action === 'waitUntilCompleted')
    return held('DrainAwaitsCompletion', 'a rule of the policy waits until it has completed');
  if (rule === undefined && controller === undefined && settings.barePods === 'wait')
    return held(
      'DrainHeldByPolicy',
      'no controller makes it again (barePods: wait). Delete it, or let a rule of the policy evict it',
    );
  if (rule === undefined && emptyDirs.length > 0 && settings.emptyDirs === 'wait')
    return held(
      'DrainHeldByPolicy',
      `its emptyDir volumes ${emptyDirs.join(', ')} are lost with it (emptyDirs: wait). Delete it, or let a rule of the policy evict it`,
    );
  if (hasComeBack(pod, node, memory)) {
    const returns = memory.cameBack[returnKey(pod, node)];
    if ((returns ?? (Object.keys(memory.cameBack).length < MOST_RETURNED ? 0 : MOST_RETURNS)) >= MOST_RETURNS)
      return held(
        'DrainComesBack',
        `it has come back ${returns ?? 0} times after its eviction, since it tolerates the cordon. Take that toleration away, or give it a rule with action skip`,
      );
  }
  return { pod, type: 'evict', order };
}

/** Made after the drain of its node had begun: nobody schedules it there but for a toleration. */
export function hasComeBack({ createdAt }: DrainPod, node: string, { nodes }: DrainMemory): boolean {
  const begunAt = nodes[node]?.begunAt;
  return begunAt !== undefined && Date.parse(createdAt) > Date.parse(begunAt);
}

export const returnKey = ({ namespace, controller, name }: DrainPod, node: string): string =>
  `${node} ${namespace}/${controller ?? name}`;
