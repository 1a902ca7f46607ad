import { decide } from '../../../test/material/iam/decide.ts';
import { allow, named, variable } from '../../../test/material/iam/policies.ts';
import { roleSessionOf } from '../../../test/material/iam/principals.ts';
import { includesAction, resourceCovers } from './policy-set.ts';

const CLUSTER = 'arn:aws:eks:eu-west-1:222222222222:cluster/prod';
const EXECUTION = 'arn:aws:states:eu-west-1:111111111111:execution:liftlock-scan-cluster:run-1';

it.each([
  ['*', CLUSTER, true],
  ['*', '*', true],
  [CLUSTER, CLUSTER, true],
  [CLUSTER.replace('prod', 'Prod'), CLUSTER, false],
  ['arn:aws:eks:*:222222222222:cluster/*', CLUSTER, true],
  ['arn:aws:eks:*:222222222222:cluster/pr?d', CLUSTER, true],
  ['arn:aws:eks:*:111111111111:cluster/*', CLUSTER, false],
  ['arn:aws:eks:*:222222222222:nodegroup/*', CLUSTER, false],
  ['arn:aws:eks:*:222222222222:cluster', CLUSTER, false],
  // A wildcard stays within its part.
  ['arn:aws:sns:*:111111111111:topic', 'arn:aws:sns:eu-west-1:222222222222:x:111111111111:topic', false],
  // Only the last wildcard reaches beyond its part.
  ['arn:aws:eks:*:cluster/prod', CLUSTER, undefined],
  ['arn:aws:*:cluster/prod', CLUSTER, undefined],
  ['arn:aws:eks:*', CLUSTER, true],
  ['arn:aws:eks:eu-west-1:*', CLUSTER, true],
  ['arn:aws:sqs:*', CLUSTER, false],
  ['arn:aws:states:*:*:execution:liftlock-scan-cluster:*', EXECUTION, true],
  ['arn:aws:states:*:*:execution:*', EXECUTION, true],
  ['arn:aws:states:*:*:execution:liftlock-scan:*', EXECUTION, false],
  // The ARN of an index is not its table's, and that of a version is not its function's.
  ['arn:aws:dynamodb:a:1:table/items', 'arn:aws:dynamodb:a:1:table/items/index/kind', false],
  ['arn:aws:lambda:a:1:function:scan', 'arn:aws:lambda:a:1:function:scan:live', false],
  // An action without resources is granted on everything or not at all.
  ['arn:aws:eks:*:*:*', '*', false],
  ['cluster/prod', CLUSTER, undefined],
  ['**', CLUSTER, undefined],
])('%s over %s: %s', (pattern, resource, expected) => {
  expect(resourceCovers(pattern, resource)).toBe(expected);
});

it.each([
  ['eks:DescribeCluster', 'eks:DescribeCluster', true],
  ['EKS:describecluster', 'eks:DescribeCluster', true],
  ['eks:Describe*', 'eks:DescribeCluster', true],
  ['eks:Describe?luster', 'eks:DescribeCluster', true],
  ['*', 'eks:DescribeCluster', true],
  ['eks:Describe', 'eks:DescribeCluster', false],
  ['sqs:*', 'eks:DescribeCluster', false],
])('%s takes in %s: %s', (pattern, action, expected) => {
  expect(includesAction({ patterns: [pattern], negated: false }, action)).toBe(expected);
});

describe('a variable in a resource', () => {
  const may = (resource: string) => [named('own table', allow('dynamodb:GetItem', resource))];
  const ask = (resource: string, tags: Record<string, string>) =>
    decide({
      principal: roleSessionOf('111111111111', tags),
      action: 'dynamodb:GetItem',
      resource: 'arn:aws:dynamodb:eu-west-1:111111111111:table/lock',
      policies: { identity: may(`arn:aws:dynamodb:eu-west-1:111111111111:table/${resource}`) },
    });

  it('is the value that the principal has', () => {
    expect(ask(variable('aws:PrincipalTag/team'), { team: 'lock' }).allowed).toBe(true);
    expect(ask(variable('aws:PrincipalTag/team'), { team: 'gate' }).allowed).toBe(false);
  });

  it('covers nothing where there is no value, and no more than itself where the value is a wildcard', () => {
    expect(ask(variable('aws:PrincipalTag/team'), {})).toMatchObject({ allowed: false, problems: [] });
    expect(ask(variable('aws:PrincipalTag/team'), { team: '*' }).allowed).toBe(false);
  });

  it('is text in a policy older than variables', () => {
    const [policy] = may(`arn:aws:dynamodb:eu-west-1:111111111111:table/${variable('aws:PrincipalTag/team')}`);
    const old = { name: 'old', document: { ...(policy?.document as object), Version: '2008-10-17' } };
    const principal = roleSessionOf('111111111111', { team: 'lock' });
    const resource = 'arn:aws:dynamodb:eu-west-1:111111111111:table/lock';
    const asked = { principal, action: 'dynamodb:GetItem', resource };
    expect(decide({ ...asked, policies: { identity: may('*') } }).allowed).toBe(true);
    expect(decide({ ...asked, policies: { identity: [old] } }).allowed).toBe(false);
  });

  it('falls back to its default', () => {
    expect(ask(variable("aws:PrincipalTag/team, 'lock'"), {}).allowed).toBe(true);
  });
});
