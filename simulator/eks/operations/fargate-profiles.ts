import type {
  DescribeFargateProfileRequest,
  DescribeFargateProfileResponse,
  ListFargateProfilesRequest,
  ListFargateProfilesResponse,
} from '@aws-sdk/client-eks';
import { findCluster } from '../clusters.ts';
import { FakeEksError } from '../errors.ts';
import type { OperationContext } from '../operation-context.ts';
import { paginate } from '../pagination.ts';

export function listFargateProfiles(
  context: OperationContext,
  input: ListFargateProfilesRequest,
): ListFargateProfilesResponse {
  const cluster = findCluster(context.state, context.caller, input.clusterName);
  const { page, ...rest } = paginate(cluster.fargateProfiles.map((each) => each.fargateProfileName).sort(), input);
  return { fargateProfileNames: page, ...rest };
}

export function describeFargateProfile(
  context: OperationContext,
  input: DescribeFargateProfileRequest,
): DescribeFargateProfileResponse {
  const cluster = findCluster(context.state, context.caller, input.clusterName);
  const profile = cluster.fargateProfiles.find((each) => each.fargateProfileName === input.fargateProfileName);
  if (profile === undefined) {
    throw new FakeEksError(
      'ResourceNotFoundException',
      `No Fargate Profile found with name: ${input.fargateProfileName}.`,
    );
  }
  return { fargateProfile: { ...structuredClone(profile), createdAt: new Date(profile.createdAt) } };
}
