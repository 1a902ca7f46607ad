import { policy } from '../../../test/material/config/documents.ts';
import { formatIssue } from '../issue.ts';
import { parseConfig } from '../parse-config.ts';

/** The messages about a policy with this in its spec. */
const said = (more: string): string[] => {
  const text = policy.replace('spec:', `spec:\n  ${more}`);
  return parseConfig([{ path: 'c.yaml', text }]).errors.map(formatIssue);
};
const metric = (dimension: string, requests = 'RequestCount') =>
  `smoke: { rates: { metrics: [{ name: m, namespace: N, requests: ${requests}, errors: E, dimensions: { LoadBalancer: ${dimension} } }] } }`;
const query = (errors: string, host = 'prometheus') =>
  `smoke: { rates: { queries: [{ name: q, url: "https://${host}.example.com", requests: r, errors: '${errors}' }] } }`;
const silence = (alarm: string) => `silences: [{ alarms: [a, ${alarm}], during: [roll-node-group] }]`;
const tags = (minor: string) => `nodes: { images: [{ tags: { minor: ${minor}, other: "{version}" } }] }`;

const CLUSTER = 'stands for nothing there. Placeholders: {cluster}.';
const NOTHING = 'stands for nothing there: no placeholder is filled in. Write out what is meant.';

test.each<[string, string, string]>([
  [metric('"app/{clustr}/5"'), '5:119', `{clustr} ${CLUSTER} Did you mean {cluster}?`],
  [metric('"app/{Cluster}/5"'), '5:119', `{Cluster} ${CLUSTER} Did you mean {cluster}?`],
  [metric('"app/{ cluster }/5"'), '5:119', `{ cluster } ${CLUSTER} Did you mean {cluster}?`],
  [metric('"{cluster}/{account}"'), '5:119', `{account} ${CLUSTER}`],
  [metric('x', '"{cluster}-requests"'), '5:66', `{cluster} ${NOTHING}`],
  [query('e{cluster="{clustr}"}'), '5:102', `{clustr} ${CLUSTER} Did you mean {cluster}?`],
  [query('e', 'prometheus-{clustr}'), '5:47', `{clustr} ${CLUSTER} Did you mean {cluster}?`],
  [silence('"{clustr}-errors"'), '5:28', `{clustr} ${CLUSTER} Did you mean {cluster}?`],
  [tags('"{versoin}"'), '5:38', '{versoin} stands for nothing there. Placeholders: {version}. Did you mean {version}?'],
  ['smoke: { urls: ["https://{account}.example.com/ready"] }', '5:19', `{account} ${CLUSTER}`],
  ['scan: { urls: ["https://example.com/{name}"] }', '5:18', `{name} ${CLUSTER}`],
  [
    'hooks: [{ name: h, at: before, step: upgrade-cluster, ask: { webhook: "https://example.com/{cluster}", secret: "arn" } }]',
    '5:73',
    `{cluster} ${NOTHING}`,
  ],
  ['scan: { alarms: ["{clustr}-errors"] }', '5:20', `{clustr} ${CLUSTER} Did you mean {cluster}?`],
])('%s is refused with its place, and with what is known there', (more, place, message) => {
  expect(said(more)).toContainEqual(expect.stringMatching(new RegExp(`^c\\.yaml:${place}: error: `)));
  expect(said(more).join(' ')).toContain(message);
});

test.each([
  query('e{cluster="{cluster}",code=~"5[0-9]{2}",path!~"a{1,2}"}'),
  metric('"app/{cluster}/5"'),
  query('e', 'prometheus-{cluster}'),
  'smoke: { urls: ["https://{cluster}.example.com/ready"] }',
  'scan: { urls: ["https://example.com/{cluster}"] }',
  silence('"{cluster}-errors"'),
  'scan: { alarms: ["{cluster}-errors", "arn:aws:cloudwatch:us-east-1:222222222222:alarm:{cluster}-latency"] }',
  tags('"k8s-{version}"'),
  metric('"a{}b"'),
])('%s is taken', (more) => {
  expect(said(more)).toEqual([]);
});
