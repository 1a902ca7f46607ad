import { upgradePolicySchema } from '../config/schema/upgrade-policy.ts';
import { agreesAlike, rolloutPlanHash, wavePlanHash } from './plan-hash.ts';

const policy = (spec: object = {}, wave: object = {}) =>
  upgradePolicySchema.parse({
    apiVersion: 'liftlock/v1alpha1',
    kind: 'UpgradePolicy',
    metadata: { name: 'p' },
    spec: { selector: {}, target: 'latest', waves: [{ name: 'all', ...wave }], ...spec },
  });
const member = (clusterKey: string, to = '1.37') => ({ clusterKey, from: '1.36', to });
const planned = (more: object = {}) => ({ name: 'all', members: [member('a'), member('b')], ...more });
const hash = wavePlanHash(policy(), planned());

test.each([
  ['more at once', policy({}, { maxConcurrency: 9 })],
  ['caps', policy({ caps: { total: 3 } })],
  ['estimates', policy({ estimates: { upgrade: '2h' } })],
])('%s change nothing that was agreed to', (_, changed) => {
  expect(wavePlanHash(changed, planned())).toBe(hash);
  expect(agreesAlike(policy(), changed)).toBe(true);
});

test('a policy that plans something else has another author', () => {
  expect(agreesAlike(policy(), policy({}, { soak: '1h' }))).toBe(false);
});

test('the order in which members are listed changes nothing', () => {
  expect(wavePlanHash(policy(), planned({ members: [member('b'), member('a')] }))).toBe(hash);
});

test.each([
  ['another soak', policy({}, { soak: '1h' }), planned()],
  ['a larger budget', policy({}, { failureBudget: { maxFailures: 5 } }), planned()],
  ['other canaries', policy({}, { canaries: 1 }), planned()],
  ['another rollback rule', policy({ rollback: { automatic: true } }), planned()],
  ['another target of a cluster', policy(), planned({ members: [member('a', '1.38'), member('b')] })],
  ['a release of an image', policy(), planned({ members: [{ ...member('a'), releases: { web: 'r' } }, member('b')] })],
  ['a version of an add-on', policy(), planned({ members: [{ ...member('a'), addons: { web: 'r' } }, member('b')] })],
  ['one cluster less', policy(), planned({ members: [member('a')] })],
  ['another wave', policy(), planned({ name: 'prod' })],
])('%s is another plan', (_, changed, wave) => {
  expect(wavePlanHash(changed, wave)).not.toBe(hash);
});

test('a whole plan is the hashes of its waves in their order', () => {
  expect(rolloutPlanHash(['a', 'b'])).not.toBe(rolloutPlanHash(['b', 'a']));
  expect(rolloutPlanHash(['a', 'b'])).toMatch(/^[0-9a-f]{64}$/);
});

test('a group and an add-on of one name are two things', () => {
  const pinned = (more: object) => wavePlanHash(policy(), planned({ members: [{ ...member('a'), ...more }] }));
  expect(pinned({ addons: { web: 'r' } })).not.toBe(pinned({ releases: { web: 'r' } }));
});
