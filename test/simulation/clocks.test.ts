import { addCluster } from '../../simulator/eks/add-cluster.ts';
import { emptyState } from '../../simulator/eks/empty-state.ts';
import { apiVersion, parseDocuments } from '../../simulator/simulate/fleet/documents.ts';
import { runSimulation } from '../../simulator/simulate/run/run-simulation.ts';

jest.setTimeout(60_000);

test('a reconciler whose clock is fast does not start a bake over and over before it is over by other clocks', async () => {
  const start = new Date('2026-11-20T08:00:00Z');
  const state = emptyState(start);
  addCluster(state, { name: 'web', version: '1.36', nodegroups: [{ name: 'workers' }] });
  const spec = {
    mode: 'act',
    accounts: ['111111111111'],
    regions: ['eu-central-1'],
    spokeRole: { externalId: 'clocks' },
  };
  const waves = [{ name: 'all', bake: '10m' }];
  const policy = { selector: {}, target: '1.37', trigger: 'automatic', waves };
  const objects = parseDocuments(
    [
      { apiVersion, kind: 'Fleet', metadata: { name: 'clocks' }, spec },
      { apiVersion, kind: 'UpgradePolicy', metadata: { name: 'clocks' }, spec: policy },
    ],
    start,
  );
  const { result, world } = await runSimulation(
    {
      seed: 1,
      fleet: { clusters: 1, target: '1.37' },
      faults: [
        { kind: 'clock', function: 'reconcile-rollouts', seconds: 30 },
        { kind: 'clock', function: 'list-node-groups', seconds: -30 },
      ],
    },
    { state, start, objects },
  );
  expect(result).toMatchObject({ outcome: 'Completed', violations: [] });
  const granted = world.table.auditTimeline().filter(({ event }) => event === 'Granted');
  expect(granted.length).toBeLessThanOrEqual(5);
});
