import fc from 'fast-check';
import type { ApiFault } from '../../simulator/kubernetes/faults/api-fault.ts';
import { scanInMemory } from './in-memory-scan.ts';
import { gapsOf, type LiveCluster, startLiveCluster } from './live-cluster.ts';
import { writtenAtOldVersions } from './planted-objects.ts';

let live: LiveCluster;
beforeEach(async () => {
  live = await startLiveCluster();
});
afterEach(() => live.close());

const on = fc.constantFrom(
  ...['*', '/version', '/api', '/apis', '/apis/*', '/metrics', 'secrets', 'configmaps', 'pods', 'nodes'],
  ...['poddisruptionbudgets.policy', 'flowschemas.flowcontrol.apiserver.k8s.io', 'ingresses.networking.k8s.io'],
  ...['customresourcedefinitions.apiextensions.k8s.io', 'endpointslices.discovery.k8s.io', '/apis/policy/v1'],
);
const aim = fc.record({ on, skip: fc.nat(4) }, { requiredKeys: ['on'] }).chain((given) =>
  fc.option(fc.integer({ min: 1, max: 12 }), { nil: undefined }).map((times) => {
    return times === undefined ? given : { ...given, times };
  }),
);
const fault: fc.Arbitrary<ApiFault> = fc.oneof(
  fc
    .tuple(aim, fc.nat(90))
    .map(([at, retryAfterSeconds]) => ({ kind: 'too-many-requests' as const, ...at, retryAfterSeconds })),
  aim.map((at) => ({ kind: 'forbidden' as const, ...at })),
  fc
    .tuple(aim, fc.constantFrom(400, 404, 410, 500, 503, 504))
    .map(([at, status]) => ({ kind: 'server-error' as const, ...at, status })),
  fc
    .tuple(aim, fc.constantFrom('truncated' as const, 'foreign' as const))
    .map(([at, damage]) => ({ kind: 'damaged-body' as const, ...at, damage })),
  fc
    .tuple(aim, fc.constantFrom('before-answer' as const, 'during-body' as const))
    .map(([at, when]) => ({ kind: 'connection-reset' as const, ...at, when })),
  fc.integer({ min: 1, max: 80 }).map((requests) => ({ kind: 'expiring-token' as const, requests })),
);
const situation = fc.record({ faults: fc.array(fault, { minLength: 1, maxLength: 4 }), aggregated: fc.boolean() });

async function scanUnder(faults: readonly ApiFault[], aggregated: boolean) {
  const { kubernetes } = live.under.cluster;
  kubernetes.aggregatedDiscovery = aggregated;
  kubernetes.faults = structuredClone([...faults]);
  return (await scanInMemory(live.under)).report;
}

test('whatever goes wrong, a cluster passes only when everything was read', async () => {
  const clean = await scanUnder([], true);
  expect(clean.verdict).toBe('pass');
  await fc.assert(
    fc.asyncProperty(situation, async ({ faults, aggregated }) => {
      const report = await scanUnder(faults, aggregated);
      const passed = gapsOf(report).length === 0 && report.summary.read >= clean.summary.read;
      expect(report.verdict).toBe(passed ? 'pass' : 'incomplete');
    }),
    { numRuns: 150, seed: 20_261_120 },
  );
});

test('whatever goes wrong, a cluster with one removed object never passes', async () => {
  live.put(...writtenAtOldVersions.filter(({ kind }) => kind === 'PodDisruptionBudget'));
  await fc.assert(
    fc.asyncProperty(situation, async ({ faults, aggregated }) => {
      const report = await scanUnder(faults, aggregated);
      expect(report.verdict).not.toBe('pass');
      expect(report.verdict === 'fail' || gapsOf(report).length > 0).toBe(true);
    }),
    { numRuns: 150, seed: 20_261_120 },
  );
});
