import type { User } from './role.ts';
import { uniqueIdOf } from './unique-id.ts';

/**
 * Somebody who may do what one managed policy of the templates says, and nothing else. The user has the policy's name. Keys, as the
 * administrator's, could not be mistaken for AWS's: `LOCAL`, the name in capitals, the account.
 */
export function localPerson(policyArn: string): User {
  const [, , , , account = ''] = policyArn.split(':');
  const name = policyArn.split('/').at(-1) ?? '';
  const arn = `arn:aws:iam::${account}:user/${name}`;
  return {
    arn,
    name,
    account,
    userId: uniqueIdOf('AIDA', arn),
    accessKeyId: `LOCAL${name.toUpperCase().replaceAll(/[^A-Z]/g, '')}${account}`,
    secretAccessKey: `${name}-of-${account}`,
    policies: [],
    managedPolicies: [policyArn],
  };
}
