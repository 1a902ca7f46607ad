import { pauseRollout, resumeRollout } from '../../core/operations/rollout-orders.ts';
import { Configs } from '../../core/store/entities.ts';
import { load, replace } from '../../core/store/entity.ts';
import { clusterOf } from './changed-policy.ts';
import { onStep } from './on-step.ts';
import {
  beforeCommit,
  hours,
  memberOf,
  mutationsOf,
  onRecord,
  PERSON,
  rolloutIdOf,
  smallFleet,
  upgradesOf,
} from './small-fleet.ts';

// docs/semantics.md, The scan and the smoke check: the smoke check compares with the scan right before the first change, workload by workload.

const crashing = (name: string, crashesFromKubelet: string) => ({
  kind: 'Deployment' as const,
  namespace: name,
  name,
  replicas: 2,
  labels: { app: name },
  image: `${name}:1`,
  crashesFromKubelet,
});

test('what the policy checks in a cluster is not passed while nobody can read the policy', async () => {
  const world = await smallFleet({
    clusters: [
      { name: 'web', version: '1.36', nodegroups: [{ name: 'workers' }], workloads: [crashing('shop', '1.39')] },
    ],
    policy: { smoke: { deployments: ['shop/shop'] } },
  });
  // What is missing is looked at twice, and the policy changes between.
  onStep(world, 'roll-node-group/workers', 'done', 'web', () => {
    for (const { kubernetes } of Object.values(world.eks.state.clusters)) kubernetes.workloads = [];
  });
  onStep(world, 'update-addons-after', 'done', 'web', async () => {
    const read = await load(world.table, Configs, 'UpgradePolicy', 'policy-0');
    if (read === undefined) throw new Error('no policy');
    const document = { ...read.data.document, spec: { ...(read.data.document.spec as object), somethingNew: true } };
    await onRecord(world, 'ConfigApplied', replace(Configs, read, { ...read.data, document }));
  });
  await hours(world, 3);
  const [upgrade] = await upgradesOf(world);
  expect(upgrade).toMatchObject({ status: 'Parked', reasons: [{ code: 'PolicyNotConfigured' }] });
});

test('the pods of weeks ago are no baseline', async () => {
  const world = await smallFleet({
    clusters: [
      {
        name: 'web',
        version: '1.36',
        nodegroups: [{ name: 'workers' }],
        workloads: [crashing('toys', '1.36'), crashing('payments', '1.37')],
      },
    ],
    faults: [
      beforeCommit(async (world) => void (await pauseRollout(world.ports, await rolloutIdOf(world), PERSON, 'later'))),
    ],
  });
  await hours(world, 3);
  expect([mutationsOf(world), (await memberOf(world, 'web')).status]).toEqual([[], 'Parked']);
  const kubernetes = clusterOf(world, 'web')?.kubernetes;
  if (kubernetes === undefined) throw new Error('no cluster');
  kubernetes.workloads = kubernetes.workloads.filter(({ name }) => name !== 'toys');
  kubernetes.pods = kubernetes.pods.filter(({ namespace }) => namespace !== 'toys');
  await hours(world, 72);
  await resumeRollout(world.ports, await rolloutIdOf(world), PERSON);
  await hours(world, 3);
  const [upgrade] = await upgradesOf(world);
  expect(upgrade?.status).toBe('Failed');
});

test('pods that were well before are held against the upgrade, however many others have gone', async () => {
  const world = await smallFleet({
    clusters: [
      {
        name: 'web',
        version: '1.36',
        nodegroups: [{ name: 'workers' }],
        workloads: [crashing('toys', '1.36'), crashing('payments', '1.37')],
      },
    ],
  });
  onStep(world, 'upgrade-control-plane', 'done', 'web', () => {
    const kubernetes = clusterOf(world, 'web')?.kubernetes;
    if (kubernetes === undefined) return;
    kubernetes.workloads = kubernetes.workloads.filter(({ name }) => name !== 'toys');
    kubernetes.pods = kubernetes.pods.filter(({ namespace }) => namespace !== 'toys');
  });
  await hours(world, 3);
  const [upgrade] = await upgradesOf(world);
  expect(upgrade?.steps['scan-cluster']?.detail).toMatchObject({
    baseline: { probes: { pods: { unwell: { 'Deployment toys/toys': 'down' } } } },
  });
  expect(upgrade?.status).toBe('Failed');
});
