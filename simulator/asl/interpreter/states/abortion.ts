import type { Strand } from '../execution.ts';
import type { Turn } from '../turn.ts';

function dropPending(turn: Turn, strandId: string): void {
  const { tasks, timers } = turn.execution;
  for (const task of Object.values(tasks)) if (task.strand === strandId) turn.dropTask(task.taskId, true);
  for (const timer of Object.values(timers)) if (timer.strand === strandId) turn.cancelTimer(timer.timerId);
}

/**
 * Stops a strand and those inside it because a sibling failed: gives up their tasks and timers and notes the states that were
 * cut short. `mapState` names the Map state the strand is an iteration of.
 */
export function abortStrand(turn: Turn, strand: Strand, mapState?: string): void {
  const { strands } = turn.execution;
  const state = turn.stateOf(strand);
  for (const id of strand.fanOut?.running ?? []) {
    const child = strands[id];
    if (child) abortStrand(turn, child, state.Type === 'Map' ? strand.state : undefined);
  }
  dropPending(turn, strand.id);
  delete strands[strand.id];
  const wasEntered = strand.enteredEventId > 0;
  const { Type } = state;
  if (wasEntered && (Type === 'Task' || Type === 'Wait' || Type === 'Map' || Type === 'Parallel')) {
    turn.record(strand, `${Type}StateAborted`);
  }
  if (mapState === undefined || strand.index === undefined) return;
  turn.record(strand, 'MapIterationAborted', {
    mapIterationAbortedEventDetails: { name: mapState, index: strand.index },
  });
}
