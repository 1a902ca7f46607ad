import type { User } from './principal.ts';
import { uniqueIdOf } from './unique-id.ts';

const EVERYTHING = { Version: '2012-10-17', Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }] };

/**
 * The identity of the user of this machine: an identity policy allows everything in its own account, and in others it has only what they grant. The
 * key cannot be mistaken for one of AWS: `LOCALADMIN` and the account.
 */
export function localAdministrator(account: string): User {
  return {
    ...userNamed(account, 'local-administrator'),
    accessKeyId: `LOCALADMIN${account}`,
    secretAccessKey: `local-administrator-of-${account}`,
    policies: [{ name: 'Everything', document: EVERYTHING }],
  };
}

/** The values that follow from a user's account and name. */
export function userNamed(account: string, name: string): Pick<User, 'arn' | 'name' | 'account' | 'userId'> {
  const arn = `arn:aws:iam::${account}:user/${name}`;
  return { arn, name, account, userId: uniqueIdOf('AIDA', arn) };
}
