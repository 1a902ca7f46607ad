import { ownerOf } from '../policy/arn.ts';
import type { NamedPolicy, PolicyType } from '../policy/policy-document.ts';
import { accountOf } from '../principals/principal.ts';
import type { AccessRequest, ApplicablePolicies, Decision } from './access-request.ts';
import { askPolicies, type PolicySetAnswer } from './policy-set.ts';

type Answers = Partial<Record<PolicyType, PolicySetAnswer>>;

/**
 * Decides one request like IAM: any deny decides; otherwise the identity, the resource or both must allow, and a boundary and session policies must
 * allow too. It is pure and never throws: an unsupported element is decided against the caller.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
 */
export function evaluate(request: AccessRequest, policies: ApplicablePolicies): Decision {
  const answers = askAll(request, policies);
  const problems = [...new Set(Object.values(answers).flatMap((answer) => answer.problems))];
  for (const [type, { denies }] of Object.entries(answers) as [PolicyType, PolicySetAnswer][]) {
    if (denies) return { allowed: false, explicitDeny: type, why: withExplicitDeny(type), problems };
  }
  const needed = typesThatMustAllow(request, answers, 'trust' in policies ? 'trust' : 'resource');
  const missing = needed.find((type) => answers[type]?.allows !== true);
  if (missing !== undefined) return { allowed: false, why: becauseNothingAllows(missing, request.action), problems };
  return { allowed: true, why: allowedBy(needed), problems };
}

function askAll(request: AccessRequest, policies: ApplicablePolicies): Answers {
  const { identity, boundary, session, resource, trust } = policies;
  const ask = (type: PolicyType, named: readonly NamedPolicy[] | undefined): Answers =>
    named === undefined ? {} : { [type]: askPolicies(type, named, request) };
  return {
    ...ask('identity', identity),
    ...ask('boundary', boundary && [boundary]),
    ...ask('session', session),
    ...ask('resource', resource && [resource]),
    ...ask('trust', trust && [trust]),
  };
}

/** The kinds of policy that must all allow, in the order in which AWS names them in a denial. */
function typesThatMustAllow(request: AccessRequest, answers: Answers, side: 'trust' | 'resource'): PolicyType[] {
  const { principal, action, resource } = request;
  const closeness = new Set(answers[side]?.closeness);
  const account = accountOf(principal);
  // Services and unknown callers have no policies of their own, so the resource decides alone.
  if (account === undefined) return [side];
  const limits = (['boundary', 'session'] as const).filter((type) => answers[type] !== undefined);
  if ((ownerOf(resource) ?? account) !== account) return ['identity', ...limits, side];
  // In one account a resource may grant by itself. A grant to the closest identity is not limited by policies that only narrow the identity.
  if (closeness.has('session') || closeness.has('everybody')) return [side];
  if (closeness.has('user')) return [side, ...limits.filter((type) => type !== 'boundary')];
  if (closeness.has('role')) return [side, ...limits];
  const own: PolicyType[] = ['identity', ...limits];
  return hasTheLastWord(side, action) ? [...own, side] : own;
}

/** Without a grant in the policy of a role or key even its own account may not use it. */
function hasTheLastWord(side: 'trust' | 'resource', action: string): boolean {
  return side === 'trust' || action.toLowerCase().startsWith('kms:');
}

// https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
const NAMES: Readonly<Record<PolicyType, string>> = {
  identity: 'identity-based policy',
  resource: 'resource-based policy',
  trust: 'role trust policy',
  session: 'session policy',
  boundary: 'permissions boundary',
};
const WITH_ARTICLE: Readonly<Record<PolicyType, string>> = {
  identity: 'an identity-based policy',
  resource: 'a resource-based policy',
  trust: 'the role trust policy',
  session: 'a session policy',
  boundary: 'a permissions boundary',
};

function becauseNothingAllows(type: PolicyType, action: string): string {
  return `because no ${NAMES[type]} allows the ${action} action`;
}

function withExplicitDeny(type: PolicyType): string {
  return `with an explicit deny in ${WITH_ARTICLE[type]}`;
}

function allowedBy(types: readonly PolicyType[]): string {
  return `allowed by ${types.map((type) => WITH_ARTICLE[type]).join(' and ')}`;
}
