import { createClusterAccess } from '../../../adapters/kubernetes/create-cluster-access.ts';
import { clusterAccessContract } from '../../../test/contract/cluster-access-contract.ts';
import {
  principal,
  type ServerUnderTest,
  startServerUnderTest,
} from '../../../test/material/kubernetes/server-under-test.ts';
import { createCertificates } from './certificates.ts';

const workload = { kind: 'Deployment', namespace: 'shop', name: 'api', labels: { app: 'api' } } as const;
const big = {
  name: 'shop',
  version: '1.35',
  nodegroups: [{ name: 'workers', nodes: 2 }],
  workloads: [{ ...workload, replicas: 1_100, image: 'registry.example/api:1' }],
};

const accessTo = (under: ServerUnderTest) =>
  createClusterAccess({
    credentials: async () => ({ accessKeyId: 'key', secretAccessKey: 'secret', sessionToken: 'session' }),
    clock: { now: under.world.now },
  });

/** Accepts the tokens that the adapter makes, whatever their identity. */
const eksTokens = async (token: string) => (token.startsWith('k8s-aws-v1.') ? { principal } : undefined);

clusterAccessContract('the Kubernetes server', async () => {
  const under = await startServerUnderTest({ clusters: [big], authenticate: eksTokens });
  return { access: accessTo(under), server: under.apiServer(), cluster: under.cluster, close: under.close };
});

test('clusters are told apart by their endpoint', async () => {
  const clusters = [big, { name: 'web', version: '1.33', account: '222222222222', region: 'us-east-1' }];
  const under = await startServerUnderTest({ clusters, authenticate: eksTokens });
  try {
    const arn = Object.keys(under.world.state.clusters)[1] ?? '';
    const server = { ...under.apiServer(), endpoint: under.server.endpointOf(arn) };
    expect(server.endpoint).toMatch(/^https:\/\/127\.0\.0\.1:\d+\/clusters\/222222222222\/us-east-1\/web$/);
    expect(await accessTo(under).serverVersion(server)).toMatch(/^v1\.33\./);
    expect(await accessTo(under).serverVersion(under.apiServer())).toMatch(/^v1\.35\./);
  } finally {
    await under.close();
  }
});

test('whoever starts the server is told of what clients ask for', async () => {
  const asked: object[] = [];
  const under = await startServerUnderTest({ onRequest: (request) => asked.push(request) });
  try {
    await under.ask('GET', '/api/v1/pods?limit=1', { headers: { 'user-agent': 'scan/1', accept: 'application/json' } });
    await under.ask('GET', '/nowhere');
    expect(asked).toEqual([
      {
        ...{ method: 'GET', path: expect.stringMatching(/\/shop\/api\/v1\/pods$/), query: 'limit=1' },
        ...{ accept: 'application/json', userAgent: 'scan/1', status: 200 },
      },
      { method: 'GET', path: expect.stringMatching(/\/nowhere$/), query: '', status: 404 },
    ]);
  } finally {
    await under.close();
  }
});

test('a client that trusts another authority sends nothing', async () => {
  const under = await startServerUnderTest({ clusters: [big], authenticate: eksTokens });
  try {
    const { certificateAuthority } = await createCertificates();
    const server = { ...under.apiServer(), certificateAuthority: Buffer.from(certificateAuthority).toString('base64') };
    await expect(accessTo(under).serverVersion(server)).rejects.toMatchObject({ name: 'ClusterUnreachable' });
  } finally {
    await under.close();
  }
});
