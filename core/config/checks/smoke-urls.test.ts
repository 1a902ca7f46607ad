import { fleetWith, issuesOf } from '../../../test/material/config/issues-of.ts';

test('the URL of a query of rates is refused as others are, and taken where the Fleet lists its host', () => {
  const query = '{ name: shop, url: "https://web.internal/prometheus", requests: r, errors: e }';
  const spec = `smoke: { rates: { queries: [${query}] } }`;
  expect(issuesOf('{ name: w }', { spec })).toEqual([
    expect.stringContaining('spec.smoke.rates.queries[0].url: "web.internal" '),
  ]);
  expect(issuesOf('{ name: w }', { spec, others: fleetWith('allowedHosts: [web.internal]') })).toEqual([]);
});

test('a private host with {cluster} in it is taken where the Fleet lists one that it can become', () => {
  const spec = 'scan: { urls: ["https://web.{cluster}.internal/ready"] }';
  const listing = (host: string) => issuesOf('{ name: w }', { spec, others: fleetWith(`allowedHosts: [${host}]`) });
  expect(listing('web.shop-1.internal')).toEqual([]);
  for (const other of ['webxshop-1.internal', 'web.a.b.internal', 'web.shop-1.internal.example.com'])
    expect(listing(other)).toEqual([
      expect.stringContaining('"web.{cluster}.internal" ends with .internal, which only a private network knows'),
    ]);
  expect(issuesOf('{ name: w }', { spec: 'scan: { urls: ["https://{cluster}.example.com/"] }' })).toEqual([]);
});

test('where no Fleet is among the files, that of a private host says so, and nowhere else', () => {
  const spec = 'scan: { urls: ["https://web.internal/", "http://web.example.com/"] }';
  const said = (others?: string) =>
    issuesOf('{ name: w }', { spec, ...(others === undefined ? {} : { others }) }).map((text) => /no Fleet/.test(text));
  expect(said()).toEqual([true, false]);
  expect(said(fleetWith('allowedHosts: [other.internal]'))).toEqual([false, false]);
});
