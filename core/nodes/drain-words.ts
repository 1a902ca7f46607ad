import { type Reason, reason } from '../contracts/step-result.ts';
import type { DrainNode, DrainPod } from '../ports/node-operator.ts';
import { ownershipOf } from '../scan/owner/owner.ts';
import { whyDown } from './disruption-ledger.ts';
import type { DrainLook } from './drain-look.ts';
import type { PodTry } from './drain-move.ts';
import { isFull, MOST_PODS, overdueAt, pauseEnd } from './drain-order.ts';
import { isUncordoned, type NodeStand, type PodStand } from './drain-stand.ts';

/** As many names as a person reads. */
const MOST_NAMES = 5;

const listed = (names: readonly string[]): string =>
  names.length <= MOST_NAMES
    ? names.join(', ')
    : `${names.slice(0, MOST_NAMES).join(', ')} and ${names.length - MOST_NAMES} more`;

const counted = (count: number, thing: string): string => `${count} ${thing}${count === 1 ? '' : 's'}`;

export function doneReasons({ stands }: DrainLook): Reason[] {
  const left = stands.filter(({ skipped }) => skipped.length > 0);
  return [
    reason('Drained', `Nothing is left on ${counted(stands.length, 'node')} of the drain that has to go.`),
    ...left.map(({ node, skipped }) =>
      reason(
        'DrainPodsLeft',
        `Node ${node.name} counts as drained with ${listed(skipped.map(podName))}, which a rule of the policy skips.`,
      ),
    ),
  ];
}

const podName = ({ namespace, name }: DrainPod): string => `${namespace}/${name}`;

/** "pod team-a/web-7d9 (Deployment/web, team checkout) has blocked node ip-10-0-1-2 for 12 min: budget web-pdb allows 0 disruptions …" */
export function podReason({ name }: DrainNode, stand: PodStand, look: DrainLook): Reason {
  const { pod, held } = stand;
  const since = (overdueAt(stand, look) ?? 0) - look.settings.podTimeoutSeconds * 1000;
  const minutes = Math.floor((look.now.getTime() - since) / 60_000);
  const { owner } = ownershipOf({ labels: pod.labels });
  const team = owner === undefined || /^(?:Argo CD|Flux|Helm) /.test(owner) ? owner : `team ${owner}`;
  const about = [pod.controller ?? 'no controller', ...(team === undefined ? [] : [team])].join(', ');
  const time = minutes < 1 ? 'less than a minute' : `${minutes} min`;
  const { code, why } = held ?? answered(look.memory.pods[pod.uid]);
  return reason(code, `Pod ${podName(pod)} (${about}) has blocked node ${name} for ${time}: ${why}.`);
}

function answered(tried: PodTry | undefined) {
  const message = (tried?.message ?? '').replace(/\.$/, '');
  switch (tried?.answer) {
    case 'budget': {
      const [, budget, state] = /disruption budget ([^\s.]\S*) (.+)/i.exec(message) ?? [];
      const none = budget === undefined ? message : `budget ${budget} allows 0 disruptions, it ${state}`;
      return { code: 'DrainBudget', why: `${none}. Give it room: more replicas, or maxUnavailable: 1` } as const;
    }
    case 'severalBudgets':
      return {
        code: 'DrainSeveralBudgets',
        why: 'more than one budget selects it, and the API server then refuses its eviction whatever they allow. Change or remove one of them',
      } as const;
    case 'refused':
      return {
        code: 'DrainRefused',
        why: `the API server refused its eviction: ${message}. Look at the webhooks and policies of the cluster that are asked about evictions`,
      } as const;
    case 'namespaceTerminating':
      return { code: 'DrainTerminating', why: 'its namespace is being deleted, and it goes with that' } as const;
    case 'busy':
      return {
        code: 'DrainTerminating',
        why: `the API server has no place for its eviction now (${message})`,
      } as const;
    default:
      return { code: 'DrainTerminating', why: 'its eviction was accepted, and it does not show yet' } as const;
  }
}

/** What nodes wait for, beside single pods. */
export function nodeReasons(look: DrainLook, open: readonly NodeStand[], waiting: readonly NodeStand[]): Reason[] {
  const { ledger, memory, now } = look;
  const reasons = open.flatMap(({ node, toGo }) => {
    const leaving = toGo.filter(({ type }) => type === 'leaving').map(({ pod }) => podName(pod));
    return leaving.length === 0 ? [] : [reason('DrainTerminating', `Node ${node.name}: ${listed(leaving)} terminate.`)];
  });
  for (const { node } of open.filter(isUncordoned))
    reasons.push(
      reason(
        'DrainUncordoned',
        `Somebody has taken off the cordon that Liftlock (upgrade ${node.cordonedBy}) had put on node ${node.name}, so it is left as it is. Cordon it again to have it drained.`,
      ),
    );
  if (isFull(look))
    reasons.push(
      reason('DrainTooManyPods', `${MOST_PODS} pods are in the way; others are asked to go when some of them have.`),
    );
  if (waiting.length === 0) return reasons;
  if (pauseEnd(look) > now.getTime())
    reasons.push(
      reason(
        'DrainPause',
        `The next node begins at ${new Date(pauseEnd(look)).toISOString()}; the last one ended at ${memory.lastDrainedAt}.`,
      ),
    );
  else if (!ledger.hasRoom)
    reasons.push(
      reason(
        'DrainNoRoom',
        `${counted(waiting.length, 'node')} of the drain wait for room: ${ledger.down.length} nodes of the cluster are down and ${ledger.allowed} may be: ${listed(ledger.down.map(whyDown))}.`,
      ),
    );
  return reasons;
}
