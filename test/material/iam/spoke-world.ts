import { seededRandom } from '../../../simulator/eks/seeded-random.ts';
import { LocalIam } from '../../../simulator/iam/local-iam.ts';
import type { RoleSession } from '../../../simulator/iam/principals/principal.ts';
import { HUB, NOW, SPOKE } from './accounts.ts';
import { EXTERNAL_ID, functionRole, ORGANIZATION, SPOKE_ROLE, spokeRole } from './spoke.ts';

/** The hub's function roles, a spoke role and an administrator of each account. */
export function spokeWorld(): LocalIam {
  const iam = new LocalIam({ random: seededRandom(1), now: () => NOW, organizationId: ORGANIZATION });
  for (const name of ['scan-cluster', 'upgrade-control-plane', 'roll-node-group', 'update-addons', 'api']) {
    iam.directory.addRole(functionRole(name));
  }
  iam.directory.addRole(spokeRole);
  iam.directory.addAdministrator(HUB);
  iam.directory.addAdministrator(SPOKE);
  return iam;
}

/** Lambda takes the role of a function. */
export function functionSession(iam: LocalIam, name: string): RoleSession {
  const { session } = iam.serviceSession({
    roleArn: `arn:aws:iam::${HUB}:role/liftlock-${name}`,
    service: 'lambda.amazonaws.com',
    sessionName: `liftlock-${name}`,
    context: {},
    now: NOW,
    where: `lambda liftlock-${name}`,
  });
  return session;
}

/** A function assumes the spoke role as the product does. */
export function spokeSession(iam: LocalIam, name: string, policy?: object): RoleSession {
  const { session } = iam.assumeRole({
    caller: functionSession(iam, name),
    input: {
      RoleArn: SPOKE_ROLE,
      RoleSessionName: `liftlock-${name}`,
      ExternalId: EXTERNAL_ID,
      ...(policy === undefined ? {} : { Policy: JSON.stringify(policy) }),
    },
    now: NOW,
    where: `lambda liftlock-${name}`,
  });
  return session;
}
