import { parseTimestamp } from '../../definition/rfc3339.ts';
import type { WaitState } from '../../definition/states-language.ts';
import { EvaluationFailure } from '../../expression/evaluation-failure.ts';
import { completeState } from '../complete-state.ts';
import type { Strand } from '../execution.ts';
import { evaluateInteger, evaluateTyped } from '../field-evaluation.ts';
import type { Turn } from '../turn.ts';

/** Milliseconds to wait; negative for a timestamp that has passed. */
async function waitingTime(turn: Turn, strand: Strand, state: WaitState): Promise<number> {
  if (state.Timestamp === undefined) {
    const range = { minimum: 0, maximum: 99_999_999 };
    return 1_000 * (await evaluateInteger(turn, strand, state.Seconds ?? 0, 'Seconds', range));
  }
  const text = await evaluateTyped(turn, strand, state.Timestamp, 'Timestamp', 'string');
  const instant = parseTimestamp(text);
  if (instant !== undefined) return instant - turn.now.getTime();
  throw new EvaluationFailure(
    `The Timestamp field cannot be parsed as an ISO-8601 extended offset date-time format string: ${text}`,
    'Timestamp',
  );
}

/** Requests the timer of the state. */
export async function beginWait(turn: Turn, strand: Strand, state: WaitState): Promise<void> {
  turn.setTimer(await waitingTime(turn, strand, state), { purpose: 'wait', strand: strand.id });
}

/** Continues after that timer. */
export async function endWait(turn: Turn, strand: Strand): Promise<void> {
  const state = turn.stateOf(strand);
  if (state.Type !== 'Wait') return;
  await completeState(turn, strand, { results: state, output: strand.input, transition: state });
}
