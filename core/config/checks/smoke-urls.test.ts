import { fleetWith, issuesOf } from '../../../test/material/config/issues-of.ts';

test('the URL of a query of rates is refused as others are, and taken where the Fleet lists its host', () => {
  const query = '{ name: shop, url: "https://web.internal/prometheus", requests: r, errors: e }';
  const spec = `smoke: { rates: { queries: [${query}] } }`;
  expect(issuesOf('{ name: w }', { spec })).toEqual([
    expect.stringContaining('spec.smoke.rates.queries[0].url: "web.internal" '),
  ]);
  expect(issuesOf('{ name: w }', { spec, others: fleetWith('allowedHosts: [web.internal]') })).toEqual([]);
});
