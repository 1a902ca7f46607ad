import {
  EKSClient,
  type Update as SdkUpdate,
  UpdateAddonCommand,
  UpdateClusterVersionCommand,
  UpdateNodegroupVersionCommand,
} from '@aws-sdk/client-eks';
import type { MutatingCall } from '../../core/contracts/mutating-calls.ts';
import type { EksMutator, Scope, Update } from '../../core/ports/eks.ts';
import type { EksConnections } from './eks-connections.ts';
import { toUpdate } from './eks-shapes.ts';
import { lightenClient, MUTATION_MILLISECONDS, mutationLimits } from './request-limits.ts';
import { sessionPolicy } from './session-policy.ts';

/**
 * The calls that change something. Each has a session of its own, narrowed to its one cluster, and is over within `CALL_SECONDS`
 * whatever happens. Members are named one by one, so that nothing else of an input (a `force`, say) is ever sent.
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
    ) => Promise<{ readonly update?: SdkUpdate | undefined }>,
  ): Promise<Update> => {
    const abortSignal = AbortSignal.timeout(milliseconds);
    connections.bucket(scope).spend();
    const policy = sessionPolicy(partition, scope, call);
    const credentials = await connections.sessions.narrowedTo(scope.account, policy, abortSignal);
    const client = lightenClient(
      new EKSClient({ ...mutationLimits, region: scope.region, credentials, ...connections.client }),
    );
    try {
      return toUpdate((await request(client, { abortSignal })).update);
    } finally {
      client.destroy();
    }
  };

  return {
    updateClusterVersion: (scope, input) => {
      const { name, version, clientRequestToken } = input;
      const command = new UpdateClusterVersionCommand({ name, version, clientRequestToken });
      return send(scope, { name: 'UpdateClusterVersion', input }, (client, options) => client.send(command, options));
    },
    updateNodegroupVersion: (scope, input) => {
      const { clusterName, nodegroupName, version, launchTemplate, clientRequestToken } = input;
      const command = new UpdateNodegroupVersionCommand({
        clusterName,
        nodegroupName,
        version,
        launchTemplate,
        clientRequestToken,
      });
      return send(scope, { name: 'UpdateNodegroupVersion', input }, (client, options) => client.send(command, options));
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
