import type { Role } from '../principals/principal.ts';

const TRUSTS_NOBODY = {
  Version: '2012-10-17',
  Statement: [{ Effect: 'Allow', Principal: { Service: 'nobody.amazonaws.com' }, Action: 'sts:AssumeRole' }],
};

/** The trust policy of a role. A missing role trusts nobody, which is all that STS tells. */
export function trustPolicyOf(role: Role | undefined): unknown {
  return role === undefined ? TRUSTS_NOBODY : role.trustPolicy;
}
