import { issuesOf } from '../../../test/material/config/issues-of.ts';

const issues = (force: string) =>
  issuesOf('{ name: w }', { spec: `nodes:\n  podEvictionFailure:\n    retries: 2\n    force: ${force}` });

test('a deadline and the clusters that it is for are right', () => {
  expect(issues('{ after: 4h, selector: { matchLabels: { environment: dev } } }')).toEqual([]);
});

test.each([
  ['{ after: 4h }', 'force.selector: is missing and has no default'],
  ['{ after: 4h, selector: {} }', 'names no clusters'],
  ['{ after: 0s, selector: { when: "cluster.minor > 30" } }', 'lasts no time at all'],
  ['{ after: 4h, selector: { when: "cluster.nmae == 1" } }', 'force.selector.when: there is no field "nmae"'],
])('%s is an error with its place', (force, message) => {
  const told = issues(force);
  expect(told).toEqual([expect.stringMatching(/^p\.yaml:\d+:\d+: error: spec\.nodes\.podEvictionFailure\./)]);
  expect(told[0]).toContain(message);
});
