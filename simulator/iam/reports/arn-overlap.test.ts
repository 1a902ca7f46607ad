import fc from 'fast-check';
import { resourceCovers } from '../evaluation/resource-match.ts';
import { overlaps } from './arn-overlap.ts';
import { dynamodb, eks, iam, lambda, logs, ssm } from './resource-arns.ts';

it.each([
  ['arn:aws:eks:*:222222222222:cluster/*', eks.cluster, true],
  ['arn:aws:eks:*:222222222222:nodegroup/*', eks.cluster, false],
  ['arn:aws:eks:*:222222222222:nodegroup/*', eks.nodegroup, true],
  ['arn:aws:eks:*:222222222222:nodegroup/prod/blue', eks.nodegroup, false],
  ['arn:aws:eks:*', eks.cluster, true],
  ['arn:aws:dynamodb:r:1:table/items', dynamodb.table, true],
  // A name of a table has no slash: the index of a table is not one.
  ['arn:aws:dynamodb:r:1:table/items/index/*', dynamodb.table, false],
  ['arn:aws:dynamodb:r:1:table/items/index/*', dynamodb.index, true],
  ['arn:aws:dynamodb:r:1:table/*', dynamodb.index, true],
  ['arn:aws:iam::1:role/team/*', iam.role, true],
  ['arn:aws:iam::1:user/*', iam.role, false],
  ['arn:aws:ssm:*::parameter/aws/service/*', ssm.parameter, true],
  ['arn:aws:logs:r:1:log-group:/aws/lambda/x:*', logs.logStream, true],
  ['arn:aws:logs:r:1:log-group:/aws/lambda/x', logs.logStream, false],
  ['arn:aws:lambda:r:1:function:scan:live', lambda.function, false],
  ['arn:aws:lambda:r:1:function:sc?n', lambda.function, true],
  ['arn:aws:lambda:r:1:function:', lambda.function, false],
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
