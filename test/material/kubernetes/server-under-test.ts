import type { ApiServer } from '../../../core/ports/cluster-access.ts';
import { addCluster, type ClusterSpecification } from '../../../simulator/eks/add-cluster.ts';
import type { ClusterRecord } from '../../../simulator/eks/state/fake-eks-state.ts';
import { FakeKubernetes } from '../../../simulator/kubernetes/fake-kubernetes.ts';
import type { Authenticate } from '../../../simulator/kubernetes/server/authenticate.ts';
import { createCertificates } from '../../../simulator/kubernetes/server/certificates.ts';
import {
  type KubernetesServer,
  type KubernetesServerOptions,
  startKubernetesServer,
} from '../../../simulator/kubernetes/server/start-kubernetes-server.ts';
import { testCaller, testWorld } from '../eks/world.ts';
import { ask, type Reply, type Sent } from './ask.ts';

/** The token that the server under test takes; whose it is. */
export const goodToken = 'good';
export const { principal } = testCaller;

type Around = NonNullable<KubernetesServerOptions['around']>;

const certificate = await createCertificates();

/** A server for one or more clusters, whose model and clock the test may change. */
export interface ServerUnderTest {
  readonly server: KubernetesServer;
  readonly world: ReturnType<typeof testWorld>;
  readonly cluster: ClusterRecord;
  readonly fake: FakeKubernetes;
  readonly certificateAuthority: string;
  apiServer(): ApiServer;
  /** A request to the first cluster with the good token; `path` is that on its API server. */
  ask(method: string, path: string, sent?: Sent): Promise<Reply>;
  close(): Promise<void>;
}

export const shop: ClusterSpecification = {
  name: 'shop',
  version: '1.35',
  nodegroups: [{ name: 'workers', nodes: 3 }],
  workloads: [
    { kind: 'Deployment', namespace: 'shop', name: 'api', replicas: 3, labels: { app: 'api' }, image: 'team/api:1' },
    { kind: 'StatefulSet', namespace: 'shop', name: 'db', replicas: 2, labels: { app: 'db' }, image: 'postgres:17' },
  ],
  podDisruptionBudgets: [{ namespace: 'shop', name: 'db', matchLabels: { app: 'db' }, minAvailable: 2 }],
};

export async function startServerUnderTest(
  options: {
    readonly clusters?: readonly ClusterSpecification[];
    readonly authenticate?: Authenticate;
    readonly around?: Around;
    readonly onRequest?: NonNullable<KubernetesServerOptions['onRequest']>;
  } = {},
): Promise<ServerUnderTest> {
  const world = testWorld((state) => {
    for (const specification of options.clusters ?? [shop]) addCluster(state, specification);
  });
  const [cluster] = Object.values(world.state.clusters);
  if (cluster === undefined) throw new Error('the world has no cluster');
  const fake = new FakeKubernetes(world.fake);
  const server = await startKubernetesServer({
    fake,
    authenticate: options.authenticate ?? (async (token) => (token === goodToken ? { principal } : undefined)),
    clock: { now: world.now },
    certificate,
    pollMilliseconds: 10,
    ...(options.around === undefined ? {} : { around: options.around }),
    ...(options.onRequest === undefined ? {} : { onRequest: options.onRequest }),
  });
  const endpoint = server.endpointOf(cluster.arn);
  return {
    server,
    world,
    cluster,
    fake,
    certificateAuthority: certificate.certificateAuthority,
    apiServer: () => ({
      scope: { account: cluster.account, region: cluster.region },
      name: cluster.name,
      endpoint,
      certificateAuthority: server.certificateAuthority,
    }),
    ask: (method, path, sent) =>
      ask(method, `${endpoint}${path}`, certificate.certificateAuthority, { token: goodToken, ...sent }),
    close: () => server.close(),
  };
}
