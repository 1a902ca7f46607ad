import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { addCluster } from '../../simulator/eks/add-cluster.ts';
import { supportCalendarData } from '../../simulator/eks/support-calendar-data.ts';
import type { World } from '../../simulator/process/world.ts';
import { hours, memberOf, mutationsOf, recordOf, smallFleet } from './small-fleet.ts';

const [NEW, NEWER] = ['1.36.2-20261112', '1.36.2-20261119'];

const stage = (name: string, stage: string, amiType = 'AL2023_x86_64_STANDARD') => ({
  ...{ name, version: '1.36', tags: { stage } },
  nodegroups: [{ name: 'workers', nodes: 1, amiType }],
});
const dev = { name: 'dev', selector: { matchLabels: { stage: 'dev' } }, soak: '24h' };

/** A rollout of newer images whose first wave has begun, before EKS offers another minor. */
async function firstWave() {
  const world = await smallFleet({
    clusters: [stage('dev', 'dev'), stage('prod', 'prod')],
    policy: { patch: { nodes: {} }, waves: [dev, { name: 'prod', maxConcurrency: 10 }] },
    prepare: (state) => {
      state.supportCalendar = state.supportCalendar.filter(({ minor }) => minor !== '1.37');
    },
  });
  await hours(world, 3);
  return {
    world,
    offerAnother: () => {
      world.eks.state.supportCalendar = [...supportCalendarData];
    },
  };
}
const changesOf = (world: World, name: string) =>
  mutationsOf(world).flatMap(({ clusterArn, operation, request }) =>
    clusterArn.endsWith(`/${name}`) ? [[operation, 'releaseVersion' in request && request.releaseVersion]] : [],
  );

test('later waves get what the first has proved also where another minor becomes the target meanwhile, and then go there', async () => {
  const { world, offerAnother } = await firstWave();
  offerAnother();
  await hours(world, 30);
  expect(changesOf(world, 'prod').slice(0, 1)).toEqual([['UpdateNodegroupVersion', NEW]]);
  await hours(world, 60);
  expect(changesOf(world, 'prod')[1]).toEqual(['UpdateClusterVersion', false]);
});

test('a cluster that joins a later wave gets the release that the first has proved, however many came since', async () => {
  const { world } = await firstWave();
  world.eks.state.imageDays = { '1.36': '2026-11-19' };
  addCluster(world.eks.state, stage('late', 'prod'));
  addCluster(world.eks.state, stage('other', 'prod', 'AL2023_ARM_64_STANDARD'));
  await hours(world, 6);
  const { rolloutId, releases } = await memberOf(world, 'late');
  expect(releases).toEqual({ workers: NEW });
  const { when } = await explainCluster(world.ports, await recordOf(world, 'other'));
  expect(when.condition).toBe(
    `The rollout ${rolloutId} ends, and then the next rollout of policy-0 takes it in (by hand: liftlock rollout create policy-0); or a newer version becomes the target.`,
  );
  await hours(world, 24);
  expect(changesOf(world, 'late')[0]).toEqual(['UpdateNodegroupVersion', NEW]);
  // Its image nobody has proved: the next rollout takes it.
  await hours(world, 60);
  expect(changesOf(world, 'other')).toEqual([['UpdateNodegroupVersion', NEWER]]);
});
