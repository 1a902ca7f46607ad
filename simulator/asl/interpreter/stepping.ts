import { beginState } from './begin-state.ts';
import { fail, succeed } from './ending.ts';
import type { Strand } from './execution.ts';
import { maximumHistoryEvents } from './history-event.ts';
import { runPart } from './recovery.ts';
import { childFailed, childSucceeded, proceed } from './states/fan-out.ts';
import { HistoryFull, type Step, type Turn } from './turn.ts';

function enterState(turn: Turn, strand: Strand): void {
  const { Type } = turn.stateOf(strand);
  strand.enteredAt = turn.now.toISOString();
  strand.retryCount = 0;
  strand.attempts = [];
  turn.execution.stateTransitions++;
  strand.enteredEventId = turn.record(strand, `${Type}StateEntered`, {
    stateEnteredEventDetails: {
      name: strand.state,
      input: turn.textOf(strand.input),
      inputDetails: { truncated: false },
    },
  });
}

async function take(turn: Turn, step: Step): Promise<void> {
  const strand = turn.execution.strands[step.strand];
  // A sibling's failure may have ended the strand since the step became due.
  if (!strand) return;
  switch (step.do) {
    case 'enter':
      enterState(turn, strand);
      return runPart(turn, strand, () => beginState(turn, strand));
    case 'begin':
      return runPart(turn, strand, () => beginState(turn, strand));
    case 'proceed':
      return proceed(turn, strand);
    case 'succeed':
      return strand.parent === undefined ? succeed(turn, step.output) : childSucceeded(turn, strand, step.output);
    case 'fail':
      return strand.parent === undefined ? fail(turn, step.failure) : childFailed(turn, strand, step.failure);
  }
}

/**
 * Runs `first` and then every step that is due, strands taking turns, until all strands wait for the host.
 * An execution whose history is full fails, as on AWS, with its last event saying so.
 */
export async function runTurn(turn: Turn, first: () => void | Promise<void>): Promise<void> {
  try {
    await first();
    for (let step = turn.steps.shift(); step; step = turn.steps.shift()) await take(turn, step);
  } catch (thrown) {
    if (!(thrown instanceof HistoryFull)) throw thrown;
    const cause = `The execution reached the maximum number of history events (${maximumHistoryEvents}).`;
    fail(turn, { error: 'States.Runtime', cause });
  }
}
