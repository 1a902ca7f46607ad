import type { ClusterVersionInformation, ClusterVersionStatus, VersionStatus } from '@aws-sdk/client-eks';
import { findCluster, findNodegroup, requireActive } from '../clusters.ts';
import { FakeEksError, required } from '../errors.ts';
import { earlierUpdate } from '../idempotency.ts';
import { requireNodegroupUpdatable } from '../one-update-at-a-time.ts';
import type { OperationContext } from '../operation-context.ts';
import { paginate } from '../pagination.ts';
import { startRoll } from '../progress/start-roll.ts';
import { supportStatus } from '../support-calendar.ts';
import type { SupportCalendarRow } from '../support-calendar-data.ts';
import { renderUpdate } from '../updates.ts';
import { accessEntries } from './access-entries.ts';
import { addons, addonUpdate } from './addons.ts';
import { clusterCreation, nodegroupCreation } from './creations.ts';
import { clusters, nodegroups } from './describe.ts';
import type { EksOperations } from './eks-operations.ts';
import { insights } from './insights.ts';
import { rollTarget } from './roll-target.ts';
import { clusterVersionUpdate } from './update-cluster-version.ts';
import { clusterConfigUpdate, nodegroupConfigUpdate } from './update-config.ts';
import { cancellation, updates } from './updates.ts';

const tags: EksOperations<'TagResource' | 'UntagResource'> = {
  /** Adds or changes tags of a cluster, node group or add-on, which may have at most 50. It has its own errors. */
  TagResource(context, input) {
    const arn = required(input.resourceArn, 'resourceArn');
    const added = required(input.tags, 'tags');
    const tags = tagsOf(context, arn);
    if (new Set([...Object.keys(tags), ...Object.keys(added)]).size > 50) {
      throw new FakeEksError('BadRequestException', 'A resource can have at most 50 tags');
    }
    Object.assign(tags, added);
    return {};
  },

  /** Removes tags; an unknown key is no error. https://docs.aws.amazon.com/eks/latest/APIReference/API_UntagResource.html */
  UntagResource(context, input) {
    const tags = tagsOf(context, required(input.resourceArn, 'resourceArn'));
    for (const key of required(input.tagKeys, 'tagKeys')) delete tags[key];
    return {};
  },
};

function tagsOf(context: OperationContext, arn: string): Record<string, string> {
  const { account, region } = context.caller;
  for (const cluster of Object.values(context.state.clusters)) {
    if (cluster.account !== account || cluster.region !== region) continue;
    if (cluster.arn === arn) return cluster.tags;
    const part =
      cluster.nodegroups.find((nodegroup) => nodegroup.arn === arn) ??
      cluster.addons.find((addon) => addon.arn === arn);
    if (part !== undefined) return part.tags;
  }
  throw new FakeEksError('NotFoundException', `Resource not found: ${arn}`);
}

const deprecatedStatus: Readonly<Record<VersionStatus, ClusterVersionStatus>> = {
  STANDARD_SUPPORT: 'standard-support',
  EXTENDED_SUPPORT: 'extended-support',
  UNSUPPORTED: 'unsupported',
};

const versionOffer: EksOperations<'DescribeClusterVersions'> = {
  /** Released minors, newest first; unsupported ones only when asked for (facts: eks.md §1.2). */
  DescribeClusterVersions(context, input) {
    const calendar = context.state.supportCalendar;
    const released = calendar.filter((row) => supportStatus(calendar, row.minor, context.now) !== undefined);
    const newest = released.at(-1)?.minor;
    const versions = released
      .map((row) => information(row, context, row.minor === newest))
      .filter((info) => {
        if (input.clusterVersions !== undefined && !input.clusterVersions.includes(info.clusterVersion ?? ''))
          return false;
        if (input.defaultOnly === true && info.defaultVersion !== true) return false;
        if (input.versionStatus !== undefined) return info.versionStatus === input.versionStatus;
        if (input.status !== undefined) return info.status === input.status;
        return input.includeAll === true || input.clusterVersions !== undefined || info.versionStatus !== 'UNSUPPORTED';
      })
      .reverse();
    const { page, ...rest } = paginate(versions, input);
    return { clusterVersions: page, ...rest };
  },
};

function information(
  row: SupportCalendarRow,
  context: OperationContext,
  defaultVersion: boolean,
): ClusterVersionInformation {
  const versionStatus = supportStatus(context.state.supportCalendar, row.minor, context.now) ?? 'UNSUPPORTED';
  return {
    clusterVersion: row.minor,
    clusterType: 'eks',
    defaultPlatformVersion: row.platformVersion,
    defaultVersion,
    releaseDate: new Date(row.releaseDate),
    endOfStandardSupportDate: new Date(row.endOfStandardSupport),
    endOfExtendedSupportDate: new Date(row.endOfExtendedSupport),
    status: deprecatedStatus[versionStatus],
    versionStatus,
    kubernetesPatchVersion: row.patch,
  };
}

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
