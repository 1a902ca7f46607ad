import { findCluster, findNodegroup, requireActive } from '../clusters.ts';
import { FakeEksError } from '../errors.ts';
import { earlierUpdate } from '../idempotency.ts';
import { requireNodegroupUpdatable } from '../one-update-at-a-time.ts';
import type { OperationContext } from '../operation-context.ts';
import { paginate } from '../pagination.ts';
import { startRoll } from '../progress/start-roll.ts';
import { renderUpdate } from '../updates.ts';
import { accessEntries } from './access-entries.ts';
import { addons, addonUpdate } from './addons.ts';
import { clusterCreation, nodegroupCreation } from './creations.ts';
import { clusters, nodegroups } from './describe.ts';
import { versionOffer } from './describe-cluster-versions.ts';
import type { EksOperations } from './eks-operations.ts';
import { insights } from './insights.ts';
import { rollTarget } from './roll-target.ts';
import { tags } from './tag-resource.ts';
import { clusterVersionUpdate } from './update-cluster-version.ts';
import { clusterConfigUpdate, nodegroupConfigUpdate } from './update-config.ts';
import { cancellation, updates } from './updates.ts';

const fargateProfiles: EksOperations<'ListFargateProfiles' | 'DescribeFargateProfile'> = {
  ListFargateProfiles(context, input) {
    const cluster = findCluster(context.state, context.caller, input.clusterName);
    const { page, ...rest } = paginate(cluster.fargateProfiles.map((each) => each.fargateProfileName).sort(), input);
    return { fargateProfileNames: page, ...rest };
  },

  DescribeFargateProfile(context, input) {
    const cluster = findCluster(context.state, context.caller, input.clusterName);
    const profile = cluster.fargateProfiles.find((each) => each.fargateProfileName === input.fargateProfileName);
    if (profile === undefined) {
      throw new FakeEksError(
        'ResourceNotFoundException',
        `No Fargate Profile found with name: ${input.fargateProfileName}.`,
      );
    }
    return { fargateProfile: { ...structuredClone(profile), createdAt: new Date(profile.createdAt) } };
  },
};

const nodegroupVersionUpdate: EksOperations<'UpdateNodegroupVersion'> = {
  /** Updates a node group to a version, an AMI release or a launch template version (facts: eks.md §5.2). */
  UpdateNodegroupVersion(context, input) {
    const cluster = findCluster(context.state, context.caller, input.clusterName);
    const nodegroup = findNodegroup(cluster, input.nodegroupName);
    const earlier = earlierUpdate('UpdateNodegroupVersion', cluster, input);
    if (earlier !== undefined) return { update: renderUpdate(earlier) };
    requireNodegroupUpdatable(cluster, nodegroup);
    // A version that the control plane has not reached yet is a wrong parameter (aws-controllers-k8s/community#2957).
    const target = rollTarget(context, cluster, nodegroup, input);
    requireActive(cluster);
    const update = startRoll(context, cluster, nodegroup, {
      ...target,
      force: input.force === true,
      principal: context.caller.principal,
      request: { operation: 'UpdateNodegroupVersion', input: { ...input } },
    });
    return { update: renderUpdate(update) };
  },
};

/** Every operation of the fake EKS, by the API's name. */
export const operations = {
  ...accessEntries,
  ...addons,
  ...cancellation,
  ...clusterCreation,
  ...nodegroupCreation,
  ...clusters,
  ...versionOffer,
  ...fargateProfiles,
  ...insights,
  ...nodegroups,
  ...tags,
  ...addonUpdate,
  ...clusterConfigUpdate,
  ...clusterVersionUpdate,
  ...nodegroupConfigUpdate,
  ...nodegroupVersionUpdate,
  ...updates,
};

export type OperationName = keyof typeof operations;
export type OperationInput<N extends OperationName> = Parameters<(typeof operations)[N]>[1];
export type OperationOutput<N extends OperationName> = ReturnType<(typeof operations)[N]>;

export function isOperationName(name: string): name is OperationName {
  return Object.hasOwn(operations, name);
}

/** Only here the name and the input's type are combined; callers use FakeEks, which types them. */
export const handlers = operations as unknown as Readonly<
  Record<string, (context: OperationContext, input: object) => object>
>;

/** Operations that change something at AWS. StartInsightsRefresh is none of them (protocol.md, Calls that have no update). */
export const isMutating = (name: OperationName): boolean => !/^(Describe|List|StartInsightsRefresh)/.test(name);
