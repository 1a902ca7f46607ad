import { clusterText } from '../../cli/verbs/cluster-text.ts';
import { explanationText } from '../../cli/verbs/explain.ts';
import { comparisonOf } from '../../core/probes/probe-verdict.ts';
import { loadClusterDetail } from '../../core/queries/cluster-detail.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { DAY, hours, recordOf, smallFleet, upgradesOf } from './small-fleet.ts';

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
