import { HUB, REGION } from '../../test/material/iam/accounts.ts';
import { allow, deny, policyOf } from '../../test/material/iam/policies.ts';
import { spokeWorld } from '../../test/material/iam/spoke-world.ts';
import { ineffectiveGrants } from './access-report.ts';

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

it('are pairs of an action and a resource that never meet', async () => {
  const iam = worldWith(
    allow(['dynamodb:Query', 'dynamodb:PutItem'], [TABLE, `${TABLE}/index/*`], { Sid: 'Items' }),
    allow(['eks:ListClusters', 'eks:Describe*'], `arn:aws:eks:*:${HUB}:cluster/*`),
    allow('states:DescribeExecution', `arn:aws:states:${REGION}:${HUB}:stateMachine:x`),
    allow('states:SendTaskSuccess', `arn:aws:states:${REGION}:${HUB}:stateMachine:x`),
    allow('SSM:getparameter*', `arn:aws:ssm:*:${HUB}:parameter/*`),
    allow(['glacier:Upgrade*', 'eks:DescribeClusters'], 'arn:aws:eks:*'),
    deny('sqs:SendMessage', 'arn:aws:sns:*:*:*'),
    { Effect: 'Allow', NotAction: 'eks:*', Resource: 'arn:aws:sns:*:*:*' },
    allow('xray:PutTraceSegments'),
    allow('*', TABLE),
  );
  const grants = await ineffectiveGrants(iam.directory);
  expect(grants.map(({ role, action, resource }) => `${role === ROLE} ${action} ${resource}`)).toEqual([
    `true dynamodb:PutItem ${TABLE}/index/*`,
    `true eks:ListClusters arn:aws:eks:*:${HUB}:cluster/*`,
    `true states:DescribeExecution arn:aws:states:${REGION}:${HUB}:stateMachine:x`,
    'true glacier:Upgrade* arn:aws:eks:*',
    'true eks:DescribeClusters arn:aws:eks:*',
  ]);
});

it('are none in the roles of the product', async () => {
  expect(await ineffectiveGrants(spokeWorld().directory)).toEqual([]);
});
