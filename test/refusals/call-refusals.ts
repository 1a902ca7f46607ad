import type { FaultInjector } from '../../simulator/eks/faults/fault-injector.ts';
import { testCaller } from '../material/eks/world.ts';
import { invalidParameter, oneRule, type Refusal, shop, type World } from './refusal.ts';

const upgrade = { name: 'shop', version: '1.36' };
const throttled = (world: World) => {
  world.state.throttle = { requestsPerSecond: 1, burst: 1 };
  world.call('ListClusters', {});
};
const fault = (effect: Parameters<FaultInjector['add']>[0]['effect']) =>
  shop({}, (world) => world.fake.faults.add({ effect }));

/** What can befall any call, whatever it asks for. */
export const callRefusals: readonly Refusal[] = [
  {
    name: 'everything to an account that may nothing',
    source: '§2.2',
    world: shop({}, ({ state }) => {
      state.deniedAccounts.push(testCaller.account);
    }),
    operation: 'UpdateClusterVersion',
    input: upgrade,
    error: 'AccessDeniedException',
    status: 403,
    message: /^User: arn:aws:iam::111111111111:user\/\S+ is not authorized to perform: eks:UpdateClusterVersion /,
  },
  {
    name: 'calls above the rate',
    source: '§2.2, §11',
    world: shop({}, throttled),
    operation: 'UpdateClusterVersion',
    input: upgrade,
    error: 'ThrottlingException',
    status: 429,
    message: /^Rate exceeded$/,
    subject: { clusterName: 'shop' },
  },
  {
    name: 'DescribeCluster above the rate, under another name',
    source: '§2.2, §11; awslabs/amazon-eks-ami#218',
    world: shop({}, throttled),
    operation: 'DescribeCluster',
    input: { name: 'shop' },
    error: 'TooManyRequestsException',
    status: 429,
    message: /^Rate exceeded$/,
  },
  {
    name: 'calls while it fails itself',
    source: '§2.2',
    world: fault({ kind: 'error', name: 'ServerException', message: 'Internal error' }),
    operation: 'UpdateClusterVersion',
    input: upgrade,
    error: 'ServerException',
    status: 500,
    message: /^Internal error$/,
  },
  {
    name: 'calls while it is not available',
    source: 'the API’s model',
    world: fault({ kind: 'error', name: 'ServiceUnavailableException', message: 'Try again' }),
    operation: 'DescribeNodegroup',
    input: { clusterName: 'shop', nodegroupName: 'workers' },
    error: 'ServiceUnavailableException',
    status: 503,
    message: /^Try again$/,
  },
  {
    name: 'what it blames on the client',
    source: '§2.2',
    world: fault({ kind: 'error', name: 'ClientException', message: 'Missing permissions' }),
    operation: 'UpdateClusterVersion',
    input: upgrade,
    error: 'ClientException',
    status: 400,
    message: /^Missing permissions$/,
    alike: true,
  },
  ...oneRule(
    ...(['DescribeCluster', 'ListUpdates'] as const).map((operation) => ({
      name: `${operation} with a name that no cluster can have`,
      source: 'the API’s model (ClusterName); surajincloud/kubectl-eks#72',
      world: shop(),
      operation,
      input: { name: 'shop!' },
      ...invalidParameter,
      message: /^The parameter name contains invalid characters\. It should conform to the regular expression/,
    })),
  ),
  ...oneRule(
    ...(['ListNodegroups', 'StartInsightsRefresh'] as const).map((operation) => ({
      name: `${operation} with a name that no cluster can have`,
      source: 'the API’s model (ClusterName); surajincloud/kubectl-eks#72',
      world: shop(),
      operation,
      input: { clusterName: '_shop' },
      ...invalidParameter,
      message: /^The parameter clusterName contains invalid characters\./,
    })),
  ),
];
