import equivalents from './equivalents.json' with { type: 'json' };
import type { Mutant } from './instrument.ts';

export interface Outcome {
  readonly mutant: Mutant;
  /** The file of tests that killed it. */
  readonly killer: string | undefined;
  readonly isCovered: boolean;
  /** The test did not end in its time: on a machine that is busy this may say nothing of the mutant. */
  readonly isByTime: boolean;
  readonly equivalent: Equivalent | undefined;
}

/** A mutant that no test can kill, since the product behaves the same with it: `file` is relative to the root, `where` its line, `reason` says why it is so. */
export interface Equivalent {
  readonly file: string;
  readonly where: string;
  readonly was: string;
  readonly becomes: string;
  readonly reason: string;
}

const known: readonly Equivalent[] = equivalents;
const names = (one: Equivalent, { file, where, was, becomes }: Mutant): boolean =>
  one.file === file && one.where === where && one.was === was && one.becomes === becomes;

export const equivalentTo = (mutant: Mutant): Equivalent | undefined => known.find((one) => names(one, mutant));

/** Those that are not equivalent after all, or that nothing is called any more; of these files. */
export function staleEquivalents(outcomes: readonly Outcome[], files: readonly string[]): string[] {
  return known
    .filter(({ file }) => files.includes(file))
    .flatMap((one) => {
      const meant = outcomes.filter(({ mutant }) => names(one, mutant));
      const what = `${one.file}: ${one.where}: ${one.was} -> ${one.becomes}`;
      if (meant.length === 0) return [`No mutant is that any more: ${what}`];
      return meant.every(({ killer }) => killer !== undefined)
        ? [`A test kills what is said to be equivalent: ${what}`]
        : [];
    });
}
