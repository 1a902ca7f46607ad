import { conditionHolds } from '../conditions/condition.ts';
import type { FindKey } from '../conditions/request-context.ts';
import { expandVariables } from '../conditions/variables.ts';
import { arnParts } from '../policy/arn.ts';
import { globMatches } from '../policy/glob.ts';
import {
  describeProblem,
  type NamedPolicy,
  type Patterns,
  type Policy,
  type PolicyType,
  readPolicy,
  type Statement,
} from '../policy/policy-document.ts';
import { every, isUnknown, not, some, unknown, type Verdict, verdictOf } from '../policy/verdict.ts';
import type { AccessRequest } from './access-request.ts';
import { type Closeness, matchPrincipal } from './principal-match.ts';

/** The answer of the policies of one kind to a request. */
export interface PolicySetAnswer {
  /** Whether a statement allows the request. */
  readonly allows: boolean;
  readonly denies: boolean;
  /** How the allowing statements name the caller; for policies with principals. */
  readonly closeness: readonly Closeness[];
  readonly problems: readonly string[];
}

/** An undecided statement allows nothing, and denies if it is a Deny. */
export function askPolicies(
  type: PolicyType,
  policies: readonly NamedPolicy[],
  request: AccessRequest,
): PolicySetAnswer {
  let [allows, denies] = [false, false];
  const closeness: Closeness[] = [];
  const problems: string[] = [];
  for (const named of policies) {
    const policy = readPolicy(named, type);
    for (const statement of policy.statements) {
      const { verdict, closeness: close } = matchStatement(policy, statement, request);
      if (verdict === 'no') continue;
      if (isUnknown(verdict)) {
        problems.push(...verdict.problems.map((problem) => describeProblem(policy.name, statement, problem)));
      }
      if (statement.effect === 'Deny') {
        denies = true;
      } else if (verdict === 'yes') {
        allows = true;
        closeness.push(...close);
      }
    }
  }
  return { allows, denies, closeness, problems };
}

/** Whether a statement is about a request, and how it names the caller. */
interface StatementMatch {
  readonly verdict: Verdict;
  readonly closeness: readonly Closeness[];
}

/** An unreadable element excludes nothing: it is among the statement's problems, which leave it undecided. */
function matchStatement(policy: Policy, statement: Statement, request: AccessRequest): StatementMatch {
  const { action, resource, principal, conditions, problems } = statement;
  const { findKey } = request;
  // Most statements end here.
  if (action !== undefined && !includesAction(action, request.action)) return { verdict: 'no', closeness: [] };
  const covering = resource && matchResource(resource, request.resource, findKey, policy.hasVariables);
  const who = principal && matchPrincipal(principal, request.principal);
  function* parts(): Iterable<Verdict> {
    if (covering !== undefined) yield covering;
    if (who !== undefined) yield who.verdict;
    if (problems.length > 0) yield unknown(...problems);
    for (const condition of conditions) yield conditionHolds(condition, findKey, policy.hasVariables);
  }
  return { verdict: every(parts()), closeness: who?.closeness ?? [] };
}

/** Whether an Action or NotAction element includes the action. Actions ignore case: `EKS:describecluster` is `eks:DescribeCluster`. */
export const includesAction = ({ patterns, negated }: Patterns, action: string): boolean =>
  patterns.some((pattern) => globMatches(pattern.toLowerCase(), action.toLowerCase())) !== negated;

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

/** The result of a Resource or NotResource element for a resource. */
function matchResource(element: Patterns, resource: string, findKey: FindKey, hasVariables: boolean): Verdict {
  const verdict = some(
    element.patterns.map((pattern) => covers(pattern, resource, findKey, hasVariables, element.negated)),
  );
  return element.negated ? not(verdict) : verdict;
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
