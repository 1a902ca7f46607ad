import type { Strand } from './execution.ts';
import type { Turn } from './turn.ts';

/** Has an execution that ended without success run again, under the same ARN and with the same history. */
export function reopen(turn: Turn): void {
  const { execution } = turn;
  const count = (execution.redriven?.count ?? 0) + 1;
  execution.redriven = { count, date: turn.now.toISOString() };
  execution.status = 'RUNNING';
  delete execution.stopDate;
  delete execution.error;
  delete execution.cause;
  // "Execution redrives are considered as state transitions." Source: developer guide, "redrive-executions".
  execution.stateTransitions++;
  turn.record(undefined, 'ExecutionRedriven', { executionRedrivenEventDetails: { redriveCount: count } });
}

/** Takes up the states in which it stopped, each with the input that it had; the machine's time begins anew. */
export function takeUp(turn: Turn): void {
  const { unfinished } = turn.execution;
  if (unfinished === undefined) return;
  delete turn.execution.unfinished;
  turn.startTimeout();
  takeUpStrand(turn, unfinished, turn.execution.history.length);
}

/** Retries are counted from none. Branches and iterations that came to their end keep their results. */
function takeUpStrand(turn: Turn, { stoppedFanOut, ...stopped }: Strand, lastEventId: number): void {
  const strand: Strand = { ...stopped, lastEventId, retryCount: 0, attempts: [] };
  turn.execution.strands[strand.id] = strand;
  if (stoppedFanOut === undefined) {
    // "Reenters the Fail state and fails again"; of others AWS says that they are scheduled, reevaluated or rerun.
    const isEntered = strand.enteredEventId > 0 && turn.stateOf(strand).Type !== 'Fail';
    turn.steps.push({ do: isEntered ? 'begin' : 'enter', strand: strand.id });
    return;
  }
  const { unfinished, ...fanOut } = stoppedFanOut;
  strand.fanOut = { ...fanOut, running: unfinished.map(({ id }) => id) };
  for (const child of unfinished) takeUpStrand(turn, child, lastEventId);
  turn.steps.push({ do: 'proceed', strand: strand.id });
}
