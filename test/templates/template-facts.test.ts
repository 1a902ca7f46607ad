import { SMALL_SETTINGS } from '../cloud/small-settings.ts';
import { synthesize } from '../material/infra/synthesize.ts';
import { checkProperties } from './property-facts.ts';
import { resolvedResources } from './resolved-stacks.ts';
import { checkStatement, type PlacedStatement, statementsIn } from './statement-facts.ts';

const vpc = { subnetIds: ['subnet-0a1b2c3d4e5f60718'], securityGroupIds: ['sg-0a1b2c3d4e5f60718'], gates: true };
const everything = { ...SMALL_SETTINGS, organizationId: 'o-a1b2c3d4e5', alarmEmail: 'ops@example.com', vpc };
const { folder, ...templates } = synthesize(everything);

test('CloudFormation knows every property of the templates, by name, type and value, and misses none', () => {
  const { checked, problems } = checkProperties(templates);
  expect(problems).toEqual([]);
  expect(checked).toBeGreaterThan(1_500);
});

const queue = (Properties: object) =>
  checkProperties({ made: { Resources: { Queue: { Type: 'AWS::SQS::Queue', Properties: { ...Properties } } } } })
    .problems;
const rule = (target: object) =>
  checkProperties({ made: { Resources: { Rule: { Type: 'AWS::Events::Rule', Properties: { Targets: [target] } } } } })
    .problems;

test.each<[string, () => readonly string[], string]>([
  [
    'a misspelt property',
    () => queue({ VisibiltyTimeout: 30 }),
    'made/Queue.VisibiltyTimeout: there is no such property',
  ],
  ['another type', () => queue({ VisibilityTimeout: 'soon' }), 'made/Queue.VisibilityTimeout: "soon" is not integer'],
  [
    'one in a branch',
    () => queue({ DelaySeconds: { 'Fn::If': ['Late', '5', 5] } }),
    'made/Queue.DelaySeconds: "5" is not integer',
  ],
  [
    'a nested one',
    () => rule({ Arn: 'a', Id: 'b', Inptu: 'c' }),
    'made/Rule.Targets[0].Inptu: there is no such property',
  ],
  ['a missing one', () => rule({ Arn: 'a' }), 'made/Rule.Targets[0]: Id is required and missing'],
])('it would tell of %s', (_, problems, expected) => {
  expect(problems()).toEqual([expected]);
});

const statements = resolvedResources(folder)
  .flat()
  .flatMap(({ stack, logicalId, properties }) => statementsIn(`${stack}/${logicalId}`, properties));

test('IAM knows every action of the statements, and the actions their resources and condition keys', async () => {
  expect((await Promise.all(statements.map(checkStatement))).flat()).toEqual([]);
  expect(statements.length).toBeGreaterThan(150);
});

test.each<[string, object, string]>([
  [
    'an action that is none',
    { Action: 'eks:DescribeClusters', Resource: '*' },
    'there is no action eks:DescribeClusters',
  ],
  ['a pattern that fits none', { Action: 'eks:Upgrade*', Resource: '*' }, 'there is no action eks:Upgrade*'],
  [
    'a resource of another action',
    {
      Action: ['eks:DescribeNodegroup', 'eks:DescribeCluster'],
      Resource: ['arn:aws:eks:*:111111111111:cluster/*', 'arn:aws:eks:*:111111111111:clusters/*'],
    },
    'none of its actions takes arn:aws:eks:*:111111111111:clusters/*; eks:DescribeNodegroup takes none of its resources',
  ],
  [
    'a condition key of another action',
    { Action: 'eks:DescribeCluster', Resource: '*', Condition: { StringEquals: { 'eks:kubernetesVersion': '1.37' } } },
    'eks:DescribeCluster does not know the condition key eks:kubernetesVersion',
  ],
  [
    'a condition key of another resource of the action',
    {
      Action: 'ec2:RunInstances',
      Resource: ['arn:aws:ec2:*:111111111111:volume/*', 'arn:aws:ec2:*:111111111111:spot-instances-request/*'],
      Condition: { ArnLike: { 'ec2:LaunchTemplate': 'arn:aws:ec2:*:111111111111:launch-template/*' } },
    },
    'arn:aws:ec2:*:111111111111:spot-instances-request/* is never asked of with the condition key ec2:LaunchTemplate',
  ],
  [
    'an operator that is none',
    { Action: 'sqs:SendMessage', Resource: '*', Condition: { ArnEqual: { 'aws:SourceArn': 'arn:aws:events:*' } } },
    'there is no condition operator ArnEqual',
  ],
])('it would tell of %s', async (_, statement, expected) => {
  const placed = { place: 'made', statement: { Effect: 'Allow', ...statement } } as PlacedStatement;
  expect((await checkStatement(placed)).join('; ').replaceAll('made: ', '')).toBe(expected);
});
