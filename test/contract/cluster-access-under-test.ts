import { createClusterAccess } from '../../adapters/kubernetes/create-cluster-access.ts';
import { addCluster } from '../../simulator/eks/add-cluster.ts';
import { FakeKubernetes } from '../../simulator/kubernetes/fake-kubernetes.ts';
import {
  createInMemoryClusterAccess,
  createInMemoryClusterReader,
} from '../../simulator/kubernetes/in-memory-cluster-readers.ts';
import { testCaller, testWorld } from '../material/eks/world.ts';
import type { ClusterAccessUnderTest } from './cluster-access-contract.ts';
import { startKubernetesLoopback } from './kubernetes-loopback.ts';
import { selfSignedCertificate } from './self-signed-certificate.ts';

const scope = { account: testCaller.account, region: testCaller.region };
const api = { kind: 'Deployment', namespace: 'shop', name: 'api', labels: { app: 'api' } } as const;

/** A cluster with two nodes and one Deployment, whose API server whoever asks may reach. */
export function shop(replicas = 1_100) {
  const world = testWorld((state) => {
    const workloads = [{ ...api, replicas, image: 'registry.example/api:1' }];
    addCluster(state, { name: 'shop', version: '1.35', nodegroups: [{ name: 'workers', nodes: 2 }], workloads });
  });
  const [cluster] = Object.values(world.state.clusters);
  if (cluster === undefined) throw new Error('the world has no cluster');
  cluster.kubernetes.access.network = 'reachable';
  cluster.kubernetes.access.authentication = 'any-principal';
  world.pass(10);
  return { world, cluster, fake: new FakeKubernetes(world.fake) };
}

/** The fake's own port, in this process. */
export async function inMemoryClusterAccess(): Promise<ClusterAccessUnderTest> {
  const { world, cluster, fake } = shop();
  return {
    access: createInMemoryClusterAccess(fake, {
      clock: { now: world.now },
      principal: () => testCaller.principal,
      sleep: async () => {},
    }),
    server: { scope, name: 'shop', endpoint: 'https://in-memory', certificateAuthority: '' },
    cluster,
    close: async () => {},
  };
}

/** The real adapter and the real client, over TLS, answered by the same fake. */
export async function clusterAccessOverTls(): Promise<ClusterAccessUnderTest> {
  const { cluster, server, options, close } = await shopOverTls();
  return { access: createClusterAccess(options), server, cluster, close };
}

/** A cluster whose API server answers over TLS, also what changes something, and what an adapter takes to ask it. */
export async function shopOverTls(replicas?: number) {
  const { world, cluster, fake } = shop(replicas);
  const tls = selfSignedCertificate(['127.0.0.1']);
  const calls = createInMemoryClusterReader({
    ...{ fake, clusterArn: cluster.arn, principal: testCaller.principal, clock: { now: world.now } },
  });
  const loopback = await startKubernetesLoopback(async ({ method, path, query, body, contentType }) => {
    const asked = `${path}${query.size === 0 ? '' : `?${query}`}`;
    const { status, text } =
      method === 'POST' || method === 'PATCH' || method === 'DELETE'
        ? await calls.change({ method, path: asked, contentType, body: body as object })
        : await calls.get({ path: asked });
    return { status, body: text };
  }, tls);
  const server = {
    ...{ scope, name: 'shop', endpoint: loopback.endpoint },
    certificateAuthority: Buffer.from(tls.certificate).toString('base64'),
  };
  const credentials = async () => ({ accessKeyId: 'key', secretAccessKey: 'secret', sessionToken: 'session' });
  const options = { credentials, clock: { now: world.now } };
  return { world, cluster, server, options, calls, close: () => loopback.close() };
}
