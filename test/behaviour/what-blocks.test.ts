import { releaseCluster, retryCluster } from '../../core/operations/hold-switch.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { scanMatrix } from '../../core/queries/scan-matrix.ts';
import { planUpgrade } from '../../core/queries/upgrade-plan.ts';
import { scansOf } from '../../core/scan/fleet/report-store.ts';
import type { FakeEksState } from '../../simulator/eks/state/fake-eks-state.ts';
import { onStep } from './on-step.ts';
import {
  clusterArn,
  discover,
  memberOf,
  mutationsOf,
  PERSON,
  recordOf,
  run,
  smallFleet,
  startByHand,
  upgradesOf,
  versionOf,
  wavesOf,
} from './small-fleet.ts';

const web = { name: 'web', version: '1.36', nodegroups: [{ name: 'workers' }] };
const change = (edit: (cluster: FakeEksState['clusters'][string]) => void) => (state: FakeEksState) => {
  for (const cluster of Object.values(state.clusters)) edit(cluster);
};

describe('the scan blocks before anything is changed', () => {
  test.each<[string, (state: FakeEksState) => void, string]>([
    [
      'insights that EKS cannot evaluate',
      change((cluster) => {
        cluster.insights.unavailable = true;
      }),
      'InsightUnknown',
    ],
    [
      'an API server that cannot be reached',
      change((cluster) => {
        cluster.kubernetes.access.network = 'unreachable';
      }),
      'ClusterUnreachable',
    ],
    [
      'nodes that may not be listed',
      change((cluster) => {
        cluster.kubernetes.access.forbiddenResources = ['nodes'];
      }),
      'ScanIncomplete',
    ],
    [
      'a role without an access entry',
      change((cluster) => {
        cluster.kubernetes.access.authentication = 'access-entries';
      }),
      'ClusterUnauthorized',
    ],
    [
      'an API server that is not ready',
      change((cluster) => {
        cluster.kubernetes.failedReadyChecks = ['etcd'];
      }),
      'ApiServerNotReady',
    ],
    [
      'a health issue of the cluster',
      change((cluster) => {
        cluster.healthIssues = [{ code: 'Ec2SubnetNotFound', message: 'subnet-1 is gone' }];
      }),
      'ClusterHealth',
    ],
    [
      'a cluster that EKS has given up',
      change((cluster) => {
        cluster.status = 'FAILED';
      }),
      'ClusterStatus',
    ],
    [
      'a node group that never came up',
      change((cluster) => {
        for (const group of cluster.nodegroups) group.status = 'CREATE_FAILED';
      }),
      'NodegroupStatus',
    ],
  ])('%s', async (_, prepare, code) => {
    const world = await smallFleet({ clusters: [web], prepare });
    await run(world);
    const member = await memberOf(world, 'web');
    expect(member.status).toBe('Blocked');
    expect(member.reasons.map((reason) => reason.code)).toContain(code);
    expect(mutationsOf(world)).toEqual([]);
    expect((await upgradesOf(world)).flatMap((upgrade) => Object.keys(upgrade.steps))).toEqual(['scan-cluster']);
    expect((await wavesOf(world))[0]?.status).toBe('Undecided');
    // The report is what was decided.
    const [report] = await scansOf(world.table, member.clusterKey);
    expect(report?.verdict).not.toBe('pass');
    const said = (await upgradesOf(world))[0]?.steps['scan-cluster']?.reasons[0];
    const { scanBlocked } = await explainCluster(world.ports, await recordOf(world, 'web'));
    expect(scanBlocked?.reason).toEqual(said);
  });

  test('until somebody has scanned since: then that is the last scan', async () => {
    const groups = (status: 'CREATE_FAILED' | 'ACTIVE') =>
      change(({ nodegroups }) => {
        for (const group of nodegroups) group.status = status;
      });
    const world = await smallFleet({ clusters: [web], prepare: groups('CREATE_FAILED') });
    await run(world);
    const explained = async () => explainCluster(world.ports, await recordOf(world, 'web'));
    expect(await explained()).toMatchObject({
      scan: { verdict: 'fail' },
      scanBlocked: { reason: { code: 'NodegroupStatus' } },
    });
    groups('ACTIVE')(world.eks.state);
    const input = { cluster: clusterArn('web'), targetVersion: '1.37' };
    expect((await startByHand(world, 'scan-cluster', input)).status).toBe('SUCCEEDED');
    expect(await explained()).toMatchObject({ scan: { verdict: 'pass' }, scanBlocked: null });
  });

  test('a node group left on Amazon Linux 2', async () => {
    const world = await smallFleet({
      clusters: [
        { name: 'web', version: '1.34', nodegroups: [{ name: 'old', version: '1.32', amiType: 'AL2_x86_64' }] },
      ],
    });
    await run(world);
    const { reasons } = await memberOf(world, 'web');
    expect(reasons.map(({ message }) => message).join('\n')).toMatch(/EKS publishes no Amazon Linux 2 AMI for 1.33/);
    expect(mutationsOf(world)).toEqual([]);
  });

  test('with verification eks-api the API server is not asked, and every report says so', async () => {
    const prepare = change((cluster) => {
      cluster.kubernetes.access.network = 'unreachable';
    });
    const world = await smallFleet({ clusters: [web], prepare, policy: { verification: 'eks-api' } });
    await run(world);
    expect(versionOf(world, 'web')).toBe('1.37');
    expect((await memberOf(world, 'web')).reasons.map((reason) => reason.code)).toEqual(['NotVerified', 'Looked']);
  });
});

describe('tags make things safer only', () => {
  test.each([
    ['paused', { 'liftlock/paused': 'true' }, 'Excluded'],
    ['a tag that cannot be read', { 'liftlock/paused': 'yes' }, 'BadTag'],
    ['a tag that is misspelt', { 'liftlock/pause': 'true' }, 'BadTag'],
  ])('%s', async (_, tags, code) => {
    const world = await smallFleet({
      clusters: [
        { ...web, tags },
        { name: 'other', version: '1.36', nodegroups: [{ name: 'workers' }] },
      ],
    });
    await run(world);
    const member = await memberOf(world, 'web');
    expect([member.status, member.reasons[0]?.code]).toEqual(['Excluded', code]);
    expect(versionOf(world, 'web')).toBe('1.36');
    expect(versionOf(world, 'other')).toBe('1.37');
  });

  test('a pin is a ceiling', async () => {
    const world = await smallFleet({
      clusters: [
        { name: 'web', version: '1.34', nodegroups: [{ name: 'workers' }], tags: { 'liftlock/pin-version': '1.35' } },
      ],
    });
    await run(world);
    expect(versionOf(world, 'web')).toBe('1.35');
  });
});

describe('the smoke check', () => {
  test('fails a cluster whose pods crash on the new kubelet, and holds it', async () => {
    const workload = {
      kind: 'Deployment' as const,
      namespace: 'shop',
      name: 'api',
      replicas: 2,
      labels: { app: 'api' },
      image: 'api:1',
      crashesFromKubelet: '1.37',
    };
    const world = await smallFleet({
      clusters: [{ ...web, workloads: [workload] }],
      policy: { smoke: { deployments: ['shop/api'] } },
    });
    await run(world);
    const member = await memberOf(world, 'web');
    expect(member.status).toBe('Failed');
    expect(member.reasons.map((reason) => reason.code)).toEqual(
      expect.arrayContaining(['MoreUnhealthyPods', 'WorkloadUnavailable']),
    );
    expect(versionOf(world, 'web')).toBe('1.37');
  });

  test('would fail for a Deployment that the policy names and that does not exist: no control plane moves before that', async () => {
    const world = await smallFleet({ clusters: [web], policy: { smoke: { deployments: ['shop/nothing'] } } });
    await run(world);
    const member = await memberOf(world, 'web');
    expect([member.status, member.reasons.map(({ code }) => code)]).toEqual(['Blocked', ['WorkloadMissing']]);
    expect(mutationsOf(world)).toEqual([]);
  });

  test('fails for one that is gone since the scan', async () => {
    const shop = { kind: 'Deployment' as const, namespace: 'shop', name: 'api', replicas: 1, image: 'api:1' };
    const world = await smallFleet({
      clusters: [{ ...web, workloads: [{ ...shop, labels: { app: 'api' } }] }],
      policy: { smoke: { deployments: ['shop/api'] } },
    });
    onStep(world, 'roll-node-group/workers', 'done', 'web', async () => {
      for (const { kubernetes } of Object.values(world.eks.state.clusters)) kubernetes.workloads = [];
    });
    await run(world);
    const member = await memberOf(world, 'web');
    expect([member.status, member.reasons.map(({ code }) => code)]).toEqual(['Failed', ['WorkloadMissing']]);
  });
});

describe('a node group that fails', () => {
  test('stops its siblings before they start; what was begun stays as it is', async () => {
    const world = await smallFleet({
      clusters: [{ name: 'web', version: '1.36', nodegroups: [{ name: 'a' }, { name: 'b' }, { name: 'c' }] }],
      prepare: (state) =>
        void state.plannedFailures.push({
          clusterName: 'web',
          nodegroupName: 'b',
          type: 'VersionUpdate',
          errorCode: 'NodeCreationFailure',
          errorMessage: 'no capacity',
        }),
    });
    await run(world);
    const rolled = mutationsOf(world).filter((mutation) => mutation.operation === 'UpdateNodegroupVersion');
    expect(rolled.map((mutation) => mutation.request.nodegroupName)).toEqual(['a', 'b']);
    const [upgrade] = await upgradesOf(world);
    expect(upgrade?.status).toBe('Failed');
    expect(upgrade?.steps['roll-node-group/c']?.reasons[0]?.code).toBe('NotStarted');
    expect(upgrade?.reasons[0]?.code).toBe('NodeCreationFailure');
  });

  test('with a custom AMI is left to its owner, and that is said', async () => {
    const world = await smallFleet({
      clusters: [
        {
          name: 'web',
          version: '1.36',
          nodegroups: [{ name: 'own', amiType: 'CUSTOM', launchTemplate: { id: 'lt-1', version: '1' } }],
        },
      ],
    });
    await run(world);
    expect(mutationsOf(world).map((mutation) => mutation.operation)).not.toContain('UpdateNodegroupVersion');
    const [upgrade] = await upgradesOf(world);
    expect(upgrade?.steps['roll-node-group/own']?.reasons[0]?.code).toBe('CustomAmi');
    expect([upgrade?.status, upgrade?.reasons[0]?.code]).toEqual(['Succeeded', 'ManualNodes']);
    expect((await memberOf(world, 'web')).status).toBe('Succeeded');
  });
});

describe('observe mode', () => {
  test('records everything, plans nothing, changes nothing', async () => {
    const world = await smallFleet({ clusters: [web], mode: 'observe' });
    await run(world);
    await discover(world);
    expect((await recordOf(world, 'web')).version).toBe('1.36');
    expect(world.eks.state.mutations).toEqual([]);
  });
});

test("an add-on that EKS no longer offers is its owner's matter, and is said so", async () => {
  const world = await smallFleet({
    clusters: [{ ...web, addons: { 'house-agent': 'v1.2.3' } }],
  });
  await run(world);
  const member = await memberOf(world, 'web');
  expect(member.status).toBe('Blocked');
  expect(member.reasons.find(({ code }) => code === 'AddonIncompatible')?.message).toContain(
    'EKS lists no versions of house-agent',
  );
  expect(mutationsOf(world)).toEqual([]);
});

test('a tag that asks for a Calendar that is not there takes that cluster out, and keeps nobody else waiting', async () => {
  const world = await smallFleet({
    clusters: [
      { ...web, name: 'typo', tags: { stage: 'dev', 'liftlock/calendar': 'nope' } },
      { ...web, name: 'other', tags: { stage: 'prod' } },
    ],
    policy: {
      waves: [
        { name: 'dev', selector: { matchLabels: { stage: 'dev' } } },
        { name: 'prod', selector: { matchLabels: { stage: 'prod' } } },
      ],
    },
  });
  await run(world);
  expect(await memberOf(world, 'typo')).toMatchObject({ status: 'Excluded', reasons: [{ code: 'BadTag' }] });
  expect((await memberOf(world, 'typo')).reasons[0]?.message).toContain('liftlock/calendar asks for "nope"');
  expect((await memberOf(world, 'other')).status).toBe('Succeeded');
  const explained = await explainCluster(world.ports, await recordOf(world, 'typo'));
  expect(explained).toMatchObject({ state: 'Excluded', reasons: [{ code: 'BadTag' }] });
});

test('release says of a blocked cluster that it takes off holds only, and names retry', async () => {
  const prepare = change((cluster) => {
    cluster.insights.unavailable = true;
  });
  const world = await smallFleet({ clusters: [web], prepare });
  await run(world);
  const { rolloutId } = await memberOf(world, 'web');
  const { clusterKey } = await recordOf(world, 'web');
  await expect(releaseCluster(world.ports, clusterKey, PERSON)).rejects.toThrow(
    `web is not held; it is Blocked in the rollout ${rolloutId}. Release takes off holds only. Once the cause is gone, or the cluster is finished by hand, run: liftlock retry cluster web`,
  );
  await retryCluster(world.ports, clusterKey, PERSON);
  expect((await memberOf(world, 'web')).status).toBe('Pending');
});

test('the plan of an upgrade by hand says what the last look found in the way, and refuses nothing by it', async () => {
  const world = await smallFleet({
    clusters: [web],
    policy: { trigger: 'manual' },
    prepare: change((cluster) => {
      cluster.healthIssues = [{ code: 'Ec2SubnetNotFound', message: 'subnet-1 is gone' }];
    }),
  });
  await discover(world);
  await startByHand(world, 'scan-cluster', { cluster: clusterArn('web'), targetVersion: '1.37' });
  const { status, notes } = await planUpgrade(world.ports, await recordOf(world, 'web'), '1.37');
  expect(status).toBe('NotApproved');
  expect(notes.map(({ message }) => message).join()).toMatch(/By the look of 2026-.*subnet-1 is gone/);
});

test('a matrix of the fleet calls none ready whose nodes cannot be replaced where it is', async () => {
  const labels = { app: 'gateway' };
  const gateway = {
    kind: 'Deployment' as const,
    namespace: 'shop',
    name: 'gateway',
    replicas: 2,
    labels,
    image: 'g:1',
  };
  const strict = { namespace: 'shop', name: 'gateway', matchLabels: labels, minAvailable: 2 };
  const stuck = { ...web, version: '1.37', workloads: [gateway], podDisruptionBudgets: [strict] };
  const world = await smallFleet({ clusters: [stuck, { ...stuck, name: 'idle' }], policy: { trigger: 'manual' } });
  await discover(world);
  await startByHand(world, 'scan-cluster', { cluster: clusterArn('web'), targetVersion: '1.37' });
  const { items } = await scanMatrix(world.ports, '1.37');
  expect(items.map(({ name, verdict, readiness }) => [name, verdict, readiness])).toEqual([
    ['idle', 'there', 'ready'],
    ['web', 'there', 'blocked'],
  ]);
});
