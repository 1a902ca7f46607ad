import type { Answer, StreamedAnswer } from '../server/answer.ts';
import type { AimedFault } from './api-fault.ts';
import { damageBody } from './damaged-body.ts';

/** The answer as it goes out under the faults that let the request through; watches go out as they are. */
export function spoil(faults: readonly AimedFault[], answer: Answer | StreamedAnswer): Answer | StreamedAnswer {
  return 'body' in answer ? faults.reduce(spoiledBy, answer) : answer;
}

function spoiledBy(answer: Answer, fault: AimedFault): Answer {
  if (fault.kind === 'damaged-body') return damageBody(fault, answer);
  if (fault.kind === 'delay')
    return { ...answer, delivery: { ...answer.delivery, delayMilliseconds: fault.milliseconds } };
  if (fault.kind === 'connection-reset') return { ...answer, delivery: { ...answer.delivery, breaksOff: true } };
  return answer;
}
