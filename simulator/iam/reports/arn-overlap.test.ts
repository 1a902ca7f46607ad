import fc from 'fast-check';
import { resourceCovers } from '../evaluation/policy-set.ts';
import { overlaps } from './arn-overlap.ts';

const eks = {
  cluster: 'arn:<Partition>:eks:<Region>:<Account>:cluster/<ClusterName>',
  nodegroup: 'arn:<Partition>:eks:<Region>:<Account>:nodegroup/<ClusterName>/<NodegroupName>/<UUID>',
};
const dynamodb = {
  table: 'arn:<Partition>:dynamodb:<Region>:<Account>:table/<TableName>',
  index: 'arn:<Partition>:dynamodb:<Region>:<Account>:table/<TableName>/index/<IndexName>',
};
const role = 'arn:<Partition>:iam::<Account>:role/<RoleNameWithPath>';
const parameter = 'arn:<Partition>:ssm:<Region>:<Account>:parameter/<ParameterNameWithoutLeadingSlash>';
const logStream = 'arn:<Partition>:logs:<Region>:<Account>:log-group:<LogGroupName>:log-stream:<LogStreamName>';
const lambdaFunction = 'arn:<Partition>:lambda:<Region>:<Account>:function:<FunctionName>';

it.each([
  ['arn:aws:eks:*:222222222222:cluster/*', eks.cluster, true],
  ['arn:aws:eks:*:222222222222:nodegroup/*', eks.cluster, false],
  ['arn:aws:eks:*:222222222222:nodegroup/*', eks.nodegroup, true],
  ['arn:aws:eks:*:222222222222:nodegroup/prod/blue', eks.nodegroup, false],
  ['arn:aws:eks:*', eks.cluster, true],
  ['arn:aws:dynamodb:r:1:table/items', dynamodb.table, true],
  // A table's name has no slash, so the index of a table does not match.
  ['arn:aws:dynamodb:r:1:table/items/index/*', dynamodb.table, false],
  ['arn:aws:dynamodb:r:1:table/items/index/*', dynamodb.index, true],
  ['arn:aws:dynamodb:r:1:table/*', dynamodb.index, true],
  ['arn:aws:iam::1:role/team/*', role, true],
  ['arn:aws:iam::1:user/*', role, false],
  ['arn:aws:ssm:*::parameter/aws/service/*', parameter, true],
  ['arn:aws:logs:r:1:log-group:/aws/lambda/x:*', logStream, true],
  ['arn:aws:logs:r:1:log-group:/aws/lambda/x', logStream, false],
  ['arn:aws:lambda:r:1:function:scan:live', lambdaFunction, false],
  ['arn:aws:lambda:r:1:function:sc?n', lambdaFunction, true],
  ['arn:aws:lambda:r:1:function:', lambdaFunction, false],
])('%s meets %s: %s', (pattern, template, expected) => {
  expect(overlaps(pattern, template)).toBe(expected);
});

it('meets a template wherever it covers an ARN of it', () => {
  const name = fc.string({ unit: fc.constantFrom('a', 'b', '-'), minLength: 1, maxLength: 4 });
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '-', '*', '?', '/'), minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(pattern, name, name, (glob, cluster, group) => {
      const covering = `arn:aws:eks:*:1:nodegroup/${glob}`;
      const covered = resourceCovers(covering, `arn:aws:eks:r:1:nodegroup/${cluster}/${group}/7ac0`);
      if (covered) expect(overlaps(covering, eks.nodegroup)).toBe(true);
      if (!overlaps(covering, eks.cluster))
        expect(resourceCovers(covering, `arn:aws:eks:r:1:cluster/${cluster}`)).toBe(false);
    }),
    { numRuns: 2000 },
  );
});
