import { cutText } from '../contracts/step-result.ts';
import { sha256Hex } from '../hash/canonical-json.ts';
import type { EvictionAnswer, PodUid } from '../ports/node-operator.ts';
import type { DrainMemory, DrainObservation, NodeTry, PodTry } from './drain-move.ts';
import { hasComeBack } from './drain-stand.ts';

const LONGEST_MESSAGE = 300;
/** A busy API server always says one second; each try is a commit, and a request more for a server that has too many. */
const SHORTEST_RETRY_SECONDS = 10;
const LONGEST_RETRY_SECONDS = 300;

/** The memory after the evictions of one node. `observed` is the observation from which they were decided. */
export function rememberAnswers(
  memory: DrainMemory,
  observed: DrainObservation,
  answers: readonly { readonly pod: PodUid; readonly answer: EvictionAnswer }[],
  now: Date,
): DrainMemory {
  const pods: Record<string, PodTry> = { ...memory.pods };
  const nodes: Record<string, NodeTry> = { ...memory.nodes };
  for (const { pod, answer } of answers) {
    // The time of a pod that nobody asked, such as a Job's that has now completed, begins when it is asked.
    const known = pods[pod.uid];
    const before = known?.answer === 'unasked' ? undefined : known;
    const tries = (before?.tries ?? 0) + 1;
    const retryAt = new Date(now.getTime() + retrySeconds(answer, tries, pod.uid) * 1000).toISOString();
    const status = answer.type === 'refused' ? `${answer.status} ` : '';
    const said = 'message' in answer ? { message: cutText(`${status}${answer.message}`, LONGEST_MESSAGE) } : {};
    const since = before === undefined || before.answer === 'busy' ? now.toISOString() : before.since;
    if (answer.type === 'gone') delete pods[pod.uid];
    else if (answer.type === 'busy' && before !== undefined)
      pods[pod.uid] = { ...before, since: sinceWithout(before, retryAt), retryAt, tries };
    else pods[pod.uid] = { since, retryAt, tries, answer: answer.type, ...said };
    if (answer.type !== 'accepted') continue;
    for (const [node, those] of observed.pods)
      if (those.some((one) => one.uid === pod.uid && hasComeBack(one, node, memory)))
        nodes[node] = { ...nodes[node], returns: (nodes[node]?.returns ?? 0) + 1 };
  }
  return { ...memory, pods, nodes };
}

/**
 * A busy API server has said nothing about the pod: what it said before stands, the pod's time stands still until it is asked again, and begins only
 * with the first answer about it.
 */
function sinceWithout({ since, retryAt, answer }: PodTry, next: string): string {
  if (answer === 'busy') return since;
  return new Date(Date.parse(since) + Date.parse(next) - Date.parse(retryAt)).toISOString();
}

/**
 * A budget that allows no disruption names no time, so without a pause it would be asked without end. Pods of one budget are asked at different
 * times.
 */
function retrySeconds(answer: EvictionAnswer, tries: number, uid: string): number {
  if ('retryAfterSeconds' in answer && answer.retryAfterSeconds > 0)
    return Math.min(LONGEST_RETRY_SECONDS, Math.max(SHORTEST_RETRY_SECONDS, answer.retryAfterSeconds));
  if (answer.type === 'severalBudgets') return 120;
  if (answer.type === 'refused') return 60;
  if (answer.type !== 'budget') return SHORTEST_RETRY_SECONDS;
  const share = Number.parseInt(sha256Hex(uid).slice(0, 4), 16) / 0xffff;
  return Math.min(60, 5 * 2 ** (tries - 1)) * (1 - share / 5);
}
