import { localAdministrator, userNamed } from './local-administrator.ts';
import type { User } from './role.ts';

/**
 * Somebody who may do what one managed policy of the templates says, and nothing else. The user has the policy's name. Keys, as the
 * administrator's, could not be mistaken for AWS's: `LOCAL`, the name in capitals, the account.
 */
export function localPerson(policyArn: string): User {
  const [, , , , account = ''] = policyArn.split(':');
  const name = policyArn.split('/').at(-1) ?? '';
  return {
    ...userNamed(account, name),
    accessKeyId: `LOCAL${name.toUpperCase().replaceAll(/[^A-Z]/g, '')}${account}`,
    secretAccessKey: `${name}-of-${account}`,
    policies: [],
    managedPolicies: [policyArn],
  };
}

/** Who signs in an account: its administrator, or who has its managed policy of this name. */
export const localUser = (account: string, policyName?: string): User =>
  policyName === undefined ? localAdministrator(account) : localPerson(`arn:aws:iam::${account}:policy/${policyName}`);
