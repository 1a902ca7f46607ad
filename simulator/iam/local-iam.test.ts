import { HUB, NOW, REGION } from '../../test/material/iam/accounts.ts';
import { EXTERNAL_ID, ORGANIZATION, SPOKE_ROLE } from '../../test/material/iam/spoke.ts';
import { functionSession, spokeWorld } from '../../test/material/iam/spoke-world.ts';
import { seededRandom } from '../eks/seeded-random.ts';
import { LocalIam } from './local-iam.ts';

it('goes on from its state, written as JSON', () => {
  const before = spokeWorld();
  const { credentials } = before.assumeRole({
    caller: functionSession(before, 'scan-cluster'),
    input: { RoleArn: SPOKE_ROLE, RoleSessionName: 'liftlock-scan-cluster', ExternalId: EXTERNAL_ID },
    now: NOW,
    where: 'test',
  });
  const state = JSON.parse(JSON.stringify(before.state()));
  const after = new LocalIam({ random: seededRandom(2), now: () => NOW, organizationId: ORGANIZATION, state });
  const principal = after.sessions.principalOf(credentials, 'eks', NOW);
  const resource = `arn:aws:eks:${REGION}:222222222222:cluster/prod`;
  expect(after.authorize({ principal, action: 'eks:DescribeCluster', resource, where: 'test' }).allowed).toBe(true);
  expect(after.usage().slice(0, -1)).toEqual(before.usage());
  expect(JSON.parse(JSON.stringify(after.state().sessions))).toEqual(state.sessions);
});

it('lets a person do what the one managed policy of theirs says, and nothing else, and forgets nobody', () => {
  const before = spokeWorld();
  const policy = `arn:aws:iam::${HUB}:policy/liftlock-looker`;
  expect(() => before.directory.addPerson(policy)).toThrow(`${policy} is not known`);
  const Statement = [{ Effect: 'Allow', Action: 'sqs:ListQueues', Resource: '*' }];
  before.directory.addManagedPolicy(policy, { Version: '2012-10-17', Statement });
  const { accessKeyId } = before.directory.addPerson(policy);
  expect(accessKeyId).toBe(`LOCALLIFTLOCKLOOKER${HUB}`);
  const state = JSON.parse(JSON.stringify(before.state()));
  for (const iam of [before, new LocalIam({ random: seededRandom(2), now: () => NOW, state })]) {
    const principal = iam.sessions.principalOf({ accessKeyId }, 'sqs', NOW);
    expect(principal).toMatchObject({ kind: 'user', arn: `arn:aws:iam::${HUB}:user/liftlock-looker` });
    const may = (action: string) => iam.authorize({ principal, action, resource: '*', where: 'test' }).allowed;
    expect([may('sqs:ListQueues'), may('sqs:CreateQueue')]).toEqual([true, false]);
  }
});

it('refuses a role with a managed policy that is not there, which might deny', () => {
  const { directory } = spokeWorld();
  const role = { arn: `arn:aws:iam::${HUB}:role/x`, trustPolicy: {} };
  const policy = 'arn:aws:iam::aws:policy/ReadOnlyAccess';
  expect(() => directory.addRole({ ...role, managedPolicies: [policy] })).toThrow(`${policy} is not known`);
  expect(() => directory.addRole({ ...role, permissionsBoundary: policy })).toThrow(`${policy} is not known`);
  directory.addManagedPolicy(policy, {
    Version: '2012-10-17',
    Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
  });
  expect(directory.addRole({ ...role, managedPolicies: [policy], permissionsBoundary: policy }).name).toBe('x');
});

it('reads names and paths of roles from their ARNs, and gives ids that stay', () => {
  const { directory } = spokeWorld();
  const role = directory.addRole({ arn: `arn:aws:iam::${HUB}:role/team/lock/deployer`, trustPolicy: {} });
  expect(role).toMatchObject({ name: 'deployer', path: '/team/lock/', account: HUB });
  expect(role.roleId).toMatch(/^AROA[A-Z2-7]{17}$/);
  expect(spokeWorld().directory.addRole({ arn: role.arn, trustPolicy: {} }).roleId).toBe(role.roleId);
  expect(() => directory.addRole({ arn: `arn:aws:iam::${HUB}:user/x`, trustPolicy: {} })).toThrow('no ARN of a role');
});

it('names what its policies say wrongly, before anybody asks', () => {
  const iam = spokeWorld();
  expect(iam.problems()).toEqual([]);
  iam.directory.addRole({
    arn: `arn:aws:iam::${HUB}:role/odd`,
    trustPolicy: { Version: '2012-10-17', Statement: [] },
    policies: [
      { name: 'Odd', document: { Version: '2012-10-17', Statement: { Effect: 'Allow', Action: 'x', Resource: '*' } } },
    ],
  });
  expect(iam.problems()).toEqual([
    `trust of arn:aws:iam::${HUB}:role/odd statement 1: the policy has no Statement`,
    `Odd of arn:aws:iam::${HUB}:role/odd statement 1: unknown action x`,
  ]);
});

it('a boundary limits the sessions of its role', () => {
  const iam = spokeWorld();
  const boundary = `arn:aws:iam::${HUB}:policy/boundary`;
  const reads = { Effect: 'Allow', Action: ['dynamodb:Get*', 'dynamodb:Query'], Resource: '*' };
  iam.directory.addManagedPolicy(boundary, { Version: '2012-10-17', Statement: reads });
  const role = iam.directory.role(`arn:aws:iam::${HUB}:role/liftlock-api`);
  if (role === undefined) throw new Error('no role');
  iam.directory.addRole({ ...role, permissionsBoundary: boundary });
  const principal = functionSession(iam, 'api');
  const resource = `arn:aws:dynamodb:${REGION}:${HUB}:table/liftlock`;
  const why = (action: string) => iam.authorize({ principal, action, resource, where: 'test' }).why;
  expect(why('dynamodb:GetItem')).toMatch(/^allowed by/);
  expect(why('dynamodb:PutItem')).toMatch(/no permissions boundary/);
});
