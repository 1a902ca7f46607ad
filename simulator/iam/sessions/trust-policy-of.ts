import type { Role } from '../principals/role.ts';

const TRUSTS_NOBODY = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'nobody.amazonaws.com' }, Action: 'sts:AssumeRole' }],
};

/** Whom a role trusts. A role that does not exist trusts nobody, and STS says no more than that. */
export function trustPolicyOf(role: Role | undefined): unknown {
  return role === undefined ? TRUSTS_NOBODY : role.trustPolicy;
}
