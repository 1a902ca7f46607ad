import { policy } from '../../../test/material/config/documents.ts';
import { formatIssue } from '../issue.ts';
import { parseConfig } from '../parse-config.ts';

const parse = (jobs: string) => {
  const text = policy.replace('spec:', `spec:\n  smoke: { jobs: ${jobs} }`);
  return parseConfig([{ path: 'c.yaml', text }]);
};
const OF = 'namespace: shop, labels: { test: checkout }';

test.each([
  ['no test', '[]', '5:18', 'is empty: leave it out'],
  ['no labels', '[{ name: a, namespace: shop, labels: {} }]', '5:55', 'is empty: name the labels'],
  ['a name twice', `[{ name: a, ${OF} }, { name: a, ${OF} }]`, '5:18', 'uses a name twice'],
  ['a longer wait', `[{ name: a, ${OF}, wait: 2h1m }]`, '5:81', 'is longer than 2h'],
  ['six tests', `[${['a', 'b', 'c', 'd', 'e', 'f'].map((name) => `{ name: ${name}, ${OF} }`)}]`, '5:18', 'more than 5'],
])('Jobs that test a cluster with %s are refused with their place', (_, jobs, place, words) => {
  const errors = parse(jobs).errors.map(formatIssue);
  expect(errors).toEqual([expect.stringMatching(new RegExp(`^c\\.yaml:${place}: error: .*${words}`))]);
});

test('half an hour is waited where the policy says nothing else', () => {
  const { policies, errors } = parse(`[{ name: checkout, ${OF} }, { name: other, ${OF}, wait: 2h }]`);
  expect(errors).toEqual([]);
  expect(policies[0]?.spec.smoke.jobs?.map(({ wait }) => wait)).toEqual(['30m', '2h']);
});
