import { fleetWith, issuesOf } from '../../../test/material/config/issues-of.ts';
import { policyWith } from '../../../test/material/policy/policies.ts';
import { policyConfig } from '../../../test/material/protocol/one-upgrade.ts';
import { upgradePolicy } from '../../policy/applied.ts';

const arn = (name: string) => `arn:aws:secretsmanager:eu-central-1:111111111111:secret:${name}`;
const query = (more: string) => `smoke: { rates: { queries: [{ name: q, ${more} }] } }`;
const queryAt = (url: string) => query(`url: "${url}", requests: r, errors: e`);
const metric = (errors: string) =>
  `smoke: { rates: { metrics: [{ name: m, namespace: N, requests: Requests, errors: ${errors}, dimensions: { A: b } }] } }`;
const withSecret = (name: string) =>
  query(`url: "https://p.example.com", requests: r, errors: e, secret: "${arn(name)}"`);

test.each([
  [queryAt('https://p.example.com/api/v1'), 'queries[0].url', 'Write what comes before: https://p.example.com.'],
  [queryAt('https://p.example.com/x/api/v1/'), 'queries[0].url', 'before: https://p.example.com/x.'],
  [queryAt('https://p.example.com/api/v1/query_range'), 'queries[0].url', 'before: https://p.example.com.'],
  [metric('Requests'), 'metrics[0].errors', 'is the same as requests'],
  [query('url: "https://p.example.com", requests: r, errors: r'), 'queries[0].errors', 'is the same as requests'],
  [withSecret('other/x-AbCdEf'), 'queries[0].secret', `write its ARN: ${arn('liftlock/bearer/…')}.`],
  [
    withSecret('liftlock/gate-AbCdEf'),
    'queries[0].secret',
    'Liftlock sends no secret of another name than liftlock/bearer/…',
  ],
])('%s is refused with its place, and with what to write instead', (spec, field, said) => {
  const [issue, ...others] = issuesOf('{ name: w }', { spec });
  expect(issue).toMatch(/^p\.yaml:7:\d+: error: /);
  expect(issue).toContain(`spec.smoke.rates.${field}: `);
  expect(issue).toContain(said);
  expect(others).toEqual([]);
});

test.each([
  queryAt('https://p.example.com/select/0/prometheus'),
  queryAt('https://p.example.com/api/v10'),
  metric('Failed'),
  withSecret('liftlock/bearer/x-AbCdEf'),
  'selector: { matchLabels: { secret: other } }',
])('%s is taken', (spec) => {
  expect(issuesOf('{ name: w }', spec.startsWith('selector') ? { selector: spec.slice(10) } : { spec })).toEqual([]);
});

test('an owner whose name is queries signs like any other', () => {
  const owners = `owners: { queries: { webhook: "https://o.example.com", secret: "${arn('liftlock/owner-AbCdEf')}" } }`;
  expect(issuesOf('{ name: w }', { others: fleetWith(owners) })).toEqual([]);
});

test('secrets of gates and of owners of the Fleet are held to the same name', () => {
  const gate = `gates: [{ webhook: "https://g.example.com", secret: "${arn('gate')}" }]`;
  const others = fleetWith(`owners: { a: { webhook: "https://o.example.com", secret: "${arn('owner')}" } }`);
  expect(issuesOf(`{ name: w, soak: 1h, ${gate} }`, { others })).toEqual([
    expect.stringContaining('spec.waves[0].gates[0].secret: Liftlock may read no secret of another name'),
    expect.stringContaining('spec.owners.a.secret: Liftlock may read no secret of another name'),
  ]);
});

test('a policy that was applied with all of that is still read', () => {
  const [errors, secret] = ['r', arn('other/x-AbCdEf')];
  const queries = [{ name: 'q', url: 'https://p.example.com/api/v1', requests: 'r', errors, secret }];
  const policy = policyWith();
  const smoke = { ...policy.spec.smoke, rates: { queries, wait: '45m' } };
  const applied = policyConfig({ ...policy, spec: { ...policy.spec, smoke } });
  expect(upgradePolicy(applied)?.spec.smoke.rates?.queries).toEqual(queries);
});
