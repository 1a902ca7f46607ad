import { clusterReadersContract } from '../../test/contract/cluster-readers-contract.ts';
import { testCaller, testWorld } from '../../test/material/eks/world.ts';
import { addCluster } from '../eks/add-cluster.ts';
import { FakeKubernetes } from './fake-kubernetes.ts';
import { createInMemoryClusterReaders } from './in-memory-cluster-readers.ts';

clusterReadersContract('in memory', async () => {
  const world = testWorld((state) => {
    addCluster(state, { name: 'shop', version: '1.35', nodegroups: [{ name: 'workers', nodes: 3 }] });
  });
  const [cluster] = Object.values(world.state.clusters);
  if (cluster === undefined) throw new Error('the world has no cluster');
  let slept = 0;
  const readers = createInMemoryClusterReaders(new FakeKubernetes(world.fake), {
    clock: { now: world.now },
    principal: () => testCaller.principal,
    sleep: async (milliseconds) => {
      slept += milliseconds;
    },
  });
  const scope = { account: cluster.account, region: cluster.region };
  const server = { scope, name: cluster.name, endpoint: 'https://unused.example', certificateAuthority: '' };
  return { readers, server, slept: () => slept, close: async () => {} };
});
