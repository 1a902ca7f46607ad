import type { RoleSession, Tags, UserPrincipal } from '../../../simulator/iam/principals/principal.ts';
import { HUB, NOW } from './accounts.ts';

/** A session `work` of the role `worker`. */
export function roleSessionOf(account = HUB, tags: Tags = {}, name = 'worker'): RoleSession {
  return {
    kind: 'assumed-role',
    account,
    arn: `arn:aws:sts::${account}:assumed-role/${name}/work`,
    roleArn: `arn:aws:iam::${account}:role/${name}`,
    roleId: 'AROAWORKERWORKERWORKE',
    sessionName: 'work',
    userId: 'AROAWORKERWORKERWORKE:work',
    tags,
    issuedAt: NOW.toISOString(),
  };
}

export function userOf(account = HUB): UserPrincipal {
  const arn = `arn:aws:iam::${account}:user/ada`;
  return { kind: 'user', account, arn, userName: 'ada', userId: 'AIDAADAADAADAADAADAAD', tags: {} };
}
