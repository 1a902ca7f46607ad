import type { KubernetesState } from '../kubernetes/kubernetes-state.ts';
import { clusterArn } from './clusters.ts';
import { stableUuid } from './identifiers.ts';
import type { ClusterRecord, FakeEksState } from './state/fake-eks-state.ts';
import { latestPlatformVersion } from './support-calendar.ts';

/** A cluster without node groups or add-ons, with the data of DescribeCluster; not yet part of the state. */
export function newCluster(
  state: FakeEksState,
  cluster: {
    account: string;
    region: string;
    name: string;
    version: string;
    createdAt: number;
    status: ClusterRecord['status'];
  },
): ClusterRecord {
  const { account, region, name, version, createdAt, status } = cluster;
  const arn = clusterArn(account, region, name);
  const id = stableUuid(`${arn}@${createdAt}`).replaceAll('-', '').toUpperCase();
  return {
    account,
    region,
    name,
    arn,
    createdAt,
    version,
    platformVersion: latestPlatformVersion(state.supportCalendar, version),
    status,
    supportType: 'EXTENDED',
    tags: {},
    healthIssues: [],
    description: {
      endpoint: `https://${id}.gr7.${region}.eks.amazonaws.com`,
      roleArn: `arn:aws:iam::${account}:role/${name}-cluster`,
      resourcesVpcConfig: {
        subnetIds: [`subnet-${id.slice(0, 8).toLowerCase()}a`, `subnet-${id.slice(0, 8).toLowerCase()}b`],
        endpointPublicAccess: true,
        endpointPrivateAccess: true,
        publicAccessCidrs: ['0.0.0.0/0'],
      },
      certificateAuthority: { data: btoa(`certificate authority of ${name}`) },
      accessConfig: { authenticationMode: 'API' },
    },
    nodegroups: [],
    addons: [],
    fargateProfiles: [],
    accessEntries: [],
    updates: [],
    versions: [{ version, since: createdAt, how: 'created' }],
    insights: { items: [], unavailable: false, apiUsage: [], newerObjects: [] },
    kubernetes: emptyKubernetes(),
  };
}

/** A cluster without nodes or workloads. It admits every caller of EKS, and its endpoint settings decide whether it is reachable. */
export function emptyKubernetes(): KubernetesState {
  return {
    nodes: [],
    workloads: [],
    pods: [],
    podDisruptionBudgets: [],
    access: { network: 'cluster-endpoint', authentication: 'any-principal', forbiddenResources: [] },
    failedReadyChecks: [],
    sequence: 0,
  };
}
