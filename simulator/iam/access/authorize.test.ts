import { HUB, NOW, REGION, SPOKE } from '../../../test/material/iam/accounts.ts';
import { deny, policyOf } from '../../../test/material/iam/policies.ts';
import { queuePolicy } from '../../../test/material/iam/spoke.ts';
import { functionSession, spokeSession, spokeWorld } from '../../../test/material/iam/spoke-world.ts';
import type { RequestContext } from '../conditions/request-context.ts';

const eks = (resource: string) => `arn:aws:eks:${REGION}:${SPOKE}:${resource}`;
const NODEGROUP = eks('nodegroup/prod/blue/7ac0');
const TABLE = `arn:aws:dynamodb:${REGION}:${HUB}:table/liftlock`;
const QUEUE = `arn:aws:sqs:${REGION}:${HUB}:clusters`;

/** The session on the spoke role, its request, and whether it is allowed. */
const onSpoke: [string, string, string, RequestContext, boolean][] = [
  ['scan-cluster', 'eks:DescribeCluster', eks('cluster/prod'), {}, true],
  ['scan-cluster', 'eks:ListClusters', '*', {}, true],
  ['scan-cluster', 'eks:DescribeNodegroup', NODEGROUP, {}, true],
  ['scan-cluster', 'eks:DescribeNodegroup', eks('cluster/prod'), {}, false],
  ['scan-cluster', 'eks:DescribeCluster', eks('cluster/prod').replace(SPOKE, HUB), {}, false],
  ['scan-cluster', 'eks:UpdateClusterVersion', eks('cluster/prod'), {}, false],
  ['upgrade-control-plane', 'eks:UpdateClusterVersion', eks('cluster/prod'), {}, true],
  ['upgrade-control-plane', 'eks:UpdateNodegroupVersion', NODEGROUP, {}, false],
  ['roll-node-group', 'eks:UpdateNodegroupVersion', NODEGROUP, {}, true],
  ['roll-node-group', 'eks:UpdateClusterVersion', eks('cluster/prod'), {}, false],
  ['update-addons', 'eks:UpdateAddon', eks('addon/prod/coredns/7ac0'), {}, true],
  ['update-addons', 'eks:DeleteAddon', eks('addon/prod/coredns/7ac0'), {}, false],
  [
    'update-addons',
    'iam:PassRole',
    `arn:aws:iam::${SPOKE}:role/ebs`,
    { 'iam:PassedToService': 'eks.amazonaws.com' },
    true,
  ],
  [
    'update-addons',
    'iam:PassRole',
    `arn:aws:iam::${SPOKE}:role/ebs`,
    { 'iam:PassedToService': 'ec2.amazonaws.com' },
    false,
  ],
  [
    'roll-node-group',
    'iam:PassRole',
    `arn:aws:iam::${SPOKE}:role/ebs`,
    { 'iam:PassedToService': 'eks.amazonaws.com' },
    false,
  ],
  ['roll-node-group', 'ssm:GetParameters', `arn:aws:ssm:${REGION}::parameter/aws/service/eks/ami`, {}, true],
  ['roll-node-group', 'ssm:GetParameters', `arn:aws:ssm:${REGION}:${SPOKE}:parameter/secret`, {}, false],
];

it.each(onSpoke)('a session of %s asks %s on %s with %j: %s%s', (name, action, resource, context, allowed) => {
  const iam = spokeWorld();
  const principal = spokeSession(iam, name);
  expect(iam.authorize({ principal, action, resource, context, where: 'test' }).allowed).toBe(allowed);
  expect(iam.problems()).toEqual([]);
});

it('writes down what was denied, with the role and the place', () => {
  const iam = spokeWorld();
  const principal = functionSession(iam, 'scan-cluster');
  for (let times = 0; times < 2; times++) {
    iam.authorize({ principal, action: 'dynamodb:DeleteItem', resource: TABLE, where: 'lambda liftlock-scan-cluster' });
  }
  expect(iam.denials()).toEqual([
    {
      role: `arn:aws:iam::${HUB}:role/liftlock-scan-cluster`,
      action: 'dynamodb:DeleteItem',
      resource: TABLE,
      where: 'lambda liftlock-scan-cluster',
      why: 'because no identity-based policy allows the dynamodb:DeleteItem action',
      count: 2,
    },
  ]);
});

it('counts what was used', () => {
  const iam = spokeWorld();
  const principal = functionSession(iam, 'scan-cluster');
  for (let times = 0; times < 3; times++) {
    iam.authorize({ principal, action: 'dynamodb:GetItem', resource: TABLE, where: 'test' });
  }
  const used = iam.usage().filter(({ action }) => action === 'dynamodb:GetItem');
  expect(used).toMatchObject([{ role: principal.roleArn, resource: TABLE, count: 3 }]);
});

it('a grant on a table is none on its index', () => {
  const iam = spokeWorld();
  const principal = functionSession(iam, 'scan-cluster');
  const ask = (resource: string) =>
    iam.authorize({ principal, action: 'dynamodb:Query', resource, where: 'test' }).allowed;
  expect([TABLE, `${TABLE}/index/kind`, `${TABLE}/index/active`].map(ask)).toEqual([true, true, false]);
});

describe('the policy of a queue', () => {
  const service = { kind: 'service', service: 'events.amazonaws.com' } as const;
  const rule = (name: string): RequestContext => ({ 'aws:SourceArn': `arn:aws:events:${REGION}:${HUB}:rule/${name}` });
  const ask = (context: RequestContext) =>
    spokeWorld().authorize({
      principal: service,
      action: 'sqs:SendMessage',
      resource: QUEUE,
      context,
      resourcePolicy: queuePolicy(QUEUE),
      where: 'rule',
    });

  it('lets in the rules of its bus', () => {
    expect(ask(rule('liftlock/forwarded'))).toMatchObject({ allowed: true, problems: [] });
  });

  it('lets in no other rule, no rule that is not named, and nothing without TLS', () => {
    expect(ask(rule('other/forwarded'))).toMatchObject({ allowed: false });
    expect(ask({})).toMatchObject({
      allowed: false,
      problems: [expect.stringContaining('aws:SourceArn is not supplied')],
    });
    expect(ask({ ...rule('liftlock/forwarded'), 'aws:SecureTransport': 'false' })).toMatchObject({
      allowed: false,
      explicitDeny: 'resource',
    });
  });
});

it('an administrator may everything in his account, and elsewhere what others grant', () => {
  const iam = spokeWorld();
  const principal = iam.sessions.principalOf({ accessKeyId: `LOCALADMIN${HUB}` }, 'eks', NOW);
  const ask = (resource: string, resourcePolicy?: unknown) =>
    iam.authorize({ principal, action: 'dynamodb:PutItem', resource, resourcePolicy, where: 'test' }).allowed;
  expect(ask(TABLE)).toBe(true);
  expect(ask(TABLE.replace(HUB, SPOKE))).toBe(false);
  const grant = policyOf({ Effect: 'Allow', Principal: { AWS: HUB }, Action: 'dynamodb:*', Resource: '*' });
  expect(ask(TABLE.replace(HUB, SPOKE), grant)).toBe(true);
});

it('what a Deny asks and nobody supplied is a problem of the role, reported once', () => {
  const iam = spokeWorld();
  const role = iam.directory.role(`arn:aws:iam::${HUB}:role/liftlock-api`);
  if (role === undefined) throw new Error('no role');
  const guard = {
    name: 'Guard',
    document: policyOf(deny('dynamodb:*', '*', { Condition: { Bool: { 'aws:Odd': 'true' } } })),
  };
  iam.directory.addRole({ ...role, policies: [...role.policies, guard] });
  const principal = functionSession(iam, 'api');
  for (let times = 0; times < 2; times++) {
    iam.authorize({ principal, action: 'dynamodb:GetItem', resource: TABLE, where: 'test' });
  }
  expect(iam.problems()).toEqual([`${role.arn}: Guard statement 1: condition key aws:Odd is not supplied`]);
});
