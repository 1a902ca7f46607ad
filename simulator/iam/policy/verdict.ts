/**
 * The result of a statement or a part of it. `unknown` names the unsupported or missing part: an Allow then grants nothing and a Deny denies, so that
 * a gap in the model becomes a denial with a name, never access.
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

/** Holds if every part does. An unknown part does not matter beside one that certainly fails. */
export function every(verdicts: Iterable<Verdict>): Verdict {
  return fold(verdicts, 'no', 'yes');
}

/** Holds if one part does. An unknown part does not matter beside one that certainly holds. */
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
