import type { ExpectedSurvivor } from './expected-survivors.ts';
import { KINDS, type Kind, type Mutation } from './mutation.ts';
import { namesTheCause, type Verdict } from './verdict.ts';

export interface Outcome {
  readonly mutation: Mutation;
  readonly verdict: Verdict;
  /** Why it was expected to survive; absent = it was not. */
  readonly reason?: string;
}

/** What is wrong with an outcome; undefined when it is as it should be. */
export function objection({ mutation, verdict, reason }: Outcome): string | undefined {
  if (reason !== undefined) return verdict.killed ? 'was expected to survive: take it out of the table' : undefined;
  if (!verdict.killed) return 'survived';
  // It could say no cause, and is listed apart.
  if (verdict.didNotEnd === true) return undefined;
  return namesTheCause(mutation, verdict)
    ? undefined
    : `was killed, and no cause names ${mutation.named.join(' and ')}`;
}

export function outcomeOf(mutation: Mutation, verdict: Verdict, expected: readonly ExpectedSurvivor[]): Outcome {
  const row = expected.find(({ id }) => id.test(mutation.id));
  return { mutation, verdict, ...(row === undefined ? {} : { reason: row.reason }) };
}

interface KindTotals {
  readonly kind: Kind;
  readonly mutations: number;
  readonly killed: number;
  readonly survived: number;
}

/** What is committed of a whole run: no times and no paths, so that it changes only when an outcome does. */
export interface Results {
  readonly totals: readonly KindTotals[];
  readonly survivors: readonly { readonly id: string; readonly reason: string }[];
  /** Those that hung: killed, and nobody said by what. */
  readonly didNotEnd: readonly { readonly id: string }[];
}

export function resultsOf(all: readonly Outcome[]): Results {
  return {
    totals: KINDS.map((kind) => {
      const of = all.filter(({ mutation }) => mutation.kind === kind);
      const killed = of.filter(({ verdict }) => verdict.killed).length;
      return { kind, mutations: of.length, killed, survived: of.length - killed };
    }),
    survivors: all
      .filter(({ verdict }) => !verdict.killed)
      .map(({ mutation, reason = 'not expected' }) => ({ id: mutation.id, reason })),
    didNotEnd: all.filter(({ verdict }) => verdict.didNotEnd === true).map(({ mutation: { id } }) => ({ id })),
  };
}
