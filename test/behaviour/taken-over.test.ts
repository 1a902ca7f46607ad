import { upgradePolicySchema } from '../../core/config/schema/upgrade-policy.ts';
import { applyConfig } from '../../core/operations/apply-documents.ts';
import { releaseCluster, retryCluster } from '../../core/operations/hold-switch.ts';
import { resumeRollout } from '../../core/operations/rollout-orders.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { Grants } from '../../core/store/entities.ts';
import { load } from '../../core/store/entity.ts';
import { onStep } from './on-step.ts';
import { hours, PERSON, recordOf, rolloutsOf, run, smallFleet, touched } from './small-fleet.ts';
import { failing, staged } from './staged-fleet.ts';

type World = Awaited<ReturnType<typeof smallFleet>>;

const clusters = [...staged('dev', ['d1']), ...staged('prod', ['p1', 'p2'])];
const stage = (name: string) => ({ selector: { matchLabels: { stage: name } } });
const wave = (name: string, more: object = {}) => ({ name, ...stage(name), ...more });
const old = { selector: {}, target: 'latest', trigger: 'automatic', waves: [wave('dev'), wave('prod')] };
const document = (name: string, spec: object) =>
  upgradePolicySchema.parse({ apiVersion: 'liftlock/v1alpha1', kind: 'UpgradePolicy', metadata: { name }, spec });

/** From now on another policy has production, and asks for two approvals. */
async function takeOver(world: World): Promise<void> {
  const approval = { approvals: 2, fourEyes: true };
  await applyConfig(
    world.ports,
    [
      document('policy-0', { ...old, ...stage('dev') }),
      document('new', { ...old, ...stage('prod'), waves: [wave('prod', { approval })] }),
    ],
    PERSON,
  );
}

test('a cluster that another policy has taken over is not upgraded past its approvals by a retry in the rollout before', async () => {
  const world = await smallFleet({ clusters, policy: old });
  onStep(world, 'scan-cluster', 'running', 'p1', async () => {
    const grant = await load(world.table, Grants, (await recordOf(world, 'p1')).clusterKey);
    await world.runner.stopExecution({ executionArn: grant?.data.holder ?? '' });
  });
  await run(world);
  expect((await rolloutsOf(world)).map(({ status }) => status)).toEqual(['Completed']);
  const { clusterKey } = await recordOf(world, 'p1');
  await takeOver(world);
  await run(world);
  const explained = async () => (await explainCluster(world.ports, await recordOf(world, 'p1'))).when.condition;
  const way = 'runs: liftlock release cluster p1. Who goes on with it then says: liftlock explain cluster p1';
  expect(await explained()).toBe(`Somebody ${way}`);
  await expect(retryCluster(world.ports, clusterKey, PERSON)).rejects.toThrow(
    `p1 is selected by new now. Somebody ${way}`,
  );
  await releaseCluster(world.ports, clusterKey, PERSON);
  await run(world);
  expect(touched(world, 'p1')).toBe(false);
  expect((await rolloutsOf(world)).map(({ policy, status }) => [policy, status]).sort()).toEqual([
    ['new', 'Running'],
    ['policy-0', 'Completed'],
  ]);
});

test('a rollout that was halted while another policy took its later waves over begins nothing there once it is resumed', async () => {
  const world = await smallFleet({
    clusters,
    policy: old,
    prepare: failing('d1'),
  });
  await run(world);
  const [halted] = await rolloutsOf(world);
  expect(halted?.status).toBe('Halted');
  await takeOver(world);
  await hours(world, 2 / 60);
  await resumeRollout(world.ports, halted?.id ?? '', PERSON, 'seen', { acceptFailures: true });
  await run(world);
  expect(['p1', 'p2'].map((name) => touched(world, name))).toEqual([false, false]);
});
