import type { RequestContext } from '../conditions/request-context.ts';
import type { Principal, Tags } from './principal.ts';

/** Condition keys that follow from the caller, each present or known to be absent. */
export function principalContext(principal: Principal): RequestContext {
  const isService = principal.kind === 'service';
  return {
    ...NOBODY,
    'aws:PrincipalIsAWSService': String(isService),
    'aws:PrincipalServiceName': isService ? principal.service : null,
    'aws:PrincipalServiceNamesList': isService ? [principal.service] : null,
    ...identityOf(principal),
  };
}

const NOBODY: RequestContext = {
  'aws:PrincipalArn': null,
  'aws:PrincipalAccount': null,
  'aws:PrincipalType': null,
  'aws:PrincipalTag/*': null,
  'aws:userid': null,
  'aws:username': null,
  'aws:TokenIssueTime': null,
  'aws:MultiFactorAuthPresent': null,
  'aws:MultiFactorAuthAge': null,
  'aws:FederatedProvider': null,
  'aws:SourceIdentity': null,
};

/** https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_variables.html#principaltable */
function identityOf(principal: Principal): RequestContext {
  switch (principal.kind) {
    case 'assumed-role':
      return {
        // The ARN of the role, not of the session.
        'aws:PrincipalArn': principal.roleArn,
        'aws:PrincipalAccount': principal.account,
        'aws:PrincipalType': 'AssumedRole',
        'aws:userid': principal.userId,
        'aws:TokenIssueTime': principal.issuedAt,
        'aws:MultiFactorAuthPresent': 'false',
        ...tagKeys('aws:PrincipalTag', principal.tags),
      };
    case 'user':
      return {
        'aws:PrincipalArn': principal.arn,
        'aws:PrincipalAccount': principal.account,
        'aws:PrincipalType': 'User',
        'aws:userid': principal.userId,
        'aws:username': principal.userName,
        ...tagKeys('aws:PrincipalTag', principal.tags),
      };
    case 'service':
      return {};
    case 'anonymous':
      return { 'aws:PrincipalType': 'Anonymous' };
  }
}

/** `aws:PrincipalTag/team` and the like for each tag; the other tags of the family are known to be absent. */
export function tagKeys(family: string, tags: Tags): RequestContext {
  const named = Object.entries(tags).map(([key, value]) => [`${family}/${key}`, value] as const);
  return { [`${family}/*`]: null, ...Object.fromEntries(named) };
}
