import { sha256Hex } from '../hash/sha256.ts';
import type { EvictionAnswer, PodUid } from '../ports/node-operator.ts';
import type { DrainMemory, DrainObservation, PodTry } from './drain-move.ts';
import { hasComeBack, returnKey } from './drain-stand.ts';

const LONGEST_MESSAGE = 300;
const LONGEST_RETRY_SECONDS = 300;

/** After the evictions of one node. The observation is the one that they were decided from. */
export function rememberAnswers(
  memory: DrainMemory,
  { pods: observed }: DrainObservation,
  answers: readonly { readonly pod: PodUid; readonly answer: EvictionAnswer }[],
  now: Date,
): DrainMemory {
  const pods: Record<string, PodTry> = { ...memory.pods };
  const cameBack: Record<string, number> = { ...memory.cameBack };
  for (const {
    pod: { uid },
    answer,
  } of answers) {
    if (answer.type === 'gone') {
      delete pods[uid];
      continue;
    }
    const tries = (pods[uid]?.tries ?? 0) + 1;
    const retryAt = new Date(now.getTime() + retrySeconds(answer, tries, uid) * 1000).toISOString();
    const said = 'message' in answer ? answer.message.slice(0, LONGEST_MESSAGE) : undefined;
    const message = answer.type === 'refused' ? `${answer.status} ${said}` : said;
    pods[uid] = { since: pods[uid]?.since ?? now.toISOString(), retryAt, tries, answer: answer.type, message };
    if (answer.type !== 'accepted') continue;
    for (const [node, those] of observed) {
      const pod = those.find((one) => one.uid === uid);
      if (pod === undefined || !hasComeBack(pod, node, memory)) continue;
      cameBack[returnKey(pod, node)] = (cameBack[returnKey(pod, node)] ?? 0) + 1;
    }
  }
  return { ...memory, pods, cameBack };
}

/** A budget that allows nothing names no time: asked at once it would be asked without end. Those of one budget do not ask all at once. */
function retrySeconds(answer: EvictionAnswer, tries: number, uid: string): number {
  switch (answer.type) {
    case 'budget': {
      if (answer.retryAfterSeconds > 0) return Math.min(LONGEST_RETRY_SECONDS, answer.retryAfterSeconds);
      const share = Number.parseInt(sha256Hex(uid).slice(0, 4), 16) / 0xffff;
      return Math.min(60, 5 * 2 ** (tries - 1)) * (1 - share / 5);
    }
    case 'busy':
      return answer.retryAfterSeconds > 0 ? Math.min(LONGEST_RETRY_SECONDS, answer.retryAfterSeconds) : 10;
    case 'severalBudgets':
      return 120;
    case 'refused':
      return 60;
    default:
      return 10;
  }
}
