import type { ReasonCode } from '../contracts/reasons.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { some } from '../model/words.ts';
import type { DrainNode, DrainPod } from '../ports/node-operator.ts';
import { ownershipOf } from '../scan/owner/owner.ts';
import { downText } from './disruption-ledger.ts';
import type { DrainLook } from './drain-look.ts';
import type { PodTry } from './drain-move.ts';
import { isFull, MOST_AT_ONCE, pauseEnd, pendingSince, sinceOf } from './drain-order.ts';
import { BUDGET_ROOM } from './drain-settings.ts';
import { isUncordoned, type NodeStand, type PodStand } from './drain-stand.ts';
import { leftCordoned } from './left-cordoned.ts';

const podName = ({ namespace, name }: DrainPod): string => `${namespace}/${name}`;

export function doneReasons({ stands }: DrainLook): Reason[] {
  if (stands.length === 0) return [reason('Drained', 'The cluster has no node of the group.')];
  const left = stands.flatMap(({ node, skipped }) => skipped.map((pod) => `${podName(pod)} on ${node.name}`));
  const rest = left.length === 0 ? '' : ` A rule of the policy leaves ${some(left, 5)}.`;
  const emptied = `Nodes of the drain that hold nothing any more that has to go: ${stands.length}.${rest}`;
  return [reason('Drained', `${emptied} ${leftCordoned(stands.map(({ node }) => node.name))}`)];
}

/** What an answer of the API server means for a pod that is in the way; # stands for the answer's message. */
const ANSWERED: Readonly<Record<Exclude<PodTry['answer'], 'gone' | 'unasked'>, readonly [ReasonCode, string]>> = {
  accepted: ['DrainTerminating', 'its eviction was accepted, and it does not show yet'],
  budget: ['DrainBudget', `#. Give it room: ${BUDGET_ROOM}`],
  busy: ['DrainTerminating', 'the API server has no place for its eviction now (#)'],
  severalBudgets: ['DrainSeveralBudgets', 'several budgets select it, so no eviction passes. Leave it only one'],
  namespaceTerminating: ['DrainTerminating', 'its namespace is being deleted, and it goes with that'],
  refused: ['DrainRefused', 'the API server refused its eviction: #. Look at the webhooks asked about it'],
};

/** What a budget answers whose pods its controller cannot count, for ever where a pod of it has a controller without scale (facts: nodes.md §1). */
const UNCOUNTED = / (?:is still being processed by the server|.* because it failed sync: )/;
const UNCOUNTED_TEXT =
  '#. No number of replicas helps while its pods cannot be counted: give it an integer minAvailable, or a selector that leaves out pods of Jobs and DaemonSets';

/** "Pod team-a/web-7d9 (Deployment/web, team checkout) has blocked node ip-10-0-1-2 for 12 min: budget web-pdb allows 0 disruptions …" */
export function podReason({ name }: DrainNode, stand: PodStand, look: DrainLook): Reason {
  const { pod } = stand;
  const minutes = Math.floor((look.now.getTime() - sinceOf(stand, look)) / 60_000);
  const { owner } = ownershipOf({ labels: pod.labels });
  const team = owner === undefined || /^(?:Argo CD|Flux|Helm) /.test(owner) ? owner : `team ${owner}`;
  const about = [pod.controller ?? 'no controller', team].filter((text) => text !== undefined).join(', ');
  const time = minutes < 1 ? 'less than a minute' : `${minutes} min`;
  const { answer = 'accepted', message = '' } = look.memory.pods[pod.uid] ?? {};
  const answered = ANSWERED[answer === 'gone' || answer === 'unasked' ? 'accepted' : answer];
  const isUncounted = answer === 'budget' && UNCOUNTED.test(message);
  const [code, why] = stand.why ?? (isUncounted ? (['DrainBudget', UNCOUNTED_TEXT] as const) : answered);
  const allows = isUncounted ? '' : ' allows 0 disruptions, it';
  const none = message.replace(/^.*disruption budget ([^\s.]\S*) /i, `budget $1${allows} `);
  const said = why.replace('#', () => none.replace(/\.$/, ''));
  return reason(code, `Pod ${podName(pod)} (${about}) has blocked node ${name} for ${time}: ${said}.`);
}

/** "Pods made since the drain began that have no node: 1, the first for 12 min: shop/api-7d9 (Deployment/api). …" */
export function pendingReason(look: DrainLook): Reason {
  const { pending, now, settings } = look;
  const [{ namespace, name } = { namespace: '', name: '' }] = pending;
  const minutes = Math.floor((now.getTime() - pendingSince(look)) / 60_000);
  const who = pending.map((pod) => `${podName(pod)} (${pod.controller ?? 'no controller'})`);
  const said = `Pods made since the drain began that have no node: ${pending.length}, the first for ${minutes} min: ${some(who)}.`;
  const next = `Nothing else is cordoned or evicted until they have one. After ${settings.podTimeoutSeconds / 60} min (podTimeout) the drain fails, and its cordons are taken back. What keeps them: kubectl -n ${namespace} describe pod ${name}. Give them nodes that take them, or cancel the drain.`;
  return reason('DrainPodsPending', `${said} ${next}`);
}

/** What nodes wait for, apart from single pods. `waiting`: the nodes that have not begun. */
export function nodeReasons(look: DrainLook, open: readonly NodeStand[], waiting: readonly NodeStand[]): Reason[] {
  const { ledger, now } = look;
  const uncordoned = open.filter(isUncordoned).map(({ node }) => {
    const message = `Somebody has taken off the cordon that Liftlock (upgrade ${node.cordonedBy}) had put on node ${node.name}, so it is left as it is. Cordon it again to have it drained.`;
    return reason('DrainUncordoned', message);
  });
  const end = pauseEnd(look);
  const full = `${MOST_AT_ONCE} pods are in the way; others are asked to go when some of them have.`;
  const room = `Nodes of the drain that wait for room: ${waiting.length}. ${downText(ledger)}`;
  // What is waited for comes first: by their first reason looks in a row are counted.
  if (isFull(look)) return [reason('DrainNoRoom', full), ...uncordoned];
  if (waiting.length > 0 && end > now.getTime())
    return [reason('DrainPause', `The next node begins at ${new Date(end).toISOString()}.`), ...uncordoned];
  if (waiting.length > 0 && !ledger.hasRoom) return [reason('DrainNoRoom', room), ...uncordoned];
  return uncordoned;
}
