import { MUTATING_CALLS, type MutatingCall } from '../../core/contracts/mutating-calls.ts';
import type { Scope } from '../../core/ports/eks.ts';

/**
 * What one mutating call may do: its own action on its own cluster, and to a control plane its own version, so that whatever else goes wrong in
 * the function ends at that cluster and at that hop. A session policy only narrows; what the role itself does not allow stays forbidden.
 */
export function sessionPolicy(partition: string, scope: Scope, call: MutatingCall): object {
  const own = {
    Effect: 'Allow',
    Action: MUTATING_CALLS[call.name],
    Resource: resourceOf(partition, scope, call),
    ...onlyTo(call),
  };
  return { Version: '2012-10-17', Statement: [own, ...alsoNeeded(call)] };
}

function resourceOf(partition: string, { account, region }: Scope, call: MutatingCall): string {
  const eks = `arn:${partition}:eks:${region}:${account}`;
  switch (call.name) {
    case 'UpdateClusterVersion':
      return `${eks}:cluster/${call.input.name}`;
    case 'UpdateNodegroupVersion':
      return `${eks}:nodegroup/${call.input.clusterName}/${call.input.nodegroupName}/*`;
    case 'UpdateAddon':
      return `${eks}:addon/${call.input.clusterName}/${call.input.addonName}/*`;
  }
}

/**
 * IAM sees the version that UpdateClusterVersion asks for: two hops at once, another version and a rollback are denied before EKS hears of them.
 * The other two calls have no such key (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelastickubernetesservice.html).
 */
function onlyTo(call: MutatingCall): object {
  if (call.name !== 'UpdateClusterVersion') return {};
  return { Condition: { StringEquals: { 'eks:kubernetesVersion': call.input.version } } };
}

/** EKS checks with the caller's rights what the update will need: launch templates of node groups, the role of an add-on (facts: eks.md §10.4). */
function alsoNeeded(call: MutatingCall): object[] {
  if (call.name === 'UpdateNodegroupVersion') {
    const actions = [
      'ec2:RunInstances',
      'ec2:CreateTags',
      'ec2:DescribeLaunchTemplate*',
      'ec2:DescribeSubnets',
      'ssm:GetParameter*',
    ];
    return [{ Effect: 'Allow', Action: actions, Resource: '*' }];
  }
  if (call.name === 'UpdateAddon' && call.input.serviceAccountRoleArn !== undefined) {
    return [{ Effect: 'Allow', Action: 'iam:PassRole', Resource: call.input.serviceAccountRoleArn }];
  }
  return [];
}
