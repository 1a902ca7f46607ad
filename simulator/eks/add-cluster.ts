import type { PodDisruptionBudgetState, WorkloadState } from '../kubernetes/kubernetes-state.ts';
import { launchNode } from '../kubernetes/launch-node.ts';
import type { StoredObject } from '../kubernetes/resources/stored-object.ts';
import { schedulePods } from '../kubernetes/schedule-pods.ts';
import { installSystemWorkload } from '../kubernetes/system-workloads.ts';
import { defaultVersion } from './addon-catalog.ts';
import { arnPrefix } from './clusters.ts';
import { stableUuid } from './identifiers.ts';
import { newCluster } from './new-cluster.ts';
import { nodeImage, nodeImageLabel, templateImage } from './node-image.ts';
import { autoModeLabels } from './progress/auto-mode-nodes.ts';
import type { ClusterRecord, FakeEksState, NodegroupRecord, VersionEntry } from './state/fake-eks-state.ts';
import { calendarRow, reportedVersion } from './support-calendar.ts';

/** A cluster in a few words; everything but the name and version has a plausible default. */
export interface ClusterSpecification {
  name: string;
  version: string;
  account?: string;
  region?: string;
  createdAt?: Date;
  /** The time of the upgrade to its version; absent when it was created at it. */
  upgradedAt?: Date;
  supportType?: 'STANDARD' | 'EXTENDED';
  tags?: Record<string, string>;
  nodegroups?: NodegroupSpecification[];
  /** Number of Auto Mode nodes; absent without Auto Mode. */
  autoModeNodes?: number;
  /** Nodes outside managed groups, two of each by default. */
  otherNodes?: { labels: Record<string, string>; version: string; nodes?: number }[];
  /** Versions by name; by default vpc-cni, coredns and kube-proxy at the minor's defaults. */
  addons?: Record<string, string>;
  workloads?: WorkloadState[];
  podDisruptionBudgets?: PodDisruptionBudgetState[];
  /** Further objects in the cluster, as raw JSON. */
  objects?: StoredObject[];
}

export interface NodegroupSpecification {
  name: string;
  /** The cluster's when absent. */
  version?: string;
  /** 2 when absent. */
  nodes?: number;
  /** AL2023_x86_64_STANDARD when absent. */
  amiType?: string;
  /** 2 when absent. */
  zones?: number;
  updateConfig?: NodegroupRecord['updateConfig'];
  launchTemplate?: { id?: string; name?: string; version?: string };
}

/** Adds an ACTIVE cluster with running nodes and pods. */
export function addCluster(state: FakeEksState, specification: ClusterSpecification): ClusterRecord {
  const { name, version, account = '111111111111', region = 'eu-central-1' } = specification;
  const createdAt = specification.createdAt?.getTime() ?? state.now - 200 * 86_400_000;
  const cluster = newCluster(state, { account, region, name, version, createdAt, status: 'ACTIVE' });
  cluster.versions = versionsOf(specification, createdAt);
  cluster.supportType = specification.supportType ?? 'EXTENDED';
  cluster.tags = { ...specification.tags };
  for (const nodegroup of specification.nodegroups ?? []) addNodegroup(state, cluster, nodegroup);
  if (specification.autoModeNodes !== undefined) addAutoMode(state, cluster, specification.autoModeNodes);
  for (const { labels, version: own, nodes = 2 } of specification.otherNodes ?? [])
    addNodes(state, cluster, { labels, version: own, nodes });
  const addons = specification.addons ?? systemAddons(state, version);
  for (const [addonName, addonVersion] of Object.entries(addons)) addAddon(cluster, addonName, addonVersion);
  cluster.kubernetes.workloads.push(...structuredClone(specification.workloads ?? []));
  cluster.kubernetes.podDisruptionBudgets.push(...structuredClone(specification.podDisruptionBudgets ?? []));
  if (specification.objects !== undefined) cluster.kubernetes.objects = structuredClone(specification.objects);
  startPods(cluster);
  state.clusters[cluster.arn] = cluster;
  return cluster;
}

/** Adds a managed node group with its nodes, Ready since its creation. */
export function addNodegroup(
  state: FakeEksState,
  cluster: ClusterRecord,
  specification: NodegroupSpecification,
): NodegroupRecord {
  const { name, version = cluster.version, nodes = 2, zones = 2 } = specification;
  const id = stableUuid(`${cluster.arn}/${name}`);
  const nodegroup: NodegroupRecord = {
    name,
    arn: `${arnPrefix(cluster.account, cluster.region)}nodegroup/${cluster.name}/${name}/${id}`,
    createdAt: cluster.createdAt,
    modifiedAt: cluster.createdAt,
    version,
    releaseVersion: `${calendarRow(state.supportCalendar, version)?.patch ?? `${version}.0`}-20261001`,
    status: 'ACTIVE',
    amiType: specification.amiType ?? 'AL2023_x86_64_STANDARD',
    scalingConfig: { minSize: Math.min(1, nodes), maxSize: Math.max(1, nodes * 2), desiredSize: nodes },
    updateConfig: specification.updateConfig ?? { maxUnavailable: 1 },
    labels: {},
    tags: {},
    healthIssues: [],
    description: {
      capacityType: 'ON_DEMAND',
      instanceTypes: ['m6i.large'],
      subnets: Array.from({ length: zones }, (_, index) => `subnet-${id.slice(0, 8)}${index}`),
      nodeRole: `arn:aws:iam::${cluster.account}:role/${cluster.name}-node`,
    },
  };
  if (specification.launchTemplate !== undefined) nodegroup.launchTemplate = { ...specification.launchTemplate };
  if (nodegroup.amiType === 'CUSTOM' && nodegroup.launchTemplate !== undefined)
    nodegroup.releaseVersion = templateImage(state, nodegroup.launchTemplate);
  cluster.nodegroups.push(nodegroup);
  launchNodes(state, cluster, nodegroup);
  return nodegroup;
}

/** Gives a node group as many nodes as its size says, with kubelets of its version. */
export function launchNodes(state: FakeEksState, cluster: ClusterRecord, nodegroup: NodegroupRecord): void {
  const image = nodeImage(nodegroup.releaseVersion, nodegroup.launchTemplate);
  for (let count = nodegroup.scalingConfig.desiredSize; count > 0; count--) {
    launchNode(cluster.kubernetes, {
      nodegroupName: nodegroup.name,
      kubeletVersion: reportedVersion(state.supportCalendar, nodegroup.version),
      readyAt: nodegroup.createdAt,
      region: cluster.region,
      zones: nodegroup.description.subnets?.length ?? 1,
      labels: { ...nodegroup.labels, [nodeImageLabel]: image },
    });
  }
}

/** Adds an ACTIVE add-on with its workload in kube-system. */
export function addAddon(cluster: ClusterRecord, name: string, version: string): void {
  cluster.addons.push({
    name,
    arn: `${arnPrefix(cluster.account, cluster.region)}addon/${cluster.name}/${name}/${stableUuid(cluster.arn + name)}`,
    version,
    status: 'ACTIVE',
    createdAt: cluster.createdAt,
    modifiedAt: cluster.createdAt,
    healthIssues: [],
    tags: {},
    customised: false,
  });
  installSystemWorkload(cluster.kubernetes, name, version);
}

/** Places all pods as if they had run since the cluster's creation. */
export function startPods(cluster: ClusterRecord): void {
  schedulePods(cluster.kubernetes, Number.MAX_SAFE_INTEGER - 1_000_000);
  for (const pod of cluster.kubernetes.pods) if (pod.nodeName !== undefined) pod.readyAt = cluster.createdAt;
}

function systemAddons(state: FakeEksState, minor: string): Record<string, string> {
  const names = ['vpc-cni', 'coredns', 'kube-proxy'];
  return Object.fromEntries(
    names.map((name) => [name, defaultVersion(state.addonVersions, name, minor) ?? 'v1.0.0-eksbuild.1']),
  );
}

function versionsOf(specification: ClusterSpecification, createdAt: number): VersionEntry[] {
  const { version, upgradedAt } = specification;
  if (upgradedAt === undefined) return [{ version, since: createdAt, how: 'created' }];
  const [major, minor] = version.split('.');
  return [
    { version: `${major}.${Number(minor) - 1}`, since: createdAt, how: 'created' },
    { version, since: upgradedAt.getTime(), how: 'upgrade' },
  ];
}

function addAutoMode(state: FakeEksState, cluster: ClusterRecord, nodes: number): void {
  cluster.description.computeConfig = { enabled: true, nodePools: ['general-purpose', 'system'] };
  addNodes(state, cluster, { labels: autoModeLabels, version: cluster.version, nodes });
}

function addNodes(
  state: FakeEksState,
  cluster: ClusterRecord,
  { labels, version, nodes }: { labels: Readonly<Record<string, string>>; version: string; nodes: number },
): void {
  for (let count = nodes; count > 0; count--) {
    launchNode(cluster.kubernetes, {
      kubeletVersion: reportedVersion(state.supportCalendar, version),
      readyAt: cluster.createdAt,
      region: cluster.region,
      zones: 2,
      labels: { ...labels },
    });
  }
}
