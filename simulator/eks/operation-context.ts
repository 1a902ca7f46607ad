import type { FakeEksState } from './state/fake-eks-state.ts';
import type { Timing } from './timing.ts';

/** The caller and the target of a call. `principal` is an ARN, of a role or of a session of one. */
export interface Caller {
  readonly account: string;
  readonly region: string;
  readonly principal: string;
  /** The ARN of the session, CloudTrail's name of the caller, where `principal` is its role. */
  readonly session?: string;
}

/** The world at one event. */
export interface World {
  readonly state: FakeEksState;
  readonly random: () => number;
  readonly timing: Timing;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** The world during an operation. */
export interface OperationContext extends World {
  readonly caller: Caller;
}
