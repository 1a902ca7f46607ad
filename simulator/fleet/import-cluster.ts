import { clusterArn } from '../eks/clusters.ts';
import { newCluster } from '../eks/new-cluster.ts';
import type { ClusterDescription, ClusterRecord, FakeEksState } from '../eks/state/fake-eks-state.ts';
import type { DumpOf } from './dump-schema.ts';
import { knowVersion } from './import-versions.ts';
import type { Findings } from './problems.ts';

/** Members of the description that EKS keeps in fields of its own. */
const ownFields = [
  'name',
  'arn',
  'createdAt',
  'version',
  'platformVersion',
  'status',
  'upgradePolicy',
  'health',
  'tags',
];

/** Adds a cluster as `aws eks describe-cluster` printed it. Account and Region come from its ARN. */
export function importCluster(
  state: FakeEksState,
  path: string,
  dump: DumpOf<'cluster'>,
  findings: Findings,
): ClusterRecord | undefined {
  const [, , , region = '', account = ''] = dump.arn.split(':');
  const say = (words: string) => findings.statements.push(`${dump.name}: ${words}`);
  if (dump.arn !== clusterArn(account, region, dump.name)) {
    findings.problems.push(`${path}: cluster.arn: ${dump.arn} is not the ARN of a cluster called ${dump.name}`);
    return undefined;
  }
  if (state.clusters[dump.arn] !== undefined) {
    findings.problems.push(`${path}: cluster.arn: ${dump.arn} is described in another file too`);
    return undefined;
  }
  if (dump.createdAt === undefined) say('the dump has no createdAt; it is taken to be 200 days old.');
  if (dump.status === undefined) say('the dump has no status; it is taken to be ACTIVE.');
  if (dump.upgradePolicy?.supportType === undefined)
    say('the dump has no upgradePolicy; EXTENDED, the default of EKS.');
  const taken = knowVersion(state, dump.version);
  if (taken !== undefined) say(taken);
  const cluster = newCluster(state, {
    account,
    region,
    name: dump.name,
    version: dump.version,
    createdAt: dump.createdAt ?? state.now - 200 * 86_400_000,
    status: dump.status ?? 'ACTIVE',
  });
  cluster.platformVersion = dump.platformVersion ?? cluster.platformVersion;
  cluster.supportType = dump.upgradePolicy?.supportType ?? 'EXTENDED';
  cluster.tags = { ...dump.tags };
  cluster.healthIssues = (dump.health?.issues ?? []) as ClusterRecord['healthIssues'];
  const rest = Object.fromEntries(Object.entries(dump).filter(([key]) => !ownFields.includes(key)));
  cluster.description = { ...cluster.description, ...(rest as ClusterDescription) };
  cluster.versions = [{ version: dump.version, since: cluster.createdAt, how: 'unknown' }];
  cluster.kubernetes.access.authentication = 'any-principal';
  sayReachability(cluster, say);
  state.clusters[cluster.arn] = cluster;
  return cluster;
}

function sayReachability(cluster: ClusterRecord, say: (words: string) => void): void {
  const vpc = cluster.description.resourcesVpcConfig;
  if (vpc?.endpointPublicAccess === false) {
    say('its endpoint is private; its API server cannot be reached.');
  } else if (vpc?.publicAccessCidrs?.includes('0.0.0.0/0') === false) {
    say(`its endpoint is open to ${vpc.publicAccessCidrs.join(', ')} only; its API server cannot be reached.`);
  }
}
