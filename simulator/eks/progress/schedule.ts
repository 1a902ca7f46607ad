import type { FakeEksState } from '../state/fake-eks-state.ts';
import type { TimerEvent } from './timer.ts';

/** Adds an event, after those of the same instant. `at` in epoch milliseconds, rounded up. */
export function schedule(state: FakeEksState, at: number, event: TimerEvent): void {
  state.timerSequence += 1;
  const timer = { at: Math.ceil(at), sequence: state.timerSequence, event };
  let low = 0;
  let high = state.timers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    const each = state.timers[middle];
    if (each !== undefined && each.at <= timer.at) low = middle + 1;
    else high = middle;
  }
  state.timers.splice(low, 0, timer);
}
