import { launchNodes } from '../eks/add-cluster.ts';
import { arnPrefix } from '../eks/clusters.ts';
import { stableUuid } from '../eks/identifiers.ts';
import type {
  ClusterRecord,
  FakeEksState,
  FargateProfileRecord,
  NodegroupDescription,
  NodegroupRecord,
} from '../eks/state/fake-eks-state.ts';
import { calendarRow } from '../eks/support-calendar.ts';
import type { DumpOf } from './dump-schema.ts';
import type { Findings } from './problems.ts';

const described = [
  'capacityType',
  'instanceTypes',
  'subnets',
  'remoteAccess',
  'nodeRole',
  'taints',
  'resources',
  'diskSize',
  'nodeRepairConfig',
];

/** Adds a node group as printed by describe-nodegroup, with `desiredSize` nodes whose kubelets have its version. */
export function importNodegroup(
  state: FakeEksState,
  cluster: ClusterRecord,
  path: string,
  dump: DumpOf<'nodegroup'>,
  findings: Findings,
): void {
  const name = dump.nodegroupName;
  if (cluster.nodegroups.some((each) => each.name === name)) {
    findings.problems.push(
      `${path}: nodegroup.nodegroupName: ${cluster.name}/${name} is described in another file too`,
    );
    return;
  }
  const version = dump.version ?? cluster.version;
  const desiredSize = dump.scalingConfig?.desiredSize ?? 2;
  const nodegroup: NodegroupRecord = {
    name,
    arn: dump.nodegroupArn ?? nodegroupArn(cluster, name),
    createdAt: dump.createdAt ?? cluster.createdAt,
    modifiedAt: dump.modifiedAt ?? dump.createdAt ?? cluster.createdAt,
    version,
    releaseVersion: dump.releaseVersion ?? `${calendarRow(state.supportCalendar, version)?.patch ?? version}-20261001`,
    status: (dump.status ?? 'ACTIVE') as NodegroupRecord['status'],
    amiType: dump.amiType ?? 'AL2023_x86_64_STANDARD',
    scalingConfig: {
      minSize: dump.scalingConfig?.minSize ?? Math.min(1, desiredSize),
      maxSize: dump.scalingConfig?.maxSize ?? Math.max(1, desiredSize * 2),
      desiredSize,
    },
    updateConfig: (dump.updateConfig ?? { maxUnavailable: 1 }) as NodegroupRecord['updateConfig'],
    labels: { ...dump.labels },
    tags: { ...dump.tags },
    healthIssues: (dump.health?.issues ?? []) as NodegroupRecord['healthIssues'],
    description: Object.fromEntries(
      Object.entries(dump).filter(([key]) => described.includes(key)),
    ) as NodegroupDescription,
  };
  if (dump.launchTemplate !== undefined) {
    nodegroup.launchTemplate = dump.launchTemplate as NonNullable<NodegroupRecord['launchTemplate']>;
  }
  cluster.nodegroups.push(nodegroup);
  launchNodes(state, cluster, nodegroup);
  const missing = [
    ...(dump.version === undefined ? [`version ${version}, the cluster's`] : []),
    ...(dump.amiType === undefined ? [`AMI type ${nodegroup.amiType}`] : []),
    ...(dump.scalingConfig?.desiredSize === undefined ? [`${desiredSize} nodes`] : []),
    ...(dump.updateConfig === undefined ? ['maxUnavailable 1, the default of EKS'] : []),
  ];
  const also = missing.length === 0 ? '' : `; the dump does not say, so it has ${missing.join(', ')}`;
  findings.statements.push(
    `${cluster.name}/${name}: ${desiredSize} Ready nodes with kubelet ${version} stand for the ones it has${also}.`,
  );
}

/** Adds a Fargate profile; its pods are not known, and none are invented. */
export function importFargateProfile(cluster: ClusterRecord, dump: DumpOf<'fargateProfile'>): void {
  const createdAt = dump.createdAt ?? cluster.createdAt;
  cluster.fargateProfiles.push({
    ...(dump as object),
    fargateProfileName: dump.fargateProfileName,
    createdAt,
  } as FargateProfileRecord);
}

function nodegroupArn(cluster: ClusterRecord, name: string): string {
  const id = stableUuid(`${cluster.arn}/${name}`);
  return `${arnPrefix(cluster.account, cluster.region)}nodegroup/${cluster.name}/${name}/${id}`;
}
