import { clusterRecord } from '../../test/material/policy/cluster-record.ts';
import { fleetSnapshot } from '../../test/material/rollout/fleet-snapshot.ts';
import { policyMatch } from './snapshot.ts';

const prod = clusterRecord({ name: 'web', labels: { env: 'prod' } });
const dev = clusterRecord({ name: 'shop', labels: { env: 'dev' } });
const lab = clusterRecord({ name: 'lab', labels: { env: 'lab' } });
const policyOf = (...envs: readonly string[]) => ({
  selector: { matchExpressions: [{ key: 'env', operator: 'In', values: envs }] },
  target: 'latest',
  waves: [{ name: 'all' }],
});
const fleet = () =>
  fleetSnapshot({
    clusters: [prod, dev, lab],
    policies: { p: policyOf('prod'), both: policyOf('dev', 'lab'), q: policyOf('lab') },
  });

test('a cluster belongs to the policy that selects it, and to none where two do or nobody', () => {
  const snapshot = fleet();
  expect(policyMatch(snapshot, prod)).toMatchObject({ type: 'one', policy: { metadata: { name: 'p' } } });
  expect(policyMatch(snapshot, dev)).toMatchObject({ type: 'one', policy: { metadata: { name: 'both' } } });
  expect(policyMatch(snapshot, lab)).toMatchObject({ type: 'ambiguous', names: ['both', 'q'] });
  expect(policyMatch(snapshot, clusterRecord({ name: 'new', labels: { env: 'none' } })).type).toBe('none');
});

test('this is worked out once for a cluster in one look at the fleet, and anew for other policies or other clusters', () => {
  const { policies, clusters } = fleet();
  const match = policyMatch({ policies, clusters }, prod);
  expect(policyMatch({ policies, clusters }, prod)).toBe(match);
  expect(policyMatch({ policies, clusters }, dev)).not.toBe(match);
  expect(policyMatch({ policies, clusters }, prod)).toBe(match);
  const retagged = { ...prod, labels: { env: 'dev' } };
  const later = policyMatch({ policies, clusters: new Map([[prod.clusterKey, retagged]]) }, retagged);
  expect(later).toMatchObject({ type: 'one', policy: { metadata: { name: 'both' } } });
  expect(policyMatch({ policies: new Map(), clusters }, prod).type).toBe('none');
});
