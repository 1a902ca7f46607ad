import type { NamedPolicy, Policy, PolicyType, Statement } from '../policy/policy-document.ts';
import { describeProblem, readPolicy } from '../policy/read-policy.ts';
import { isUnknown } from '../policy/verdict.ts';
import type { AccessRequest, MatchedStatement } from './access-request.ts';
import type { Closeness } from './principal-match.ts';
import { matchStatement, type StatementMatch } from './statement-match.ts';

/** What the policies of one kind say of a request. */
export interface PolicySetAnswer {
  readonly allows: readonly MatchedStatement[];
  readonly denies: readonly MatchedStatement[];
  /** How the statements that allow name who asks; for policies with principals. */
  readonly closeness: readonly Closeness[];
  readonly problems: readonly string[];
}

/** A statement that is undecided allows nothing, and denies if it is a Deny. */
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
