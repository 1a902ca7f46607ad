import type { FindKey } from '../conditions/request-context.ts';
import { expandVariables } from '../conditions/variables.ts';
import { arnParts } from '../policy/arn.ts';
import { globMatches } from '../policy/glob.ts';
import type { Patterns } from '../policy/policy-document.ts';
import { isUnknown, not, some, unknown, type Verdict, verdictOf } from '../policy/verdict.ts';

/**
 * Whether a pattern of a Resource element covers an ARN, or `*` for actions without resources, which only `*` covers. A wildcard stays within its
 * part of the ARN, except a last `*`, which also covers the parts that the pattern leaves out. Undefined for text that is neither `*` nor such a
 * pattern. Case counts. https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html
 */
export function resourceCovers(pattern: string, resource: string): boolean | undefined {
  if (pattern === '*') return true;
  const patterns = arnParts(pattern);
  const isOpen = pattern.startsWith('arn:') && pattern.endsWith('*');
  if (patterns === undefined && !isOpen) return undefined;
  const parts = arnParts(resource);
  if (parts === undefined) return false;
  if (patterns !== undefined) return patterns.every((part, at) => globMatches(part, parts[at] ?? ''));
  const given = pattern.split(':');
  const closed = given.slice(0, -1);
  const open = parts.slice(closed.length).join(':');
  return closed.every((part, at) => globMatches(part, parts[at] ?? '')) && globMatches(given.at(-1) ?? '', open);
}

/** The result of a Resource or NotResource element for a resource, with the deciding pattern. */
export interface ResourceMatch {
  readonly verdict: Verdict;
  readonly pattern: string;
}

export function matchResource(
  element: Patterns,
  resource: string,
  findKey: FindKey,
  hasVariables: boolean,
): ResourceMatch {
  const verdicts = element.patterns.map((pattern) => covers(pattern, resource, findKey, hasVariables, element.negated));
  const verdict = some(verdicts);
  if (element.negated) return { verdict: not(verdict), pattern: `not ${element.patterns.join(', ')}` };
  const deciding = verdicts.findIndex((each) => each === 'yes' || (verdict !== 'yes' && isUnknown(each)));
  return { verdict, pattern: element.patterns[Math.max(0, deciding)] ?? '' };
}

function covers(raw: string, resource: string, findKey: FindKey, hasVariables: boolean, negated: boolean): Verdict {
  const expansion = hasVariables ? expandVariables(raw, findKey) : { pattern: raw };
  if ('missing' in expansion) {
    // A pattern without its value covers nothing; whether NotResource then includes everything is not documented.
    return expansion.missing === 'absent' && !negated ? 'no' : unknown(expansion.problem);
  }
  const covered = resourceCovers(expansion.pattern, resource);
  return covered === undefined ? unknown(`resource ${raw} is neither * nor an ARN`) : verdictOf(covered);
}
