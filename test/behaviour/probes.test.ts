import { clusterText } from '../../cli/verbs/cluster-text.ts';
import { explanationText } from '../../cli/verbs/explain.ts';
import { comparisonOf } from '../../core/probes/probe-verdict.ts';
import { loadClusterDetail } from '../../core/queries/cluster-detail.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { DAY, hours, recordOf, smallFleet, upgradesOf, versionOf } from './small-fleet.ts';

// docs/probes.md: what a hop is blamed for, and what it is not.

const deployment = (name: string, crashesFromKubelet?: string) => ({
  ...{ kind: 'Deployment' as const, namespace: 'shop', name, replicas: 2, labels: { app: name, team: 'payments' } },
  image: `${name}:1`,
  ...(crashesFromKubelet === undefined ? {} : { crashesFromKubelet }),
});

/** One hop from 1.36 to 1.37. */
async function hop(workloads: ReturnType<typeof deployment>[], deploysAtMinute?: number) {
  const world = await smallFleet({
    clusters: [{ name: 'web', version: '1.36', nodegroups: [{ name: 'workers' }], workloads }],
    prepare: (state) => {
      if (deploysAtMinute === undefined) return;
      state.actors.push({
        ...{ at: DAY.getTime() + deploysAtMinute * 60_000, account: '111111111111', region: 'eu-central-1' },
        ...{ do: 'deploy', cluster: 'web', namespace: 'shop', name: 'web', image: 'web:2', crashes: true },
      });
    },
  });
  await hours(world, 3);
  const [upgrade] = await upgradesOf(world);
  return { world, upgrade, smoke: upgrade?.steps['smoke-check'] };
}

test('pods that crash on the new minor fail the smoke check, by name and owner', async () => {
  const { world, upgrade, smoke } = await hop([deployment('web', '1.37'), deployment('api')]);
  expect(upgrade?.status).toBe('Failed');
  const told = smoke?.reasons.map(({ code, message }) => `${code}: ${message}`) ?? [];
  expect(told).toContainEqual(
    'MoreUnhealthyPods: Worse than before the hop: Deployment shop/web (was well, now 2 of 2 pods CrashLoopBackOff, owner payments).',
  );
  expect(told.some((one) => one.includes('shop/api'))).toBe(false);
  const verdicts = comparisonOf(upgrade)?.verdicts ?? [];
  const results = Object.fromEntries(verdicts.map(({ probe, result }) => [probe, result]));
  expect(results).toMatchObject({ nodes: 'pass', workloads: 'fail', pods: 'fail' });
  const cluster = await recordOf(world, 'web');
  const shown = { paint: (_: unknown, text: string) => text, now: world.clock.now() } as never;
  const lines = clusterText(await loadClusterDetail(world.ports, cluster), shown).map((line) => line.trim());
  expect(lines).toContainEqual(expect.stringMatching(/^workloads +fail +\d+ +1 +0 +0 +1: Deployment shop\/web$/));
  const explained = await explainCluster(world.ports, cluster);
  expect(explanationText(explained, shown).join()).toContain('worse: workloads, pods');
  expect(JSON.stringify(explained.stoppedBy)).toContain('shop/web');
});

test('a deploy in the middle of a hop that fails is told, and not blamed on the hop', async () => {
  const { upgrade, smoke } = await hop([deployment('web')], 20);
  const stepped = ['upgrade-control-plane', 'smoke-check'].map((step) => upgrade?.steps[step]?.startedAt ?? '');
  const deployed = new Date(DAY.getTime() + 20 * 60_000).toISOString();
  expect([...stepped, deployed].sort()).toEqual([stepped[0], deployed, stepped[1]]);
  expect(upgrade?.status).toBe('Succeeded');
  expect(smoke?.reasons.map(({ code }) => code)).toContain('ChangedMeanwhile');
  expect(comparisonOf(upgrade)?.verdicts.every(({ result }) => result === 'pass')).toBe(true);
});

test('what was crashing before the hop, and pods that its nodes take with them, are not blamed on it', async () => {
  const { upgrade, smoke } = await hop([deployment('web', '1.36'), deployment('api')]);
  expect([upgrade?.status, smoke?.reasons.map(({ code }) => code)]).toEqual(['Succeeded', ['Looked']]);
});

/** A test of the shop's team that runs every ten minutes, and says what the image does that it has by then. */
async function testedHop(imageAt: (version: string | undefined) => string | undefined, more: object = {}) {
  const world = await smallFleet({
    clusters: [{ name: 'web', version: '1.36', nodegroups: [{ name: 'workers' }] }],
    policy: {
      smoke: { jobs: [{ name: 'checkout', namespace: 'shop', labels: { test: 'checkout' } }] },
      ...{ rollback: { automatic: true }, ...more },
    },
    prepare: (state) => {
      const [cluster] = Object.values(state.clusters);
      Object.assign(cluster?.kubernetes ?? {}, { jobRuns: { 'fails:1': { exitCode: 1 } } });
    },
  });
  for (let run = 0; run < 30; run += 1) {
    const at = new Date(DAY.getTime() + run * 600_000);
    world.clock.schedule(at, async () => {
      const [cluster] = Object.values(world.eks.state.clusters);
      const image = imageAt(cluster?.version);
      if (cluster === undefined || image === undefined) return;
      cluster.kubernetes.objects ??= [];
      cluster.kubernetes.objects.push({
        ...{ apiVersion: 'batch/v1', kind: 'Job' },
        metadata: {
          ...{ namespace: 'shop', name: `checkout-${run}`, creationTimestamp: at.toISOString() },
          labels: { test: 'checkout', team: 'payments' },
        },
        spec: { template: { spec: { containers: [{ name: 'job', image }] } } },
      });
    });
  }
  await hours(world, 5);
  const upgrades = await upgradesOf(world);
  const [upgrade, back] = ['1.36-1.37', 'rollback-1.37-1.36'].map((wanted) => upgrades.find(({ id }) => id === wanted));
  return { world, upgrade, back };
}

test('a test of the team that fails on the new minor, run after run, takes the cluster back', async () => {
  const { world, upgrade } = await testedHop((version) => (version === '1.37' ? 'fails:1' : 'works:1'));
  expect([upgrade?.status, versionOf(world, 'web')]).toEqual(['RolledBack', '1.36']);
  const told = upgrade?.steps['smoke-check']?.reasons.map(({ code, message }) => `${code}: ${message}`);
  expect(told).toContainEqual(
    expect.stringMatching(
      /^JobFailed: Worse than before the hop: Jobs shop\/checkout \(was well, now checkout-\d+ failed: .*, owner payments\)/,
    ),
  );
});

test('a cluster that has gone back waits for no test, since others wait for their turn, and tells that', async () => {
  const { back } = await testedHop((version) => (version === '1.37' ? 'fails:1' : 'works:1'));
  const { startedAt = '', endedAt = '', reasons = [] } = back?.steps['smoke-check'] ?? {};
  expect([back?.status, Date.parse(endedAt) - Date.parse(startedAt)]).toEqual(['Succeeded', 0]);
  expect(reasons.map(({ message }) => message)).toContainEqual(expect.stringMatching(/Jobs shop\/checkout: none that/));
});

test('a test of the team that goes on to pass is waited for, and one that failed before is not blamed', async () => {
  const well = await testedHop(() => 'works:1');
  expect(well.upgrade?.status).toBe('Succeeded');
  const { startedAt = '', endedAt = '' } = well.upgrade?.steps['smoke-check'] ?? {};
  const minutes = (Date.parse(endedAt) - Date.parse(startedAt)) / 60_000;
  expect(minutes).toBeGreaterThan(0);
  expect(minutes).toBeLessThan(13);
  const failing = await testedHop(() => 'fails:1');
  expect([failing.upgrade?.status, versionOf(failing.world, 'web')]).toEqual(['Succeeded', '1.37']);
});

test('a test that nobody runs any more is waited for half an hour, and told', async () => {
  const { upgrade } = await testedHop((version) => (version === '1.37' ? undefined : 'works:1'));
  expect(upgrade?.status).toBe('Succeeded');
  const { startedAt = '', endedAt = '', reasons = [] } = upgrade?.steps['smoke-check'] ?? {};
  expect((Date.parse(endedAt) - Date.parse(startedAt)) / 60_000).toBeGreaterThanOrEqual(30);
  expect(reasons.map(({ message }) => message).join()).toMatch(
    /Jobs shop\/checkout: none that began after .* has ended/,
  );
});

test('a run from before the hop proves nothing at the end of a bake, and one that fails since stops nothing alone', async () => {
  const bakes = { waves: [{ name: 'all', bake: '1h' }] };
  let runs = 0;
  const once = (version: string | undefined) => (version !== '1.37' ? 'works:1' : ++runs === 1 ? 'fails:1' : undefined);
  for (const [imageAt, said] of [
    [
      (version: string | undefined) => (version === '1.37' ? undefined : 'works:1'),
      /Jobs shop\/checkout: none that began/,
    ],
    [once, /One run failed, .*Jobs shop\/checkout \(was well, now checkout-\d+ failed/],
  ] as const) {
    const { upgrade } = await testedHop(imageAt, bakes);
    const scan = upgrade?.steps['scan-cluster'];
    expect(upgrade?.status).toBe('Succeeded');
    expect(scan?.detail?.verdicts).toContainEqual(
      expect.objectContaining({ probe: 'test-jobs', result: 'inconclusive' }),
    );
    expect(scan?.reasons.map(({ message }) => message)).toContainEqual(expect.stringMatching(said));
  }
});

test('a test of the team that fails while only the control plane has moved stops the hop there', async () => {
  const bakes = { waves: [{ name: 'all', bake: '1h' }] };
  const { world, upgrade } = await testedHop((version) => (version === '1.37' ? 'fails:1' : 'works:1'), bakes);
  expect([upgrade?.status, versionOf(world, 'web')]).toEqual(['RolledBack', '1.36']);
  const { steps = {} } = upgrade ?? {};
  expect(Object.keys(steps).filter((step) => /^roll-node-group|^smoke-check/.test(step))).toEqual([]);
  expect(steps['scan-cluster']?.reasons.map(({ message }) => message).join()).toContain('Jobs shop/checkout');
});
