import { upgradePolicySchema } from './upgrade-policy.ts';

const said = (patch: object) => {
  const spec = { selector: {}, target: 'latest', waves: [{ name: 'all' }], patch };
  const document = { apiVersion: 'liftlock/v1alpha1', kind: 'UpgradePolicy', metadata: { name: 'p' }, spec };
  return upgradePolicySchema
    .safeParse(document)
    .error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`);
};

test.each<[object, RegExp | undefined]>([
  [{ nodes: {} }, undefined],
  [{ addons: { minAge: '3d' }, within: '30d' }, undefined],
  [{}, /^spec\.patch names nothing that is brought up to date: say nodes or addons/],
  [{ within: '30d' }, /^spec\.patch names nothing/],
  [{ nodes: { minAge: '30d' }, within: '30d' }, /^spec\.patch\.within is over before minAge lets anything be taken/],
  [{ nodes: {}, addons: { minAge: '31d' }, within: '30d' }, /^spec\.patch\.within is over/],
  [{ nodes: { minAge: '43d' } }, /^spec\.patch\.nodes\.minAge is longer than 42d/],
])('a patch of %j', (patch, expected) => {
  expect(said(patch)?.join('; ') ?? '').toMatch(expected ?? /^$/);
});
