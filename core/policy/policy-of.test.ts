import { policyOf } from './policy-of.ts';
import { clusterRecord } from './testing/cluster-record.ts';
import { policyWith } from './testing/policies.ts';
import { waveIndexOf } from './wave-of.ts';

const small = policyWith({ name: 'small', selector: '{ when: "cluster.nodegroups.size() < 2" }' });
const team = policyWith({ name: 'team', selector: '{ when: \'cluster.labels.team == "a"\' }' });
const prod = policyWith({ name: 'prod', selector: '{ matchLabels: { env: prod } }' });

test('labels and the expression must both hold', () => {
  const both = policyWith({ selector: '{ matchLabels: { env: prod }, when: "cluster.minor == 34" }' });
  const typeOf = (env: string, version: string) => policyOf(clusterRecord({ labels: { env }, version }), [both]).type;
  expect(typeOf('prod', '1.34')).toBe('one');
  expect(typeOf('prod', '1.33')).toBe('none');
  expect(typeOf('dev', '1.34')).toBe('none');
});

test('two policies that select a cluster leave it alone, also where one of them does so by an expression', () => {
  const cluster = clusterRecord({ labels: { env: 'prod' } });
  expect(policyOf(cluster, [prod, small])).toEqual({ type: 'ambiguous', names: ['prod', 'small'], errors: [] });
});

test('an expression without an answer selects nothing, and says so', () => {
  expect(policyOf(clusterRecord(), [team])).toMatchObject({
    type: 'none',
    errors: [
      { policy: 'team', reason: { code: 'PolicyError', message: expect.stringContaining('No such key: team') } },
    ],
  });
});

test('an expression without an answer in one policy does not take clusters from another', () => {
  const match = policyOf(clusterRecord({ labels: { env: 'prod' } }), [team, prod]);
  expect(match).toMatchObject({ type: 'one', policy: { metadata: { name: 'prod' } }, errors: [{ policy: 'team' }] });
});

test('an expression is not asked about clusters that the labels leave out', () => {
  const narrow = policyWith({ selector: '{ matchLabels: { team: a }, when: \'cluster.labels.team == "a"\' }' });
  expect(policyOf(clusterRecord(), [narrow])).toEqual({ type: 'none', errors: [] });
});

test('10,000 clusters find their policy and wave among eight with expressions', () => {
  const policy = policyWith({
    waves: `[${Array.from({ length: 8 }, (_, i) => `{ name: w${i}, selector: { when: "cluster.name.endsWith('-${i}') && cluster.nodegroups.all(n, n.status == 'ACTIVE')" } }`).join(', ')}]`,
  });
  const nodegroups = ['a', 'b', 'c'].map((name) => ({ name, status: 'ACTIVE', issues: [] }));
  const clusters = Array.from({ length: 10_000 }, (_, i) => clusterRecord({ name: `c-${i % 8}`, nodegroups }));
  const waves = clusters.map((cluster) => {
    const match = policyOf(cluster, [policy]);
    return match.type === 'one' ? waveIndexOf(match.policy, cluster) : -1;
  });
  expect(waves.slice(0, 8)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
});
