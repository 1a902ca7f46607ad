import { DescribeClusterCommand, EKSClient } from '@aws-sdk/client-eks';
import { clusterToken } from '../../adapters/kubernetes/cluster-token.ts';
import type { LocalCloud } from '../../simulator/cloud/local-cloud.ts';
import { localAdministrator } from '../../simulator/iam/principals/local-administrator.ts';
import { ask, type Reply, type Sent } from '../material/kubernetes/ask.ts';

/** Somebody who looks after clusters of one account and Region, with the account's own keys. */
export interface PersonWithTools {
  readonly eks: EKSClient;
  /** A request to a cluster's API server, as kubectl sends it after `aws eks update-kubeconfig`. */
  kubernetes(cluster: string, method: string, path: string, sent?: Sent): Promise<Reply>;
}

export function personWithTools(cloud: LocalCloud, account: string, region: string): PersonWithTools {
  const { accessKeyId, secretAccessKey } = localAdministrator(account);
  const credentials = { accessKeyId, secretAccessKey };
  const eks = new EKSClient({ endpoint: cloud.wire.origin, region, credentials, maxAttempts: 1 });
  return {
    eks,
    kubernetes: async (name, method, path, sent = {}) => {
      const { cluster } = await eks.send(new DescribeClusterCommand({ name }));
      const authority = Buffer.from(cluster?.certificateAuthority?.data ?? '', 'base64').toString();
      const token = await clusterToken({ region, clusterName: name }, credentials, cloud.clock.now());
      return ask(method, `${cluster?.endpoint}${path}`, authority, { token, ...sent });
    },
  };
}
