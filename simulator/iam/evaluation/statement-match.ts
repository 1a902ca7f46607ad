import { conditionHolds } from '../conditions/condition.ts';
import type { Policy, Statement } from '../policy/policy-document.ts';
import { every, unknown, type Verdict } from '../policy/verdict.ts';
import type { AccessRequest } from './access-request.ts';
import { matchingAction } from './action-match.ts';
import { type Closeness, matchPrincipal } from './principal-match.ts';
import { matchResource } from './resource-match.ts';

/** Whether a statement is about a request, and by which of its patterns. */
export interface StatementMatch {
  readonly verdict: Verdict;
  readonly closeness: readonly Closeness[];
  readonly actionPattern: string;
  readonly resourcePattern: string;
}

const NONE: StatementMatch = { verdict: 'no', closeness: [], actionPattern: '', resourcePattern: '' };

/** An element that could not be read excludes nothing: it is among the statement's problems, which leave it undecided. */
export function matchStatement(policy: Policy, statement: Statement, request: AccessRequest): StatementMatch {
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
