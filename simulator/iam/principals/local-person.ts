import { localAdministrator, userNamed } from './local-administrator.ts';
import type { User } from './principal.ts';

/**
 * A user with the permissions of one managed policy of the templates only. It has the policy's name. Its keys, like the administrator's, cannot be
 * mistaken for AWS's: `LOCAL`, the name in capitals, the account.
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

/** The signer in an account: its administrator, or the user with its managed policy of this name. */
export const localUser = (account: string, policyName?: string): User =>
  policyName === undefined ? localAdministrator(account) : localPerson(`arn:aws:iam::${account}:policy/${policyName}`);
