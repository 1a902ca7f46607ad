import type { PolicyType } from '../policy/policy-document.ts';

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

export function becauseNothingAllows(type: PolicyType, action: string): string {
  return `because no ${NAMES[type]} allows the ${action} action`;
}

export function withExplicitDeny(type: PolicyType): string {
  return `with an explicit deny in ${WITH_ARTICLE[type]}`;
}

export function allowedBy(types: readonly PolicyType[]): string {
  return `allowed by ${types.map((type) => WITH_ARTICLE[type]).join(' and ')}`;
}
