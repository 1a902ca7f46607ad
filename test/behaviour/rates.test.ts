import { clusterText } from '../../cli/verbs/cluster-text.ts';
import { explanationText } from '../../cli/verbs/explain.ts';
import { comparisonOf } from '../../core/probes/probe-verdict.ts';
import { loadClusterDetail } from '../../core/queries/cluster-detail.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import type { FakeEksState } from '../../simulator/eks/state/fake-eks-state.ts';
import type { StoredObject } from '../../simulator/kubernetes/resources/stored-object.ts';
import type { World } from '../../simulator/process/world.ts';
import { onStep } from './on-step.ts';
import { hours, recordOf, run, smallFleet, upgradesOf, versionOf } from './small-fleet.ts';

// docs/probes.md, Rates.

const cluster = { name: 'web', version: '1.36', nodegroups: [{ name: 'workers' }] };
const clusterIn = (state: FakeEksState) => Object.values(state.clusters).find(({ name }) => name === 'web');
const tripled = (state: FakeEksState): void => {
  Object.assign(clusterIn(state) ?? {}, { apiErrors: { from: '1.37', times: 3 } });
};

interface Given {
  readonly prepare?: (state: FakeEksState) => void;
  readonly rates?: object;
  readonly policy?: object;
  readonly before?: (world: World) => void;
}

/** One hop from 1.36 to 1.37, whose API server is compared. */
async function hop({ prepare, rates = { apiServer: true }, policy = {}, before = () => {} }: Given = {}) {
  const world = await smallFleet({
    clusters: [cluster],
    policy: { smoke: { rates }, ...policy },
    ...(prepare !== undefined && { prepare }),
  });
  let reads = 0;
  const { getMetricSums } = world.ports.account;
  Object.assign(world.ports.account, {
    getMetricSums: (...asked: Parameters<typeof getMetricSums>) => {
      reads += 1;
      return getMetricSums(...asked);
    },
  });
  before(world);
  await hours(world, 4);
  const [upgrade] = await upgradesOf(world);
  const smoke = upgrade?.steps['smoke-check'];
  const minutes = (Date.parse(smoke?.endedAt ?? '') - Date.parse(smoke?.startedAt ?? '')) / 60_000;
  const rate = comparisonOf(upgrade)?.verdicts.find(({ probe }) => probe === 'api-errors');
  const told = smoke?.reasons.map(({ code, message }) => `${code}: ${message}`) ?? [];
  return { world, upgrade, smoke, minutes, rate, told, reads: () => reads };
}

test('errors that triple on the new minor are told, and fail no hop alone', async () => {
  const { world, upgrade, minutes, rate, told } = await hop({ prepare: tripled });
  expect([upgrade?.status, rate]).toMatchObject(['Succeeded', { result: 'fail', figures: { minutesBefore: 120 } }]);
  expect(told).toContainEqual(
    expect.stringMatching(
      /^ApiServerWorse: The errors of the API server rose from 0\.\d\d % to \d\.\d\d %, [23]\.\d times/,
    ),
  );
  expect(minutes).toBeGreaterThanOrEqual(35);
  expect(minutes).toBeLessThanOrEqual(45);
  const shown = { paint: (_: unknown, text: string) => text, now: world.clock.now() } as never;
  const record = await recordOf(world, 'web');
  const lines = clusterText(await loadClusterDetail(world.ports, record), shown).map((line) => line.trim());
  expect(lines).toContainEqual(expect.stringMatching(/^api-errors +fail .* [23]\.\d times$/));
  expect(explanationText(await explainCluster(world.ports, record), shown).join()).toContain('worse: api-errors');
});

test('a second source that is worse makes it one, and the cluster goes back', async () => {
  const nightly = (name: string, image: string, creationTimestamp: string): StoredObject => ({
    ...{ apiVersion: 'batch/v1', kind: 'Job' },
    metadata: { namespace: 'shop', name, creationTimestamp, ownerReferences: [{ kind: 'CronJob', name: 'nightly' }] },
    spec: { template: { spec: { containers: [{ name: 'job', image }] } } },
  });
  const world = await smallFleet({
    clusters: [{ ...cluster, objects: [nightly('nightly-1', 'works:1', '2026-11-20T07:00:00Z')] }],
    policy: { smoke: { rates: { apiServer: true } }, rollback: { automatic: true } },
    prepare: (state) => {
      tripled(state);
      Object.assign(clusterIn(state)?.kubernetes ?? {}, { jobRuns: { 'fails:1': { exitCode: 1 } } });
    },
  });
  // Seen first in the last look at everything, so that one more decides.
  onStep(world, 'smoke-check', 'running', 'web', () => {
    const soon = new Date(world.clock.now().getTime() + 6 * 60_000);
    world.clock.schedule(soon, async () => {
      const job = nightly('nightly-2', 'fails:1', soon.toISOString());
      clusterIn(world.eks.state)?.kubernetes.objects?.push(job);
    });
  });
  await run(world);
  expect(versionOf(world, 'web')).toBe('1.36');
  const upgrades = await upgradesOf(world);
  const [up, back] = ['1.36-1.37', 'rollback-1.37-1.36'].map((id) => upgrades.find((one) => one.id === id));
  expect([up?.status, back?.status]).toEqual(['RolledBack', 'Succeeded']);
  const codes = up?.steps['smoke-check']?.reasons.map(({ code }) => code);
  expect([up?.steps['smoke-check']?.status, codes]).toEqual([
    'failed',
    expect.arrayContaining(['ApiServerWorse', 'JobFailed']),
  ]);
  const begun = world.table.auditTimeline().find(({ event }) => event === 'RollbackBegun');
  expect(JSON.stringify(begun?.detail)).toContain('ApiServerWorse');
  // Nobody waits for rates on the way back.
  expect(comparisonOf(back)?.verdicts.filter(({ kind }) => kind === 'rate')).toEqual([]);
});

test('errors that stay pass within half an hour and a look, by a few reads', async () => {
  const { upgrade, minutes, rate, told, reads } = await hop();
  expect([upgrade?.status, rate?.result]).toEqual(['Succeeded', 'pass']);
  expect(told).toEqual([expect.stringMatching(/^Looked: EKS says 1\.37; .*nodes: 2/)]);
  expect(minutes).toBeGreaterThanOrEqual(30);
  expect(minutes).toBeLessThanOrEqual(35);
  expect(reads()).toBeLessThanOrEqual(6);
});

test('a policy that asks for no rates has nothing read and nothing waited for', async () => {
  const { upgrade, minutes, rate, reads } = await hop({ rates: undefined as never, policy: { smoke: {} } });
  expect([upgrade?.status, rate, reads()]).toEqual(['Succeeded', undefined, 0]);
  expect(minutes).toBeLessThan(1);
});

test('a role that may not read CloudWatch is told by the name of the permission, and nothing is waited for', async () => {
  const { upgrade, minutes, rate, told } = await hop({
    prepare: tripled,
    before: (world) => {
      const denied = Object.assign(new Error('not authorized'), { name: 'AccessDenied' });
      Object.assign(world.ports.account, { getMetricSums: () => Promise.reject(denied) });
    },
  });
  expect([upgrade?.status, rate?.result]).toEqual(['Succeeded', 'inconclusive']);
  expect(told).toContainEqual(expect.stringMatching(/^ProbeInconclusive: .*AccessDenied.*cloudwatch:GetMetricData/));
  expect(minutes).toBeLessThan(1);
});

test('CloudWatch that fails is asked again, and no longer than the policy waits', async () => {
  const { upgrade, minutes, told } = await hop({
    rates: { apiServer: true, wait: '30m' },
    before: (world) => {
      const throttled = Object.assign(new Error('slow down'), { name: 'ThrottlingException' });
      Object.assign(world.ports.account, { getMetricSums: () => Promise.reject(throttled) });
    },
  });
  expect(upgrade?.status).toBe('Succeeded');
  expect(told).toContainEqual(expect.stringMatching(/^ProbeInconclusive: .*slow down.*smoke\.rates\.wait/));
  expect(minutes).toBeGreaterThanOrEqual(25);
  expect(minutes).toBeLessThanOrEqual(30);
});

test('a wait that ends before a rise is proved is told, and fails nothing', async () => {
  const { upgrade, minutes, rate, told } = await hop({
    prepare: tripled,
    rates: { apiServer: true, wait: '32m' },
  });
  expect([upgrade?.status, rate?.result]).toEqual(['Succeeded', 'inconclusive']);
  expect(told).toContainEqual(expect.stringMatching(/^ProbeInconclusive: .*one more look decides.*smoke\.rates\.wait/));
  expect(minutes).toBeLessThanOrEqual(32);
});

test('a cluster that EKS gives CloudWatch no counts of goes on at once', async () => {
  const { upgrade, minutes, told } = await hop({
    before: (world) => void Object.assign(world.ports.account, { getMetricSums: async () => ({}) }),
  });
  expect(upgrade?.status).toBe('Succeeded');
  expect(told).toContainEqual(expect.stringMatching(/^ProbeInconclusive: .*0 minutes of data from before the hop/));
  expect(minutes).toBeLessThan(1);
});
