import { isAccountId, parseArn } from '../policy/arn.ts';
import type { Role, RoleDescription } from './role.ts';
import { uniqueIdOf } from './unique-id.ts';

const DEFAULT_SESSION_SECONDS = 3600;
const ROLE = /^role(\/(?:.+\/)?)([\w+=,.@-]{1,64})$/;

/** Fills in what follows from a role's ARN. Throws for an ARN that is none of a role. */
export function roleOf(description: RoleDescription): Role {
  const { arn, trustPolicy, permissionsBoundary } = description;
  const parsed = parseArn(arn);
  const [, path, name] = ROLE.exec(parsed?.resource ?? '') ?? [];
  if (parsed?.service !== 'iam' || !isAccountId(parsed.account) || path === undefined || name === undefined) {
    throw new Error(`${arn} is no ARN of a role`);
  }
  return {
    arn,
    name,
    account: parsed.account,
    path,
    roleId: uniqueIdOf('AROA', arn),
    trustPolicy,
    policies: description.policies ?? [],
    managedPolicies: description.managedPolicies ?? [],
    ...(permissionsBoundary === undefined ? {} : { permissionsBoundary }),
    tags: description.tags ?? {},
    maxSessionSeconds: description.maxSessionSeconds ?? DEFAULT_SESSION_SECONDS,
  };
}
