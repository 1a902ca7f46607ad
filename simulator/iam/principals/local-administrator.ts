import type { User } from './role.ts';
import { uniqueIdOf } from './unique-id.ts';

const EVERYTHING = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };

/**
 * Who signs for the person at the machine: may do everything in its own account, as an identity policy says, and elsewhere only what
 * others grant it. The key could not be mistaken for one of AWS: `LOCALADMIN` and the account.
 */
export function localAdministrator(account: string): User {
  return {
    ...userNamed(account, 'local-administrator'),
    accessKeyId: `LOCALADMIN${account}`,
    secretAccessKey: `local-administrator-of-${account}`,
    policies: [{ name: 'Everything', document: EVERYTHING }],
  };
}

/** What follows from a user's account and name. */
export function userNamed(account: string, name: string): Pick<User, 'arn' | 'name' | 'account' | 'userId'> {
  const arn = `arn:aws:iam::${account}:user/${name}`;
  return { arn, name, account, userId: uniqueIdOf('AIDA', arn) };
}
