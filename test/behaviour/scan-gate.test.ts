import { parseAllDocuments } from 'yaml';
import { retryCluster } from '../../core/operations/hold-switch.ts';
import { requestScan } from '../../core/operations/requests.ts';
import { SCANNERS_RBAC, VIEWERS, VIEWERS_RBAC } from '../../core/queries/access-manifest.ts';
import { explainCluster } from '../../core/queries/explain-cluster.ts';
import { scansOf } from '../../core/scan/fleet/report-store.ts';
import { loadRun } from '../../core/scan/fleet/run-store.ts';
import type { FakeEksState } from '../../simulator/eks/state/fake-eks-state.ts';
import type { Fault } from '../../simulator/faults/fault.ts';
import type { StoredObject } from '../../simulator/kubernetes/resources/stored-object.ts';
import type { World } from '../../simulator/process/world.ts';
import { attributesClass, OLD } from '../material/kubernetes/attributes-class.ts';
import { minutesLater } from './hooked-fleet.ts';
import {
  clusterArn,
  discover,
  memberOf,
  mutationsOf,
  recordOf,
  run,
  smallFleet,
  startByHand,
  upgradesOf,
  versionOf,
} from './small-fleet.ts';

const web = { name: 'web', version: '1.36', nodegroups: [{ name: 'workers' }] };
const withOld = { ...web, objects: [attributesClass(OLD)] };
const change = (world: World, edit: (cluster: FakeEksState['clusters'][string]) => void) =>
  Object.values(world.eks.state.clusters).forEach(edit);
const notesOf = async (world: World) =>
  (await upgradesOf(world)).flatMap(({ steps }) => steps['scan-cluster']?.reasons ?? []).map(({ code }) => code);
const lastScan = async (world: World) => (await scansOf(world.table, (await recordOf(world, 'web')).clusterKey))[0];
async function retried(world: World) {
  await retryCluster(world.ports, (await memberOf(world, 'web')).clusterKey, 'ana');
  await run(world);
  const scan = await lastScan(world);
  return [(await memberOf(world, 'web')).status, scan?.verdict, scan?.waived];
}

test('an object whose writer uses an API that the hop removes stops it; rewritten, it goes on', async () => {
  const world = await smallFleet({ clusters: [withOld] });
  await run(world);
  const member = await memberOf(world, 'web');
  expect([member.status, member.reasons[0]?.code]).toEqual(['Blocked', 'ScanFinding']);
  expect(member.reasons[0]?.message).toMatch(/terraform.*VolumeAttributesClass is not served from Kubernetes 1\.37/);
  expect(member.reasons[0]?.message).toContain('Set apiVersion: storage.k8s.io/v1');
  expect(mutationsOf(world)).toEqual([]);
  expect(await lastScan(world)).toMatchObject({ from: '1.36', target: '1.37', verdict: 'fail', errors: 1 });

  change(world, ({ kubernetes }) => {
    kubernetes.objects = [attributesClass('storage.k8s.io/v1', '2026-11-20T09:00:00Z')];
  });
  await retryCluster(world.ports, member.clusterKey, 'ana');
  await run(world);
  expect(versionOf(world, 'web')).toBe('1.37');
  expect(await lastScan(world)).toMatchObject({ verdict: 'pass', errors: 0, gaps: 0 });
});

test('what the last look foresees once more is not explained twice after a retry', async () => {
  const world = await smallFleet({ clusters: [withOld] });
  await run(world);
  const explained = async () => explainCluster(world.ports, await recordOf(world, 'web'));
  const before = await explained();
  expect([before.stoppedBy.length, before.foreseen.length]).toEqual([1, 0]);
  await retryCluster(world.ports, (await memberOf(world, 'web')).clusterKey, 'ana');
  const after = await explained();
  expect([after.stoppedBy.length, after.foreseen.length]).toEqual([0, 1]);
});

test('a policy may let removed APIs pass', async () => {
  const world = await smallFleet({ clusters: [withOld], policy: { scan: { failOn: 'none' } } });
  await run(world);
  expect(versionOf(world, 'web')).toBe('1.37');
  expect(await notesOf(world)).toContain('ScanWarning');
});

test('what an older minor removed does not stop a later hop', async () => {
  const written = 'flowcontrol.apiserver.k8s.io/v1beta3';
  const managedFields = [
    { manager: 'terraform', operation: 'Update', apiVersion: written, time: '2025-01-01T00:00:00Z' },
  ];
  const flowSchema = { apiVersion: written, kind: 'FlowSchema', metadata: { name: 'slow', managedFields }, spec: {} };
  const world = await smallFleet({ clusters: [{ ...web, objects: [flowSchema] }] });
  await run(world);
  expect(versionOf(world, 'web')).toBe('1.37');
  expect(await lastScan(world)).toMatchObject({ verdict: 'pass', errors: 0, warnings: 1 });
  expect(await notesOf(world)).toContain('ScanWarning');
});

describe('what may not be read', () => {
  const denied = (policy: Record<string, unknown>) =>
    smallFleet({
      clusters: [web],
      policy,
      prepare: (state) => {
        for (const { kubernetes } of Object.values(state.clusters)) kubernetes.access.forbiddenResources = ['secrets'];
      },
    });

  test('stops the hop, and says how to grant it or to leave it out', async () => {
    const world = await denied({});
    await run(world);
    const { status, reasons } = await memberOf(world, 'web');
    expect(status).toBe('Blocked');
    expect(reasons.map(({ code }) => code)).toContain('ScanIncomplete');
    expect(reasons.find(({ code }) => code === 'ScanIncomplete')?.message).toMatch(/secrets.*403.*scan\.skip: \[/);
    expect(await lastScan(world)).toMatchObject({ verdict: 'incomplete' });
  });

  test('is left out where the policy says so', async () => {
    const world = await denied({ scan: { skip: ['helm'] } });
    await run(world);
    expect(versionOf(world, 'web')).toBe('1.37');
  });
});

describe('with the roles of `access manifest`', () => {
  const role = 'arn:aws:iam::111111111111:role/LiftlockSpoke';
  const entry = { principalArn: role, type: 'STANDARD', createdAt: 0, kubernetesGroups: [VIEWERS], policies: [] };
  const scannedWith = async (rbac: string) => {
    const world = await smallFleet({
      clusters: [{ ...web, objects: parseAllDocuments(rbac).map((document) => document.toJS() as StoredObject) }],
      prepare: (state) => {
        for (const cluster of Object.values(state.clusters)) {
          cluster.kubernetes.access.authentication = 'access-entries';
          cluster.accessEntries = [entry];
        }
      },
    });
    await run(world);
    return world;
  };

  test('a scan reads everything', async () => {
    const world = await scannedWith(`${VIEWERS_RBAC}---\n${SCANNERS_RBAC}`);
    expect(await lastScan(world)).toMatchObject({ verdict: 'pass', gaps: 0 });
    expect(versionOf(world, 'web')).toBe('1.37');
  });

  test('without the one for scans it is incomplete', async () => {
    const world = await scannedWith(VIEWERS_RBAC);
    expect((await memberOf(world, 'web')).reasons.map(({ code }) => code)).toContain('ScanIncomplete');
    expect(versionOf(world, 'web')).toBe('1.36');
  });
});

test('a scan by hand looks further ahead than one hop, changes nothing and keeps its report', async () => {
  const world = await smallFleet({ clusters: [{ ...withOld, version: '1.35' }], policy: { trigger: 'manual' } });
  await discover(world);
  const ended = await startByHand(world, 'scan-cluster', { cluster: clusterArn('web'), targetVersion: '1.37' });
  expect([ended.status, ended.error]).toEqual(['FAILED', 'Blocked']);
  expect(ended.cause).toContain('ScanFinding');
  expect(ended.cause).not.toContain('NotOneHop');
  expect(await lastScan(world)).toMatchObject({ from: '1.35', target: '1.37', verdict: 'fail' });
  expect(world.eks.state.mutations).toEqual([]);
});

describe('a scan that takes longer than one invocation', () => {
  // The gauge counts what the scan itself has asked for, which depends on who answers when.
  const scanned = { trigger: 'manual', scan: { skip: ['telemetry'] } };
  /** Four seconds for each request: about fifteen in one invocation. */
  const slow = (faults: readonly Fault[] = []) =>
    smallFleet({ clusters: [withOld], faults, requestMilliseconds: 4_000, policy: scanned });
  const scanByHand = async (world: World) => {
    await discover(world);
    await startByHand(world, 'scan-cluster', { cluster: clusterArn('web'), targetVersion: '1.37' });
    const summary = await lastScan(world);
    const { execution: _, scannedAt: __, causes = [], ...comparable } = summary ?? {};
    return { ...comparable, causes: causes.map(({ since: ___, ...cause }) => cause) };
  };
  const invocationsOf = async (world: World) =>
    (await loadRun(world.table, (await lastScan(world))?.execution ?? ''))?.data;

  test('goes on where it was put away', async () => {
    const atOnce = await scanByHand(await smallFleet({ clusters: [withOld], policy: scanned }));
    const world = await slow();
    expect(await scanByHand(world)).toEqual(atOnce);
    const run = await invocationsOf(world);
    expect(run?.resumed).toBeGreaterThan(3);
    expect(run).toMatchObject({ status: 'ended', left: 0 });
  });

  test('loses what it read since when it crashes, and nothing else', async () => {
    const calm = await slow();
    const without = await scanByHand(calm);
    const requests = (await invocationsOf(calm))?.resumed ?? 0;
    const crash = { operation: 'scan', effect: { kind: 'crash' } } as const;
    const world = await slow([
      { when: 'before', skip: 1, ...crash },
      { when: 'after', skip: 3, ...crash },
    ]);
    expect(await scanByHand(world)).toEqual(without);
    expect(world.faults).toHaveLength(2);
    expect((await invocationsOf(world))?.resumed).toBeLessThanOrEqual(requests + 2);
  });

  test('leaves an API server alone for as long as it asks, across invocations', async () => {
    const world = await smallFleet({
      clusters: [withOld],
      policy: { trigger: 'manual' },
      prepare: (state) => {
        for (const { kubernetes } of Object.values(state.clusters))
          kubernetes.faults = [{ kind: 'too-many-requests', on: 'configmaps', retryAfterSeconds: 90, times: 3 }];
      },
    });
    expect(await scanByHand(world)).toMatchObject({ verdict: 'fail', gaps: 0 });
    const run = await invocationsOf(world);
    expect(run?.resumed).toBeGreaterThan(0);
  });
});

const definitionOf = (group: string, kind: string, scope: 'Namespaced' | 'Cluster', version: string): StoredObject => {
  const singular = kind.toLowerCase();
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: `${singular}s.${group}` },
    spec: {
      ...{ group, scope, names: { kind, plural: `${singular}s`, singular, listKind: `${kind}List` } },
      versions: [{ name: version, served: true, storage: true }],
    },
  };
};

test('pods in subnets of their own are counted there, and where ENIConfigs may not be read the scan is incomplete', async () => {
  const env = [
    { name: 'AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG', value: 'true' },
    { name: 'ENI_CONFIG_LABEL_DEF', value: 'topology.kubernetes.io/zone' },
  ];
  const eniConfig: StoredObject = {
    apiVersion: 'crd.k8s.amazonaws.com/v1alpha1',
    kind: 'ENIConfig',
    metadata: { name: 'eu-central-1a' },
    spec: { subnet: 'subnet-pods' },
  };
  const labels = { 'k8s-app': 'aws-node' };
  const metadata = { namespace: 'kube-system', name: 'aws-node' };
  const template = { metadata: { labels }, spec: { containers: [{ name: 'aws-node', image: 'cni', env }] } };
  const daemonSet: StoredObject = {
    ...{ apiVersion: 'apps/v1', kind: 'DaemonSet', metadata },
    spec: { selector: { matchLabels: labels }, template },
  };
  const objects = [definitionOf('crd.k8s.amazonaws.com', 'ENIConfig', 'Cluster', 'v1alpha1'), eniConfig];
  const world = await smallFleet({ clusters: [{ ...web, objects }], policy: { scan: { failOn: 'deprecated' } } });
  world.eks.state.freeAddresses = { 'subnet-pods': 9 };
  change(world, ({ kubernetes, nodegroups }) => {
    for (const { description } of nodegroups) description.subnets = ['subnet-nodes'];
    kubernetes.access.forbiddenResources = ['eniconfigs'];
    kubernetes.workloads.push({
      kind: 'DaemonSet',
      ...metadata,
      replicas: 0,
      labels,
      image: 'cni',
      written: daemonSet,
    });
  });
  await run(world);
  expect((await memberOf(world, 'web')).reasons).toContainEqual({
    code: 'ScanIncomplete',
    message: expect.stringContaining('the role needs list of eniconfigs in the API group crd.k8s.amazonaws.com'),
  });
  change(world, ({ kubernetes }) => {
    kubernetes.access.forbiddenResources = [];
  });
  await retryCluster(world.ports, (await memberOf(world, 'web')).clusterKey, 'ana');
  await run(world);
  const { status, reasons } = await memberOf(world, 'web');
  expect([status, reasons[0]?.message]).toEqual([
    'Blocked',
    expect.stringContaining('of the subnets of their ENIConfigs, subnet-pods 9 in eu-central-1a'),
  ]);
  world.eks.state.freeAddresses = {};
  expect(await retried(world)).toEqual(['Succeeded', 'pass', 0]);
});

test('a policy may want a young backup by Velero, and an alarm that is OK, before a hop', async () => {
  const backup = (completionTimestamp: string): StoredObject => ({
    apiVersion: 'velero.io/v1',
    kind: 'Backup',
    metadata: { name: 'nightly', namespace: 'velero' },
    status: { phase: 'Completed', completionTimestamp },
  });
  const definition = definitionOf('velero.io', 'Backup', 'Namespaced', 'v1');
  const scan = { alarms: ['errors'], backups: { velero: { within: '24h' } } };
  const old = { ...web, objects: [definition, backup('2026-11-18T00:00:00Z')] };
  const world = await smallFleet({ clusters: [old], policy: { scan } });
  world.gates.set('errors', 'red');
  await run(world);
  const { status, reasons } = await memberOf(world, 'web');
  expect([
    status,
    reasons.map(({ message }) => message.match(/^(The alarm errors|In the namespace velero)/)?.[0]),
  ]).toEqual(['Blocked', ['The alarm errors', 'In the namespace velero']]);
  world.gates.delete('errors');
  change(world, ({ kubernetes }) => {
    kubernetes.objects = [definition, backup(world.ports.clock.now().toISOString())];
  });
  expect(await retried(world)).toEqual(['Succeeded', 'pass', 0]);
});

test('a cluster is up to date no longer once a scan has seen an older node group of which nobody told', async () => {
  const world = await smallFleet({ clusters: [{ ...web, version: '1.37' }] });
  await run(world);
  const state = async () => (await explainCluster(world.ports, await recordOf(world, 'web'))).state;
  expect(await state()).toBe('UpToDate');
  change(world, ({ nodegroups }) => {
    const [workers] = nodegroups;
    if (workers !== undefined) nodegroups.push({ ...workers, name: 'late', version: '1.36' });
  });
  expect(await state()).toBe('UpToDate');
  await requestScan(world.ports, await recordOf(world, 'web'), '1.38', 'ana');
  await minutesLater(world, 10);
  expect(await state()).toBe('PatchesUnknown');
  await discover(world);
  expect(await state()).toBe('NodesBehind');
});
