import fc from 'fast-check';
import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { clusterEnvironment } from './cluster-environment.ts';
import { LONGEST_LIST } from './environment.ts';
import { compilePredicate } from './predicate.ts';

const cluster = clusterRecord({
  name: 'orders-prod',
  version: '1.34',
  labels: { env: 'prod', tier: '2' },
  tags: { 'cost-centre': '77' },
  nodegroups: [
    { name: 'a', version: '1.34', status: 'ACTIVE', desiredSize: 3, issues: [] },
    { name: 'b', version: '1.33', status: 'ACTIVE', issues: [] },
  ],
  addons: [{ name: 'vpc-cni', version: 'v1.20.1-eksbuild.1', status: 'ACTIVE', issues: [] }],
  managedBy: ['Terraform'],
  createdAt: '2025-03-01T00:00:00.000Z',
});

function test1(source: string, record = cluster) {
  const compiled = compilePredicate(source, clusterEnvironment);
  return 'problems' in compiled ? compiled.problems : compiled.predicate.test(record);
}

test.each([
  ['cluster.name == "orders-prod"', true],
  ['cluster.minor >= 34 && cluster.minor < 36', true],
  ['cluster.labels.env == "prod"', true],
  ['"team" in cluster.labels', false],
  ['has(cluster.labels.env) && !has(cluster.labels.team)', true],
  ['cluster.labels.?team.orValue("none") == "none"', true],
  ['cluster.tags["cost-centre"] == "77"', true],
  ['int(cluster.labels.tier) > 1', true],
  ['cluster.nodegroups.size() < 5', true],
  ['cluster.nodegroups.all(n, n.version == cluster.version)', false],
  ['cluster.nodegroups.exists_one(n, n.version == "1.33")', true],
  ['cluster.nodegroups.filter(n, n.name == "a").size() == 1', true],
  ['"vpc-cni" in cluster.addons.map(a, a.name)', true],
  ['"Terraform" in cluster.managedBy', true],
  ['glob(cluster.name, "orders-*")', true],
  ['glob(cluster.name, "*-dev")', false],
  ['cluster.createdAt < timestamp("2026-01-01T00:00:00Z")', true],
  ['!has(cluster.supportType)', true],
  // The other side decides, so the error does not matter (CEL: logical operators absorb errors).
  ['cluster.supportType == "EXTENDED" || cluster.minor == 34', true],
])('%s is %s', (source, matches) => {
  expect(test1(source)).toEqual({ matches });
});

test.each([
  ['cluster.supportType != "EXTENDED"', 'No such key: supportType'],
  ['cluster.labels.team == "a"', 'No such key: team'],
  ['cluster.labels.constructor != "a"', 'No such key: constructor'],
  ['cluster.tags["toString"] != "a"', 'No such key: toString'],
  ['cluster.nodegroups.exists(n, n.desiredSize > 3)', 'No such key: desiredSize'],
  ['int(cluster.labels.env) > 1', 'int() type error: cannot convert to int'],
  ['cluster.minor / 0 == 1', 'division by zero'],
])('%s has no answer and is no match: %s', (source, error) => {
  expect(test1(source)).toEqual({ error });
});

test.each([
  ['cluster.name ==', 15, 'Unexpected token: EOF'],
  ['clutser.name == "a"', 0, 'nothing here is called "clutser"'],
  ['cluster.nmae == "a"', 8, 'there is no field "nmae"'],
  ['cluster.nodegroups.all(n, n.versoin == "1")', 28, 'there is no field "versoin"'],
  ['cluster.name', 0, 'it gives text, and true or false is needed'],
  ['cluster.nodegroups.size()', 0, 'it gives a whole number, and true or false is needed'],
  ['cluster.version >= 1.34', 0, 'no such overload: string >= double'],
  ['cluster.name.matches("^(a+)+$")', 0, 'the function matches is not available here: regular expressions'],
  ['cel.bind(a, "x" + "x", a + a == "xxxx")', 0, 'the function bind is not available'],
  ['dyn(cluster).anything', 0, 'the function dyn is not available'],
  ['cluster.createdAt.getDayOfYear() == 1', 0, 'the function getDayOfYear is not available'],
  ['(cluster.managedBy + cluster.managedBy).size() > 3', 1, 'lists cannot be joined'],
])('%s is refused at %s: %s', (source, offset, message) => {
  expect(test1(source)).toMatchObject([{ offset, message: expect.stringContaining(message) }]);
});

test('what is not known comes with what is', () => {
  expect(test1('cluster.nodegroup.size() < 5')).toEqual([
    {
      message: 'there is no field "nodegroup"',
      offset: 8,
      unknown: { name: 'nodegroup', known: expect.arrayContaining(['nodegroups', 'addons', 'desiredSize']) },
    },
  ]);
  expect(test1('clster.minor > 3')).toMatchObject([{ unknown: { name: 'clster', known: ['cluster'] } }]);
});

const loop = (depth: number, inner: string): string =>
  depth === 0 ? inner : `cluster.nodegroups.all(n${depth}, ${loop(depth - 1, inner)})`;

test('what could take too long is refused when it is compiled: three loops in each other, or many things in two', () => {
  expect(test1(loop(2, 'n1.name != n2.status'))).toEqual({ matches: true });
  expect(test1(loop(3, 'n1.name != n2.status'))).toMatchObject([{ message: expect.stringMatching(/too long/) }]);
  expect(test1(loop(2, '"x" in cluster.managedBy'))).toMatchObject([{ message: expect.stringMatching(/too long/) }]);
  expect(test1(loop(2, 'cluster.nodegroups == cluster.nodegroups'))).toMatchObject([
    { message: expect.stringMatching(/too long/) },
  ]);
});

test.each([
  ['a list of many', `cluster.name in [${Array(LONGEST_LIST + 1).fill('"a"')}]`],
  ['much of anything', Array(200).fill('cluster.autoMode').join(' || ')],
  ['deep brackets', `${'('.repeat(1000)}true${')'.repeat(1000)}`],
])('%s is refused', (_, source) => {
  expect(test1(source)).toHaveLength(1);
});

test('the costliest expression that is accepted has an answer on the largest cluster', () => {
  const nodegroups = Array.from({ length: LONGEST_LIST }, (_, i) => ({ name: `n${i}`, status: 'A', issues: [] }));
  const largest = clusterRecord({ nodegroups });
  const compiled = compilePredicate(loop(2, Array(3).fill('n1.name != n2.status').join(' && ')), clusterEnvironment);
  expect('predicate' in compiled && compiled.predicate.test(largest)).toEqual({ matches: true });
});

test('a cluster with longer lists than expressions look at has no answer', () => {
  const nodegroups = Array.from({ length: LONGEST_LIST + 1 }, (_, i) => ({ name: `n${i}`, status: 'A', issues: [] }));
  expect(test1('cluster.minor > 1', clusterRecord({ nodegroups }))).toEqual({
    error: 'cluster.nodegroups has 201 entries, and expressions look at no more than 200',
  });
});

test('whatever is written, compiling and testing never throws, and gives one of the three answers', () => {
  const tokens = fc.constantFrom(
    ...'cluster . name labels nodegroups ( ) [ ] { } , ? : && || ! == != < in + - * / "a" \'b\' 1 2.5 true null n'.split(
      ' ',
    ),
    ...[
      '.all(n,',
      '.map(n,',
      '.filter(n,',
      '.?team',
      'size(',
      'has(',
      'matches(',
      'dyn(',
      'cel.bind(',
      '\n',
      '\\',
      '"',
      '`',
    ],
  );
  const text = fc.oneof(
    fc.string(),
    fc.array(tokens, { maxLength: 30 }).map((parts) => parts.join('')),
  );
  fc.assert(
    fc.property(text, (source) => {
      const result = test1(source);
      if (Array.isArray(result)) expect(result[0]?.offset).toBeLessThanOrEqual(source.length);
      else expect('error' in result || typeof (result as { matches: unknown }).matches === 'boolean').toBe(true);
    }),
    { numRuns: 1000 },
  );
});
