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
  [{ apiServer: true, wait: '30m' }, /^$/],
  [{ apiServer: true, wait: '2h' }, /^$/],
  [{}, /^spec\.smoke\.rates\.apiServer must be true; leave rates out/],
  [{ apiServer: false }, /^spec\.smoke\.rates\.apiServer must be true; leave rates out/],
  [{ apiServer: true, wait: '0s' }, /^spec\.smoke\.rates\.wait lasts no time at all/],
  [{ apiServer: true, wait: '29m' }, /^spec\.smoke\.rates\.wait is shorter than 30m: nothing can be told/],
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
