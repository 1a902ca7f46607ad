import type { FakeEksState } from './state/fake-eks-state.ts';
import type { Timing } from './timing.ts';

/** Who calls, and where to. `principal` is an ARN, of a role or of a session of one. */
export interface Caller {
  readonly account: string;
  readonly region: string;
  readonly principal: string;
  /** The ARN of the session, by which CloudTrail names the caller, where `principal` is its role. */
  readonly session?: string;
}

/** The world while something happens in it. */
export interface World {
  readonly state: FakeEksState;
  readonly random: () => number;
  readonly timing: Timing;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** The world while an operation is served. */
export interface OperationContext extends World {
  readonly caller: Caller;
}
