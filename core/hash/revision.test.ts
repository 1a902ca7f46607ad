import { revisionOf } from './canonical-json.ts';

const policy = { kind: 'UpgradePolicy', spec: { target: 'latest', waves: [{ name: 'canary', maxConcurrency: 1 }] } };

test('the order of keys and the metadata do not change a revision', () => {
  const same = {
    metadata: { name: 'renamed' },
    spec: { waves: [{ maxConcurrency: 1, name: 'canary' }], target: 'latest' },
    kind: 'UpgradePolicy',
  };
  expect(revisionOf(same)).toBe(revisionOf(policy));
});

test('a changed number gives another revision', () => {
  const changed = { ...policy, spec: { ...policy.spec, waves: [{ name: 'canary', maxConcurrency: 2 }] } };
  expect(revisionOf(changed)).not.toBe(revisionOf(policy));
});

test('the same spec under another kind is another revision', () => {
  expect(revisionOf({ kind: 'Fleet', spec: policy.spec })).not.toBe(revisionOf(policy));
});
