import {
  EKSClient,
  type NodegroupUpdateStrategies,
  type Update as SdkUpdate,
  UpdateAddonCommand,
  UpdateClusterConfigCommand,
  UpdateClusterVersionCommand,
  UpdateNodegroupConfigCommand,
  UpdateNodegroupVersionCommand,
} from '@aws-sdk/client-eks';
import { MUTATING_CALLS, type MutatingCall } from '../../core/contracts/mutating-calls.ts';
import { given } from '../../core/model/given.ts';
import type { EksMutator, Scope, Update } from '../../core/ports/eks.ts';
import type { EksConnections } from './eks-connections.ts';
import { toUpdate } from './eks-reader.ts';
import { lightenClient, MUTATION_MILLISECONDS, mutationLimits } from './request-limits.ts';

/**
 * The calls that change something. Each has a session of its own, narrowed to its one cluster, and ends within `CALL_SECONDS` whatever happens. The
 * members of an input are named one by one, so that nothing else in it (a `force`, say) is ever sent.
 */
export function createEksMutator(
  connections: EksConnections,
  partition: string,
  milliseconds = MUTATION_MILLISECONDS,
): EksMutator {
  const send = async (
    scope: Scope,
    call: MutatingCall,
    request: (
      client: EKSClient,
      options: { abortSignal: AbortSignal },
    ) => Promise<{
      readonly update?: SdkUpdate | undefined;
      readonly $metadata: { readonly requestId?: string | undefined };
    }>,
  ): Promise<Update> => {
    const abortSignal = AbortSignal.timeout(milliseconds);
    connections.bucket(scope).spend();
    const policy = sessionPolicy(partition, scope, call);
    const credentials = await connections.sessions.narrowedTo(scope.account, policy, abortSignal);
    const client = lightenClient(
      new EKSClient({ ...mutationLimits, region: scope.region, credentials, ...connections.client }),
    );
    try {
      const { update, $metadata } = await request(client, { abortSignal });
      return { ...toUpdate(update), ...given({ requestId: $metadata.requestId }) };
    } finally {
      client.destroy();
    }
  };

  return {
    updateClusterVersion: (scope, input) => {
      const { name, version, clientRequestToken, timeoutMinutes } = input;
      const rollbackConfig = timeoutMinutes === undefined ? {} : { rollbackConfig: { timeoutMinutes } };
      const command = new UpdateClusterVersionCommand({ name, version, clientRequestToken, ...rollbackConfig });
      return send(scope, { name: 'UpdateClusterVersion', input }, (client, options) => client.send(command, options));
    },
    extendSupport: (scope, input) => {
      const { name, clientRequestToken } = input;
      const upgradePolicy = { supportType: 'EXTENDED' } as const;
      const command = new UpdateClusterConfigCommand({ name, upgradePolicy, clientRequestToken });
      return send(scope, { name: 'ExtendSupport', input }, (client, options) => client.send(command, options));
    },
    updateNodegroupVersion: (scope, input) => {
      const { clusterName, nodegroupName, version, releaseVersion, launchTemplate, force, clientRequestToken } = input;
      const command = new UpdateNodegroupVersionCommand({
        clusterName,
        nodegroupName,
        version,
        releaseVersion,
        launchTemplate,
        force,
        clientRequestToken,
      });
      return send(scope, { name: 'UpdateNodegroupVersion', input }, (client, options) => client.send(command, options));
    },
    updateNodegroupConfig: (scope, input) => {
      const { clusterName, nodegroupName, clientRequestToken } = input;
      const { maxUnavailable, maxUnavailablePercentage, updateStrategy } = input.updateConfig;
      const strategy = updateStrategy as NodegroupUpdateStrategies | undefined;
      const updateConfig = { maxUnavailable, maxUnavailablePercentage, updateStrategy: strategy };
      const command = new UpdateNodegroupConfigCommand({
        clusterName,
        nodegroupName,
        updateConfig,
        clientRequestToken,
      });
      return send(scope, { name: 'UpdateNodegroupConfig', input }, (client, options) => client.send(command, options));
    },
    updateAddon: (scope, input) => {
      const { clusterName, addonName, addonVersion, resolveConflicts, clientRequestToken } = input;
      const { serviceAccountRoleArn, configurationValues } = input;
      const command = new UpdateAddonCommand({
        clusterName,
        addonName,
        addonVersion,
        resolveConflicts,
        serviceAccountRoleArn,
        configurationValues,
        clientRequestToken,
      });
      return send(scope, { name: 'UpdateAddon', input }, (client, options) => client.send(command, options));
    },
  };
}

/**
 * What one mutating call may do: its own action on its own cluster and, for a control plane, to its own version. Whatever else goes wrong in the
 * function thus ends at that cluster and that hop. A session policy only narrows: what the role itself does not allow stays forbidden.
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

function resourceOf(partition: string, { account, region }: Scope, call: MutatingCall): string | string[] {
  const eks = `arn:${partition}:eks:${region}:${account}`;
  switch (call.name) {
    case 'UpdateClusterVersion':
    case 'RollbackClusterVersion':
    case 'ExtendSupport':
      // EKS has been seen to decide UpdateClusterVersion on cluster/<name>/update (github.com/aws/aws-cdk/issues/6060); no name has a slash.
      return [`${eks}:cluster/${call.input.name}`, `${eks}:cluster/${call.input.name}/*`];
    case 'UpdateNodegroupVersion':
    case 'UpdateNodegroupConfig':
      return `${eks}:nodegroup/${call.input.clusterName}/${call.input.nodegroupName}/*`;
    case 'UpdateAddon':
      return `${eks}:addon/${call.input.clusterName}/${call.input.addonName}/*`;
  }
}

/**
 * IAM sees the version that UpdateClusterVersion asks for, so two hops at once, another version, and a rollback in the session of an upgrade are
 * denied before EKS hears of them. It also sees the support type that UpdateClusterConfig sets, and then allows no other setting beside it. The other
 * calls have no such key (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelastickubernetesservice.html).
 */
function onlyTo(call: MutatingCall): object {
  if (call.name === 'ExtendSupport') return { Condition: { StringEquals: { 'eks:supportType': 'EXTENDED' } } };
  if (call.name !== 'UpdateClusterVersion' && call.name !== 'RollbackClusterVersion') return {};
  return { Condition: { StringEquals: { 'eks:kubernetesVersion': call.input.version } } };
}

/** EKS checks with the caller's rights what the update will need: the launch templates of node groups, the role of an add-on (facts: eks.md §10.4). */
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
