import { openUndoEntries } from '../../core/protocol/undo.ts';
import type { FakeEksState } from '../../simulator/eks/state/fake-eks-state.ts';
import { Faults } from '../../simulator/faults/faulty-ports.ts';
import type { World } from '../../simulator/process/world.ts';
import { AT_MUTATIONS } from '../e2e/crash-scenarios.ts';
import { loosen, strict } from './drained-shop.ts';
import {
  hours,
  memberOf,
  mutationsOf,
  onlyCluster,
  recordOf,
  run,
  type SmallFleet,
  smallFleet,
} from './small-fleet.ts';

const api = {
  ...{ kind: 'Deployment' as const, namespace: 'shop', name: 'api', replicas: 6, labels: { app: 'api' } },
  image: 'registry.example/api:1',
};
const groupOf = (state: FakeEksState) => {
  const [cluster] = Object.values(state.clusters);
  const [group] = cluster?.nodegroups ?? [];
  if (cluster === undefined || group === undefined) throw new Error('the cluster has no group');
  return { cluster, group };
};
const taint = { key: 'team', value: 'ml', effect: 'NO_SCHEDULE' as const };

interface Kind extends Pick<SmallFleet, 'prepare' | 'policy'> {
  readonly zones?: number;
  /** Whether there are nodes of another group beside its own. */
  readonly beside?: true;
  readonly people?: (world: World) => Promise<void>;
  /** The rolls that EKS is asked for. */
  readonly rolls: number;
}

const KINDS: Readonly<Record<string, Kind>> = {
  'of two zones': { zones: 2, rolls: 1 },
  tainted: {
    ...{ rolls: 1, beside: true },
    prepare: (state) => {
      const { cluster, group } = groupOf(state);
      group.description.taints = [taint];
      for (const node of cluster.kubernetes.nodes)
        if (node.nodegroupName === group.name) node.taints = [{ ...taint, effect: 'NoSchedule' }];
    },
  },
  'half-rolled and DEGRADED': {
    rolls: 1,
    prepare: (state) => {
      const { cluster, group } = groupOf(state);
      const [node] = cluster.kubernetes.nodes;
      if (node !== undefined) node.labels['eks.amazonaws.com/nodegroup-image'] = 'ami-new';
      group.status = 'DEGRADED';
      group.healthIssues = [{ code: 'AsgInstanceLaunchFailures', message: 'no capacity', resourceIds: [] }];
    },
  },
  'whose budget is tightened before its roll, and loosened in the middle by kubectl': {
    rolls: 2,
    policy: { nodes: { podEvictionFailure: { retries: 5, pause: '30m' } } },
    people: async (world) => {
      const isStuck = () => groupOf(world.eks.state).cluster.updates.some(({ errors }) => errors.length > 0);
      const isMoved = () => groupOf(world.eks.state).cluster.version === '1.37';
      while (!isMoved()) await hours(world, 0.25);
      await loosen(world, 6);
      while (!isStuck()) await hours(world, 0.25);
      await loosen(world, 0);
    },
  },
};

async function rolled({ zones = 1, beside, policy = {}, prepare, people, rolls }: Kind, faults: Faults) {
  const world = await smallFleet({
    clusters: [
      {
        ...{ name: 'web', version: '1.36', workloads: [api], podDisruptionBudgets: [{ ...strict, minAvailable: 0 }] },
        nodegroups: [{ name: 'workers', nodes: 3, zones }, ...(beside ? [{ name: 'others' }] : [])],
      },
    ],
    policy,
    ...(prepare === undefined ? {} : { prepare }),
    armed: faults,
  });
  await people?.(world);
  await run(world);
  const { group } = groupOf(world.eks.state);
  const asked = mutationsOf(world).filter(
    ({ operation, request }) => operation === 'UpdateNodegroupVersion' && request.nodegroupName === 'workers',
  ).length;
  expect([asked, rolls]).toEqual([rolls, rolls]);
  return {
    member: (await memberOf(world, 'web')).status,
    left: await openUndoEntries(world.table, (await recordOf(world, 'web')).clusterKey),
    group: { ...group, modifiedAt: 0 },
    nodes: onlyCluster(world).kubernetes.nodes.map(({ kubeletVersion, unschedulable }) => [
      kubeletVersion,
      unschedulable,
    ]),
    running: onlyCluster(world).kubernetes.pods.filter(({ nodeName }) => nodeName !== undefined).length,
  };
}

describe.each(Object.entries(KINDS))('a group %s', (_name, kind) => {
  const whole = rolled(kind, new Faults([]));

  test('ends whole', async () => {
    expect(await whole).toMatchObject({
      member: 'Succeeded',
      left: [],
      group: { status: 'ACTIVE', version: '1.37', healthIssues: [] },
    });
  });

  test.each(AT_MUTATIONS)('ends the same where its roll has this: $name', async ({ faults }) => {
    const armed = faults.map((fault) => ({ ...fault, function: 'roll-node-group' as const }));
    expect(await rolled(kind, new Faults(armed))).toEqual(await whole);
  });
});
