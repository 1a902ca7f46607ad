import type { State } from '../../definition/states-language.ts';
import type { Strand } from '../execution.ts';
import type { HistoryEventType } from '../history-event.ts';
import type { Turn } from '../turn.ts';

function dropPending(turn: Turn, strandId: string): void {
  const { tasks, timers } = turn.execution;
  for (const task of Object.values(tasks)) if (task.strand === strandId) turn.dropTask(task.taskId, true);
  for (const timer of Object.values(timers)) if (timer.strand === strandId) turn.cancelTimer(timer.timerId);
}

/** Notes what became of an iteration; `beside` is the strand in whose line that happens. Nothing for a branch of a Parallel state. */
export function noteIteration(
  turn: Turn,
  beside: Strand,
  outcome: 'Succeeded' | 'Failed' | 'Aborted',
  { name, index }: { readonly name: string | undefined; readonly index: number | undefined },
): void {
  if (name === undefined || index === undefined) return;
  turn.note(beside, `MapIteration${outcome}`, { [`mapIteration${outcome}EventDetails`]: { name, index } });
}

/** Notes that the state a strand is in is left without a result. Map and Parallel states that have failed say so themselves. */
export function noteAborted(turn: Turn, beside: Strand, strand: Strand, types: readonly State['Type'][]): void {
  const { Type } = turn.stateOf(strand);
  if (strand.enteredEventId > 0 && types.includes(Type)) turn.note(beside, `${Type}StateAborted` as HistoryEventType);
}

/**
 * Stops a strand and those inside it because a sibling failed: gives up their tasks and timers and notes the states that were
 * cut short. `mapState` names the Map state the strand is an iteration of, `beside` is the strand around it.
 */
export function abortStrand(turn: Turn, beside: Strand, strand: Strand, mapState?: string): void {
  const { strands } = turn.execution;
  const state = turn.stateOf(strand);
  noteIteration(turn, beside, 'Aborted', { name: mapState, index: strand.index });
  for (const id of strand.fanOut?.running ?? []) {
    const child = strands[id];
    if (child) abortStrand(turn, beside, child, state.Type === 'Map' ? strand.state : undefined);
  }
  dropPending(turn, strand.id);
  delete strands[strand.id];
  noteAborted(turn, beside, strand, ['Task', 'Wait', 'Map', 'Parallel']);
}
