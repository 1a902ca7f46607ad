import { releaseCluster } from '../../core/operations/hold-switch.ts';
import { requestRollback } from '../../core/operations/request-rollback.ts';
import { Faults } from '../../simulator/faults/faulty-ports.ts';
import type { World } from '../../simulator/process/world.ts';
import { onStep } from './on-step.ts';
import {
  hours,
  memberOf,
  mutationsOf,
  PERSON,
  recordOf,
  run,
  smallFleet,
  upgradesOf,
  versionOf,
  wavesOf,
} from './small-fleet.ts';

// docs/rollbacks.md: once EKS has taken a control plane back nothing takes it up again by itself, also where the rollback is given up before its checks have ended.

const shop = { kind: 'Deployment' as const, namespace: 'shop', name: 'web', replicas: 2, labels: { app: 'web' } };
const web = {
  ...{ name: 'web', version: '1.36', nodegroups: [{ name: 'workers', nodes: 2 }] },
  workloads: [{ ...shop, image: 'web:1' }],
};
const ACCOUNT = '111111111111';
const deny = ({ eks }: World) => void eks.state.deniedAccounts.push(ACCOUNT);
const endsOf = async (world: World) => (await upgradesOf(world)).map(({ id, status }) => `${id} ${status}`);

/** Its rollback waits for an account that is denied, and is given up. */
async function givenUp(policy: Record<string, unknown>, denied: (world: World, armed: Faults) => void): Promise<World> {
  const armed = new Faults([]);
  const world = await smallFleet({ clusters: [web], policy, armed });
  await hours(world, 3);
  denied(world, armed);
  await requestRollback(world.ports, await recordOf(world, 'web'), PERSON, { approve: true });
  await hours(world, 1.5);
  const back = (await upgradesOf(world)).find(({ machine }) => machine === 'rollback-cluster');
  expect([back?.status, back?.reasons[0]?.code, versionOf(world, 'web')]).toEqual(['Parked', 'Denied', '1.36']);
  // Its checks are no matter of the hop any more (docs/rollbacks.md, What it does): that is over from when the control plane is back.
  const [hop] = await upgradesOf(world);
  expect(hop?.status === 'RolledBack').toBe(back?.steps['rollback-control-plane']?.status === 'done');
  await releaseCluster(world.ports, (await recordOf(world, 'web')).clusterKey, PERSON);
  world.eks.state.deniedAccounts.length = 0;
  await run(world);
  return world;
}

const POLICIES: [string, Record<string, unknown>][] = [
  ['is watched', { waves: [{ name: 'all', watch: '20h' }] }],
  ['has succeeded', {}],
];
const MOMENTS: [string, (world: World, armed: Faults) => void][] = [
  [
    'while EKS takes the control plane back',
    (_, armed) =>
      armed.arm({
        ...{ when: 'after', operation: 'outcome', function: 'upgrade-control-plane' },
        effect: { kind: 'act', act: async (world) => deny(world) },
      }),
  ],
  [
    'while its checks wait',
    (world) => {
      onStep(world, 'rollback-control-plane', 'running', 'web', () => {
        for (const { kubernetes } of Object.values(world.eks.state.clusters))
          for (const pod of kubernetes.pods)
            if (pod.owner === 'Deployment/shop/web') pod.waitingReason = 'CrashLoopBackOff';
      });
      onStep(world, 'smoke-check', 'running', 'web', () => deny(world));
    },
  ],
];

test.each(
  MOMENTS.flatMap(([moment, denied]) => POLICIES.map(([hop, policy]) => [moment, hop, policy, denied] as const)),
)(
  'a rollback that is given up %s: its hop, which %s, counts as failed, and nothing takes the cluster up again',
  async (_, __, policy, denied) => {
    const world = await givenUp(policy, denied);
    expect([await endsOf(world), versionOf(world, 'web')]).toEqual([
      ['1.36-1.37 RolledBack', 'rollback-1.37-1.36 Failed'],
      '1.36',
    ]);
    expect(mutationsOf(world).filter(({ operation }) => operation === 'UpdateClusterVersion')).toHaveLength(2);
    expect((await memberOf(world, 'web')).status).toBe('Failed');
    expect((await wavesOf(world)).map(({ status, failed, inFlight }) => [status, failed, inFlight])).toEqual([
      ['Halted', 1, 0],
    ]);
  },
);
