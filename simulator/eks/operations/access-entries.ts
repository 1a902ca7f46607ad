import { arnPrefix, findCluster } from '../clusters.ts';
import { FakeEksError } from '../errors.ts';
import type { OperationContext } from '../operation-context.ts';
import { paginate } from '../pagination.ts';
import type { AccessEntryRecord, ClusterRecord } from '../state/fake-eks-state.ts';
import type { EksOperations } from './eks-operations.ts';

export const accessEntries: EksOperations<
  'ListAccessEntries' | 'DescribeAccessEntry' | 'ListAssociatedAccessPolicies'
> = {
  ListAccessEntries(context, input) {
    const cluster = clusterWithEntries(context, input.clusterName);
    const principals = cluster.accessEntries
      .filter(
        (entry) =>
          input.associatedPolicyArn === undefined ||
          entry.policies.some((policy) => policy.policyArn === input.associatedPolicyArn),
      )
      .map((entry) => entry.principalArn)
      .sort();
    const { page, ...rest } = paginate(principals, input);
    return { accessEntries: page, ...rest };
  },

  DescribeAccessEntry(context, input) {
    const cluster = clusterWithEntries(context, input.clusterName);
    const entry = findEntry(cluster, input.principalArn);
    return {
      accessEntry: {
        clusterName: cluster.name,
        principalArn: entry.principalArn,
        kubernetesGroups: [...entry.kubernetesGroups],
        accessEntryArn: `${arnPrefix(cluster.account, cluster.region)}access-entry/${cluster.name}/role/${cluster.account}/${entry.principalArn.split('/').at(-1)}`,
        createdAt: new Date(entry.createdAt),
        modifiedAt: new Date(entry.createdAt),
        tags: {},
        username: entry.principalArn,
        type: entry.type,
      },
    };
  },

  ListAssociatedAccessPolicies(context, input) {
    const cluster = clusterWithEntries(context, input.clusterName);
    const entry = findEntry(cluster, input.principalArn);
    const policies = entry.policies.map((policy) => ({
      ...structuredClone(policy),
      associatedAt: new Date(entry.createdAt),
      modifiedAt: new Date(entry.createdAt),
    }));
    const { page, ...rest } = paginate(policies, input);
    return { clusterName: cluster.name, principalArn: entry.principalArn, associatedAccessPolicies: page, ...rest };
  },
};

/** With `CONFIG_MAP` access entries are impossible (facts: eks.md §10.1). */
function clusterWithEntries(context: OperationContext, name: string | undefined): ClusterRecord {
  const cluster = findCluster(context.state, context.caller, name);
  if (cluster.description.accessConfig?.authenticationMode === 'CONFIG_MAP') {
    throw new FakeEksError(
      'InvalidRequestException',
      "The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP] to perform this operation.",
    );
  }
  return cluster;
}

function findEntry(cluster: ClusterRecord, principalArn: string | undefined): AccessEntryRecord {
  const entry = cluster.accessEntries.find((each) => each.principalArn === principalArn);
  if (entry === undefined) {
    throw new FakeEksError(
      'ResourceNotFoundException',
      `The specified principalArn could not be found. You can view your available access entries with 'list-access-entries'.`,
    );
  }
  return entry;
}
