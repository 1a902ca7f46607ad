import { upgradePolicySchema } from './upgrade-policy.ts';

const parsed = (rates: unknown) => {
  const spec = { selector: {}, target: 'latest', waves: [{ name: 'all' }], smoke: { rates } };
  return upgradePolicySchema.safeParse({
    ...{ apiVersion: 'liftlock/v1alpha1', kind: 'UpgradePolicy', metadata: { name: 'p' }, spec },
  });
};
const said = (rates: unknown) =>
  (parsed(rates).error?.issues ?? []).map(({ path, message }) => `${path.join('.')} ${message}`).join('; ');

test.each<[unknown, RegExp]>([
  [{ apiServer: true, wait: '35m' }, /^$/],
  [{ apiServer: true, wait: '2h' }, /^$/],
  [{}, /^spec\.smoke\.rates compares nothing: say apiServer: true, metrics or queries; leave rates out/],
  [{ wait: '40m' }, /^spec\.smoke\.rates compares nothing/],
  [{ apiServer: false }, /^spec\.smoke\.rates\.apiServer must be true; leave it out/],
  [{ apiServer: true, wait: '0s' }, /^spec\.smoke\.rates\.wait lasts no time at all/],
  [{ apiServer: true, wait: '34m' }, /^spec\.smoke\.rates\.wait is shorter than 35m: no rise of a rate is proved/],
  [{ apiServer: true, wait: '2h1m' }, /^spec\.smoke\.rates\.wait is longer than 2h/],
  [{ apiServer: true, wait: 'soon' }, /^spec\.smoke\.rates\.wait is not a duration/],
  [{ apiServer: true, latency: true }, /^spec\.smoke\.rates .*latency/],
])('rates of %j', (rates, expected) => {
  expect(said(rates)).toMatch(expected);
});

test('absent they are none, and wait for 45 minutes where nothing is said', () => {
  expect(parsed(undefined).data?.spec.smoke).toEqual({ deployments: [], urls: [] });
  expect(parsed({ apiServer: true }).data?.spec.smoke.rates).toEqual({ apiServer: true, wait: '45m' });
});

const metric = {
  ...{ name: 'checkout', namespace: 'AWS/ApplicationELB', dimensions: { LoadBalancer: 'app/checkout-{cluster}/5' } },
  ...{ requests: 'RequestCount', errors: 'HTTPCode_Target_5XX_Count', latency: 'TargetResponseTime' },
};
const saidOf = (...all: readonly object[]) => said({ metrics: all.map((one) => ({ ...metric, ...one })) });
const names = (count: number) => Array.from({ length: count }, (_, index) => ({ name: `m${index}` }));
const dimensions = (count: number) => Object.fromEntries(names(count).map(({ name }) => [name, 'v']));

test.each<[string, readonly object[]]>([
  ['errors and latency', [{}]],
  ['errors alone', [{ latency: undefined }]],
  ['latency alone', [{ errors: undefined, requests: undefined }]],
  ['five', names(5)],
  [
    'what CloudWatch takes at most',
    [{ namespace: 'N'.repeat(255), latency: 'm'.repeat(255), dimensions: dimensions(30) }],
  ],
  [
    'a name and a value of a dimension as long as they may be',
    [{ dimensions: { [`d${'d'.repeat(254)}`]: 'v'.repeat(1_024) } }],
  ],
  ['a value that the longest name of a cluster fits into', [{ dimensions: { d: `${'v'.repeat(924)}{cluster}` } }]],
])('metrics may be %s', (_, all) => {
  expect(saidOf(...all)).toBe('');
});

test.each<[readonly object[], RegExp]>([
  [[{ requests: undefined }], /^spec\.smoke\.rates\.metrics\.0\.requests is missing: errors are compared as a share/],
  [[{}, { name: 'b', errors: undefined }], /^spec\.smoke\.rates\.metrics\.1\.errors is missing: requests alone/],
  [
    [{ requests: undefined, errors: undefined, latency: undefined }],
    /metrics\.0 compares nothing: say errors and requests/,
  ],
  [[{}, {}], /^spec\.smoke\.rates\.metrics\.1\.name is the name of a rate above$/],
  [[], /metrics is empty: leave it out/],
  [names(6), /metrics lists more than 5 metrics/],
  [[{ name: 'The shop' }], /metrics\.0\.name is not a name/],
  [[{ namespace: '' }], /metrics\.0\.namespace is not a namespace/],
  [[{ namespace: ':N' }], /metrics\.0\.namespace is not a namespace/],
  [[{ namespace: 'N'.repeat(256) }], /metrics\.0\.namespace is longer than 255 characters/],
  [[{ latency: '' }], /metrics\.0\.latency is empty/],
  [[{ errors: 'm'.repeat(256) }], /metrics\.0\.errors is longer than 255/],
  [[{ dimensions: {} }], /metrics\.0\.dimensions is empty: name the dimensions/],
  [[{ dimensions: dimensions(31) }], /metrics\.0\.dimensions lists more than 30 dimensions/],
  [[{ dimensions: { ' ': 'v' } }], /metrics\.0\.dimensions\. {2}Invalid key/],
  [[{ dimensions: { ':d': 'v' } }], /metrics\.0\.dimensions\.:d Invalid key/],
  [[{ dimensions: { d: ' ' } }], /metrics\.0\.dimensions\.d is not the value of a dimension/],
  [[{ dimensions: { d: 'größe' } }], /metrics\.0\.dimensions\.d is not the value of a dimension/],
  [[{ dimensions: { d: 'v'.repeat(1_025) } }], /metrics\.0\.dimensions\.d is longer than 1024/],
  [
    [{ dimensions: { d: `${'v'.repeat(925)}{cluster}` } }],
    /metrics\.0\.dimensions\.d .* with the name of a cluster in it/,
  ],
])('metrics %j are refused where they are wrong', (all, expected) => {
  expect(saidOf(...all)).toMatch(expected);
});

const query = {
  ...{ name: 'checkout', url: 'https://prometheus.example.com', requests: 'sum(increase(r{cluster="{cluster}"}[1m]))' },
  errors: 'sum(increase(e{cluster="{cluster}"}[1m]))',
};
const saidOfQueries = (...all: readonly object[]) => said({ queries: all.map((one) => ({ ...query, ...one })) });
const secret = 'arn:aws:secretsmanager:eu-west-1:111111111111:secret:liftlock/prometheus-AbCdEf';
const workspace = 'arn:aws:aps:eu-west-1:111111111111:workspace/ws-0f1e2d3c-aaaa-bbbb-cccc-0123456789ab';

test.each<[string, readonly object[]]>([
  ['errors', [{}]],
  ['a workspace', [{ url: undefined, workspace }]],
  ['seconds, with a secret', [{ errors: undefined, seconds: 's', secret }]],
  ['five', names(5)],
])('queries may be of %s', (_, all) => {
  expect(saidOfQueries(...all)).toBe('');
});

test.each<[readonly object[], RegExp]>([
  [[{ errors: undefined }], /queries\.0 compares nothing: say errors, seconds, or both/],
  [[{ requests: undefined }], /queries\.0\.requests /],
  [[{ requests: '' }], /queries\.0\.requests is empty/],
  [[{ errors: 'x'.repeat(1_001) }], /queries\.0\.errors is longer than 1000 characters: make it a recording rule/],
  [[{ url: 'https://prometheus.example.com/?tenant=a' }], /queries\.0\.url has a query or a fragment/],
  [[{ url: undefined }], /queries\.0 is asked of url or of workspace: say one/],
  [[{ workspace }], /queries\.0 is asked of url or of workspace: say one/],
  [[{ url: undefined, workspace, secret }], /queries\.0\.secret is for a url: requests to a workspace are signed/],
  [[{ url: undefined, workspace: 'ws-1' }], /queries\.0\.workspace is not the ARN of a workspace of Amazon Managed/],
  [[{ secret: 'token' }], /queries\.0\.secret is not the ARN of a secret/],
  [[{}, {}], /queries\.1\.name is the name of a rate above/],
  [[], /queries is empty: leave it out/],
  [names(6), /queries lists more than 5 queries/],
])('queries are refused, and it is said why: %#', (all, expected) => {
  expect(saidOfQueries(...all)).toMatch(expected);
});

test('a query has no name that a metric has', () => {
  expect(said({ metrics: [metric], queries: [query] })).toBe(
    'spec.smoke.rates.queries.0.name is the name of a rate above',
  );
});
