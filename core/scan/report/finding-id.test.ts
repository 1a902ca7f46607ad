import fc from 'fast-check';
import { findingId, type Identified } from './merge-findings.ts';

const api: Identified = {
  reason: 'removed',
  apiVersion: 'policy/v1beta1',
  kind: 'PodDisruptionBudget',
  namespace: 'payments',
  name: 'api',
  source: 'manifest',
  rule: null,
};

test('an id stays what it is: waivers and baselines hold it', () => {
  expect(findingId(api)).toBe('b06ab79eceb0b0a8');
});

test('two rules about one object are two findings', () => {
  expect(findingId({ ...api, rule: 'al2-ami' })).not.toBe(findingId({ ...api, rule: 'gitrepo-volume' }));
});

test('no text moves from one part into the next', () => {
  const part = fc.option(fc.string({ unit: 'binary', maxLength: 6 }), { nil: null });
  const identified = fc.record({ apiVersion: part, kind: part, namespace: part, name: part, rule: part });
  fc.assert(
    fc.property(identified, identified, (a, b) => {
      const same = JSON.stringify(Object.entries(a).sort()) === JSON.stringify(Object.entries(b).sort());
      expect(findingId({ ...api, ...a }) === findingId({ ...api, ...b })).toBe(same);
    }),
  );
});
