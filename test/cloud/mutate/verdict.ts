import type { Mutation } from './mutation.ts';

/** What became of a mutation. */
export interface Verdict {
  readonly id: string;
  /** The small run saw that something was wrong. */
  readonly killed: boolean;
  /** What it said. */
  readonly causes: readonly string[];
  readonly seconds: number;
  /** It hung until its time was up, which shows that something is wrong and not what. */
  readonly didNotEnd?: true;
}

/** Whether one of the causes leads to the fault. */
export const namesTheCause = ({ named }: Mutation, { causes }: Verdict): boolean =>
  causes.some((cause) => named.every((word) => cause.includes(word)));
