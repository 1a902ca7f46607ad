import { HUB, REGION } from '../../../test/material/iam/accounts.ts';
import { allow, deny, policyOf } from '../../../test/material/iam/policies.ts';
import { functionSession, spokeWorld } from '../../../test/material/iam/spoke-world.ts';

const ROLE = `arn:aws:iam::${HUB}:role/liftlock-scan-cluster`;
const TABLE = `arn:aws:dynamodb:${REGION}:${HUB}:table/liftlock`;

function worldWith(...statements: object[]) {
  const iam = spokeWorld();
  const { directory } = iam;
  for (const role of directory.roles()) directory.addRole({ ...role, policies: [] });
  const role = directory.role(ROLE);
  if (role === undefined) throw new Error('no role');
  directory.addRole({ ...role, policies: [{ name: 'Policy', document: policyOf(...statements) }] });
  return iam;
}

describe('unused grants', () => {
  const statements = [
    allow(['dynamodb:GetItem', 'dynamodb:PutItem'], TABLE, { Sid: 'Items' }),
    allow(['dynamodb:PutItem', 'dynamodb:UpdateItem'], `${TABLE}-audit`),
    allow('ssm:GetParameter*'),
    deny('sqs:SendMessage'),
    { Effect: 'Allow', NotAction: 'eks:*', Resource: '*' },
  ];

  it('are the actions of a role that nobody used, with where they are granted', () => {
    const iam = worldWith(...statements);
    const principal = functionSession(iam, 'scan-cluster');
    expect(iam.unusedGrants().map(({ action }) => action)).toEqual([
      'dynamodb:GetItem',
      'dynamodb:PutItem',
      'dynamodb:UpdateItem',
      'ssm:GetParameter*',
    ]);
    iam.authorize({ principal, action: 'dynamodb:PutItem', resource: TABLE, where: 'test' });
    iam.authorize({
      principal,
      action: 'ssm:GetParameters',
      resource: `arn:aws:ssm:${REGION}:${HUB}:parameter/a`,
      where: 'test',
    });
    expect(iam.unusedGrants()).toEqual([
      { role: ROLE, action: 'dynamodb:GetItem', grantedBy: ['Policy statement 1 (Items)'] },
      { role: ROLE, action: 'dynamodb:UpdateItem', grantedBy: ['Policy statement 2'] },
    ]);
    expect(iam.unusedGrants({ mutatingOnly: true })).toMatchObject([{ action: 'dynamodb:UpdateItem' }]);
  });

  it('are not what was asked and denied', () => {
    const iam = worldWith(...statements);
    const principal = functionSession(iam, 'scan-cluster');
    const guard = { 'dynamodb:EnclosingOperation': null };
    iam.authorize({ principal, action: 'eks:UpdateAddon', resource: '*', context: guard, where: 'test' });
    expect(iam.unusedGrants()).toHaveLength(4);
  });

  it('are not those that another role used', () => {
    const iam = worldWith(...statements);
    const other = iam.directory.role(`arn:aws:iam::${HUB}:role/liftlock-api`);
    if (other === undefined) throw new Error('no role');
    iam.directory.addRole({ ...other, policies: [{ name: 'All', document: policyOf(allow('dynamodb:*')) }] });
    iam.authorize({
      principal: functionSession(iam, 'api'),
      action: 'dynamodb:GetItem',
      resource: TABLE,
      where: 'test',
    });
    expect(iam.unusedGrants().map(({ action }) => action)).toContain('dynamodb:GetItem');
  });

  it('fail on an action whose kind nobody knows', () => {
    expect(() => worldWith(allow('s3:DeleteObject')).unusedGrants({ mutatingOnly: true })).toThrow(
      's3:DeleteObject is not in',
    );
  });
});

describe('ineffective grants', () => {
  it('are pairs of an action and a resource that never meet', () => {
    const iam = worldWith(
      allow(['dynamodb:Query', 'dynamodb:PutItem'], [TABLE, `${TABLE}/index/*`], { Sid: 'Items' }),
      allow(['eks:ListClusters', 'eks:Describe*'], `arn:aws:eks:*:${HUB}:cluster/*`),
      allow('states:DescribeExecution', `arn:aws:states:${REGION}:${HUB}:stateMachine:x`),
      allow('states:SendTaskSuccess', `arn:aws:states:${REGION}:${HUB}:stateMachine:x`),
      deny('sqs:SendMessage', 'arn:aws:sns:*:*:*'),
      allow('xray:PutTraceSegments'),
    );
    expect(
      iam.ineffectiveGrants().map(({ statement, action, resource }) => `${statement} ${action} ${resource}`),
    ).toEqual([
      `1 dynamodb:PutItem ${TABLE}/index/*`,
      `2 eks:ListClusters arn:aws:eks:*:${HUB}:cluster/*`,
      `3 states:DescribeExecution arn:aws:states:${REGION}:${HUB}:stateMachine:x`,
    ]);
  });

  it('are none in the roles of the product', () => {
    expect(spokeWorld().ineffectiveGrants()).toEqual([]);
  });

  it('fail on an action that is not in the table', () => {
    expect(() => worldWith(allow('s3:DeleteObject')).ineffectiveGrants()).toThrow('s3:DeleteObject is not in');
  });
});
