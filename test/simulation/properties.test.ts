import fc from 'fast-check';
import { planFaults } from '../../simulator/simulate/faults/plan-faults.ts';
import { FAULT_LEVELS } from '../../simulator/simulate/faults/planned-fault.ts';
import { hasBadMinor } from '../../simulator/simulate/fleet/bad-minor.ts';
import { parseDocuments } from '../../simulator/simulate/fleet/documents.ts';
import { clustersByName, syntheticClusters } from '../../simulator/simulate/fleet/synthetic-clusters.ts';
import { syntheticDocuments } from '../../simulator/simulate/fleet/synthetic-config.ts';
import { prepareSimulation } from '../../simulator/simulate/run/prepare-simulation.ts';
import { runSimulation } from '../../simulator/simulate/run/run-simulation.ts';
import { simulation } from '../../simulator/simulate/run/simulation.ts';

// Whole rollouts, on machines that may be busy.
jest.setTimeout(120_000);

const now = new Date('2026-11-20T08:00:00Z');
const seeds = fc.integer({ min: -1_000_000, max: 1_000_000 });
const level = fc.constantFrom(...FAULT_LEVELS);

test('whatever the fleet, its policies and what goes wrong: no invariant is broken, and the buckets sum to the fleet', async () => {
  await fc.assert(
    fc.asyncProperty(seeds, fc.integer({ min: 1, max: 6 }), level, async (seed, clusters, faultLevel) => {
      const fleet = { clusters, target: '1.37' };
      const prepared = await prepareSimulation({ seed, fleet });
      const faults = planFaults(faultLevel, seed, prepared.state);
      const { result } = await runSimulation({ seed, fleet, faults }, prepared);
      expect(result.violations).toEqual([]);
      const { upgraded, failed, held, excluded } = result.clusters;
      expect(upgraded + failed + held + excluded).toBe(clusters);
    }),
    // The same worlds each time: what turns red is what has changed. Others: `liftlock simulate --seed N --runs M`.
    { numRuns: 36, seed: 36 },
  );
});

test('in worlds whose target is a bad minor several clusters of a rollout go back by themselves, so that their turns and their budget matter', async () => {
  const seed = 500_367;
  const fleet = { clusters: 6, target: '1.37' };
  const prepared = await prepareSimulation({ seed, fleet });
  const faults = planFaults('heavy', seed, prepared.state);
  const { result, world } = await runSimulation({ seed, fleet, faults }, prepared);
  expect([hasBadMinor(seed), result.violations]).toEqual([true, []]);
  const events = world.table.auditTimeline().map(({ event }) => event);
  expect(events.filter((event) => event === 'RollbackBegun').length).toBeGreaterThanOrEqual(2);
});

test('a synthetic fleet has config that validates, clusters one or two minors behind, and every label that its waves ask for', () => {
  fc.assert(
    fc.property(seeds, fc.integer({ min: 1, max: 120 }), (seed, clusters) => {
      const spec = { clusters, target: '1.37', seed, now };
      const objects = parseDocuments(syntheticDocuments(spec), now);
      const [fleet] = objects.filter((object) => object.kind === 'Fleet');
      const policies = objects.filter((object) => object.kind === 'UpgradePolicy');
      const records = clustersByName(syntheticClusters(spec));
      expect(records).toHaveLength(clusters);
      // At the target stand only those whose nodes were left behind, or have old images.
      const isBehind = ({ version, nodegroups }: (typeof records)[number]) =>
        version !== '1.37' || nodegroups.some(({ releaseVersion }) => releaseVersion.endsWith('-20261001'));
      expect(records.filter((one) => !['1.35', '1.36', '1.37'].includes(one.version) || !isBehind(one))).toEqual([]);
      for (const { account, region, tags } of records) {
        expect(fleet?.spec.accounts).toContain(account);
        expect(fleet?.spec.regions).toContain(region);
        expect(policies.map((policy) => policy.metadata.name)).toContain(tags.network);
        expect(['dev', 'staging', 'prod']).toContain(tags.stage);
      }
    }),
    { numRuns: 30 },
  );
});

test('faults are plain data: what is planned can be put into a file and read back', () => {
  fc.assert(
    fc.property(seeds, fc.integer({ min: 1, max: 80 }), level, (seed, clusters, faultLevel) => {
      const spec = { clusters, target: '1.37', seed, now };
      const planned = {
        seed,
        fleet: { clusters, target: '1.37' },
        faults: planFaults(faultLevel, seed, syntheticClusters(spec)),
      };
      expect(simulation.parse(JSON.parse(JSON.stringify(planned)))).toEqual(planned);
    }),
    { numRuns: 40 },
  );
});

test('heavy is more than light, and every kind of fault comes up', () => {
  const kinds = new Set<string>();
  for (let seed = 1; seed <= 60; seed += 1) {
    const state = syntheticClusters({ clusters: 20, target: '1.37', seed, now });
    const heavy = planFaults('heavy', seed, state);
    for (const { kind } of heavy) kinds.add(kind);
    expect(heavy.length).toBeGreaterThan(planFaults('light', seed, state).length);
  }
  expect([...kinds].sort()).toEqual([
    'approvals',
    'blocked',
    'calendar',
    'call',
    'clock',
    'config',
    'created',
    'deleted',
    'denied',
    'deployment',
    'effect',
    'events',
    'excluded',
    'foreign-update',
    'gate',
    'history-limit',
    'hub-denied',
    'list-lag',
    'newer-config',
    'node-group-deleted',
    'on-call',
    'person',
    'policy',
    'policy-meanwhile',
    'redriven',
    'regression',
    'restored',
    'slow-insights',
    'stale-index',
    'tag',
    'transactions',
    'update-fails',
    'update-hangs',
  ]);
});
