import { conditionHolds } from '../conditions/condition.ts';
import type { NamedPolicy, Policy, PolicyType, Statement } from '../policy/policy-document.ts';
import { describeProblem, readPolicy } from '../policy/read-policy.ts';
import { every, isUnknown, unknown, type Verdict } from '../policy/verdict.ts';
import type { AccessRequest, MatchedStatement } from './access-request.ts';
import { matchingAction } from './action-match.ts';
import { type Closeness, matchPrincipal } from './principal-match.ts';
import { matchResource } from './resource-match.ts';

/** The answer of the policies of one kind to a request. */
export interface PolicySetAnswer {
  readonly allows: readonly MatchedStatement[];
  readonly denies: readonly MatchedStatement[];
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
  const allows: MatchedStatement[] = [];
  const denies: MatchedStatement[] = [];
  const closeness: Closeness[] = [];
  const problems: string[] = [];
  for (const named of policies) {
    const policy = readPolicy(named, type);
    for (const statement of policy.statements) {
      const match = matchStatement(policy, statement, request);
      const { verdict } = match;
      if (verdict === 'no') continue;
      if (isUnknown(verdict)) {
        problems.push(...verdict.problems.map((problem) => describeProblem(policy.name, statement, problem)));
      }
      if (statement.effect === 'Deny') {
        denies.push(matched(policy, statement, match));
      } else if (verdict === 'yes') {
        allows.push(matched(policy, statement, match));
        closeness.push(...match.closeness);
      }
    }
  }
  return { allows, denies, closeness, problems };
}

function matched(policy: Policy, statement: Statement, match: StatementMatch): MatchedStatement {
  const { effect, index, sid } = statement;
  const { actionPattern, resourcePattern } = match;
  return {
    type: policy.type,
    policy: policy.name,
    effect,
    statement: index,
    ...(sid === undefined ? {} : { sid }),
    actionPattern,
    resourcePattern,
  };
}

/** Whether a statement is about a request, and by which of its patterns. */
interface StatementMatch {
  readonly verdict: Verdict;
  readonly closeness: readonly Closeness[];
  readonly actionPattern: string;
  readonly resourcePattern: string;
}

const NONE: StatementMatch = { verdict: 'no', closeness: [], actionPattern: '', resourcePattern: '' };

/** An unreadable element excludes nothing: it is among the statement's problems, which leave it undecided. */
function matchStatement(policy: Policy, statement: Statement, request: AccessRequest): StatementMatch {
  const { action, resource, principal, conditions, problems } = statement;
  const { findKey } = request;
  const actionPattern = action === undefined ? '?' : matchingAction(action, request.action);
  // Most statements end here.
  if (actionPattern === undefined) return NONE;
  const covering = resource && matchResource(resource, request.resource, findKey, policy.hasVariables);
  const who = principal && matchPrincipal(principal, request.principal);
  function* parts(): Iterable<Verdict> {
    if (covering !== undefined) yield covering.verdict;
    if (who !== undefined) yield who.verdict;
    if (problems.length > 0) yield unknown(...problems);
    for (const condition of conditions) yield conditionHolds(condition, findKey, policy.hasVariables);
  }
  const resourcePattern = covering?.pattern ?? '*';
  return { verdict: every(parts()), closeness: who?.closeness ?? [], actionPattern, resourcePattern };
}
