import { findCluster } from '../clusters.ts';
import { FakeEksError } from '../errors.ts';
import { paginate } from '../pagination.ts';
import type { EksOperations } from './eks-operations.ts';

export const fargateProfiles: EksOperations<'ListFargateProfiles' | 'DescribeFargateProfile'> = {
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
