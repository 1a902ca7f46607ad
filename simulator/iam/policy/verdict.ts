/**
 * What can be said of a statement or a part of it. `unknown` names what was not understood or not supplied: an Allow then grants nothing
 * and a Deny denies, so that a gap in what is modelled shows as a denial with a name, never as access.
 */
export type Verdict = 'yes' | 'no' | Unknown;
export interface Unknown {
  readonly problems: readonly string[];
}

export function unknown(...problems: string[]): Unknown {
  return { problems };
}

export function verdictOf(holds: boolean): Verdict {
  return holds ? 'yes' : 'no';
}

export function isUnknown(verdict: Verdict): verdict is Unknown {
  return typeof verdict === 'object';
}

/** Holds if every part does. What is unknown does not matter beside a part that fails for certain. */
export function every(verdicts: Iterable<Verdict>): Verdict {
  return fold(verdicts, 'no', 'yes');
}

/** Holds if one part does. What is unknown does not matter beside a part that holds for certain. */
export function some(verdicts: Iterable<Verdict>): Verdict {
  return fold(verdicts, 'yes', 'no');
}

export function not(verdict: Verdict): Verdict {
  if (isUnknown(verdict)) return verdict;
  return verdict === 'yes' ? 'no' : 'yes';
}

function fold(verdicts: Iterable<Verdict>, deciding: 'yes' | 'no', otherwise: 'yes' | 'no'): Verdict {
  const problems: string[] = [];
  let undecided = false;
  for (const verdict of verdicts) {
    if (verdict === deciding) return deciding;
    if (!isUnknown(verdict)) continue;
    undecided = true;
    problems.push(...verdict.problems);
  }
  return undecided ? unknown(...problems) : otherwise;
}
