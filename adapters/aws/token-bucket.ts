import type { Clock } from '../../core/ports/outside.ts';

/** Waits real time in a function, simulated time in a simulation. */
export type Sleep = (milliseconds: number) => Promise<void>;

export interface TokenBucketOptions {
  readonly clock: Clock;
  readonly sleep: Sleep;
  /** Tokens that come back each second. */
  readonly perSecond?: number;
  /** Tokens that a full bucket holds. */
  readonly burst?: number;
}

export interface TokenBucket {
  /** Takes a token; where there is none, it waits for one in turn. */
  take(): Promise<void>;
  /** Takes a token without waiting, for calls that must not be late. The bucket may then owe some, and `take` waits that much longer. */
  spend(): void;
}

/**
 * EKS publishes no rates, and its throttles are per account and Region, shared with the customer's own nodes and tools (facts: eks.md §11), so
 * Liftlock keeps to a small rate of its own.
 */
export function createTokenBucket({ clock, sleep, perSecond = 2, burst = 10 }: TokenBucketOptions): TokenBucket {
  let tokens = burst;
  let filledAt = clock.now().getTime();
  const withdraw = (): number => {
    const now = clock.now().getTime();
    tokens = Math.min(burst, tokens + (Math.max(0, now - filledAt) / 1000) * perSecond);
    filledAt = now;
    tokens -= 1;
    return tokens;
  };
  return {
    async take() {
      const left = withdraw();
      // Each caller's place is in the debt already, so waiting callers do not overtake each other.
      if (left < 0) await sleep(Math.ceil((-left / perSecond) * 1000));
    },
    spend: () => void withdraw(),
  };
}
