import type { CreateClusterRequest } from '@aws-sdk/client-eks';
import { arnPrefix, clusterArn } from '../clusters.ts';
import { FakeEksError, required } from '../errors.ts';
import { requireSameParameters } from '../idempotency.ts';
import { newCluster } from '../new-cluster.ts';
import type { OperationContext } from '../operation-context.ts';
import { scheduleAutoUpgrade } from '../progress/auto-upgrade.ts';
import { isOffered } from '../support-calendar.ts';
import { draw } from '../timing.ts';
import { later } from '../updates.ts';
import { renderCluster } from './describe-clusters.ts';
import type { EksOperations } from './eks-operations.ts';

/** Quotas (facts: eks.md §11). That a request beyond them is ResourceLimitExceededException comes from the API's text and was not observed. */
const clustersPerRegion = 100;
const controlPlaneSecurityGroups = 4;
const publicAccessRanges = 40;

export const clusterCreation: EksOperations<'CreateCluster'> = {
  /** A cluster at any offered version, CREATING for some minutes (facts: eks.md §1.1, §11). */
  CreateCluster(context, input) {
    const { state, caller } = context;
    const name = required(input.name, 'name');
    const roleArn = required(input.roleArn, 'roleArn');
    const arn = clusterArn(caller.account, caller.region, name);
    const existing = state.clusters[arn];
    if (existing !== undefined) {
      const token = input.clientRequestToken;
      if (token !== undefined && existing.creation?.clientRequestToken === token) {
        requireSameParameters(existing.creation, input);
        return { cluster: renderCluster(existing) };
      }
      throw new FakeEksError('ResourceInUseException', `Cluster already exists with name: ${name}`);
    }
    const newest = state.supportCalendar
      .filter((row) => isOffered(state.supportCalendar, row.minor, context.now))
      .at(-1);
    const version = input.version ?? newest?.minor ?? '';
    if (!isOffered(state.supportCalendar, version, context.now)) {
      throw new FakeEksError('InvalidParameterException', 'unsupported Kubernetes version');
    }
    checkQuotas(context, input);
    const cluster = newCluster(state, {
      account: caller.account,
      region: caller.region,
      name,
      version,
      createdAt: context.now,
      status: 'CREATING',
    });
    cluster.creation = structuredClone({ ...input }) as Record<string, unknown>;
    cluster.tags = { ...input.tags };
    cluster.supportType = input.upgradePolicy?.supportType === 'STANDARD' ? 'STANDARD' : 'EXTENDED';
    Object.assign(cluster.description, {
      roleArn,
      clientRequestToken: input.clientRequestToken,
      deletionProtection: input.deletionProtection ?? false,
    });
    state.clusters[arn] = cluster;
    scheduleAutoUpgrade(context, cluster);
    later(context, cluster, draw(context.random, context.timing.creation), 'cluster-created');
    return { cluster: renderCluster(cluster) };
  },
};

function checkQuotas({ state, caller }: OperationContext, { resourcesVpcConfig }: CreateClusterRequest): void {
  const { securityGroupIds = [], publicAccessCidrs = [] } = resourcesVpcConfig ?? {};
  const prefix = arnPrefix(caller.account, caller.region);
  const exceeded = (what: string, most: number) =>
    new FakeEksError('ResourceLimitExceededException', `The maximum number of ${what} is ${most}`);
  if (Object.keys(state.clusters).filter((each) => each.startsWith(prefix)).length >= clustersPerRegion) {
    throw exceeded('clusters in a Region', clustersPerRegion);
  }
  if (securityGroupIds.length > controlPlaneSecurityGroups) {
    throw exceeded('security groups of a control plane', controlPlaneSecurityGroups);
  }
  if (publicAccessCidrs.length > publicAccessRanges) throw exceeded('public access CIDRs', publicAccessRanges);
}
