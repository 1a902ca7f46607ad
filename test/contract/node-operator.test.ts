import { parseAllDocuments } from 'yaml';
import { createNodeOperators, type ServerCalls } from '../../adapters/kubernetes/create-node-operator.ts';
import { OPERATORS, RBAC } from '../../core/queries/access-manifest.ts';
import {
  createInMemoryClusterReader,
  createInMemoryNodeOperators,
} from '../../simulator/kubernetes/in-memory-cluster-readers.ts';
import { operatorRules } from '../../simulator/kubernetes/permissions.ts';
import { testCaller } from '../material/eks/world.ts';
import { shop, shopOverTls } from './cluster-access-under-test.ts';
import { type NodeOperatorUnderTest, nodeOperatorContract } from './node-operator-contract.ts';

const scope = { account: testCaller.account, region: testCaller.region };
const ROLE = `arn:aws:iam::${scope.account}:role/LiftlockSpoke-operate`;
const PODS = 4;

const kubectlOf = (calls: ServerCalls) => (node: string, body: object) =>
  calls.change({
    ...{ method: 'PATCH', path: `/api/v1/nodes/${node}?fieldManager=kubectl`, body },
    contentType: 'application/merge-patch+json',
  });

/** The fake's own port, in this process. */
async function inMemory(principal = testCaller.principal): Promise<NodeOperatorUnderTest> {
  const { world, cluster, fake } = shop(PODS);
  const calls = createInMemoryClusterReader({ fake, clusterArn: cluster.arn, principal, clock: { now: world.now } });
  return {
    operators: createInMemoryNodeOperators(fake, {
      ...{ clock: { now: world.now }, principal: () => principal, sleep: async () => undefined },
    }),
    server: { scope, name: 'shop', endpoint: 'https://in-memory', certificateAuthority: '' },
    cluster,
    kubectl: kubectlOf(calls),
    close: async () => undefined,
  };
}

/** The real adapter over TLS, answered by the same fake. */
async function overTls(): Promise<NodeOperatorUnderTest> {
  const { cluster, server, options, calls, close } = await shopOverTls(PODS);
  return { operators: createNodeOperators(options), server, cluster, kubectl: kubectlOf(calls), close };
}

nodeOperatorContract('the fake clusters in this process', () => inMemory());
nodeOperatorContract('the adapter over TLS', overTls);

describe('the tier operate', () => {
  async function withRole(change: (rules: object[]) => object[] = (rules) => rules) {
    const under = await inMemory(ROLE);
    const { cluster } = under;
    cluster.kubernetes.access.authentication = 'access-entries';
    cluster.description.accessConfig = { authenticationMode: 'API' };
    const entry = { principalArn: ROLE, type: 'STANDARD', createdAt: 0, policies: [] };
    cluster.accessEntries.push({ ...entry, kubernetesGroups: [OPERATORS] });
    const [role, binding] = parseAllDocuments(RBAC.operate()).map((document) => document.toJS());
    cluster.kubernetes.objects = [{ ...role, rules: change(role.rules) }, binding];
    const operator = under.operators.open(under.server);
    const work = async () => {
      const [node] = await operator.listNodes();
      if (node === undefined) throw new Error('there is no node');
      const pods = (await operator.listPodsOf([node.name])).get(node.name) ?? [];
      const [pod] = pods.filter(({ labels }) => labels.app === 'api');
      if (pod === undefined) throw new Error('there is no pod');
      return [await operator.cordon(node, { upgradeId: 'd' }), (await operator.evict(pod)).type];
    };
    return { work, role };
  }

  test('is what a fake cluster gives whose owner has defined no role', async () => {
    expect((await withRole()).role.rules).toEqual(operatorRules);
  });

  test('is enough for a drain', async () => {
    const { work } = await withRole();
    expect(await work()).toEqual(['done', 'accepted']);
  });

  test.each([0, 1, 2])('and without its rule %i it is not', async (index) => {
    const { work } = await withRole((rules) => rules.filter((_, at) => at !== index));
    await expect(work()).rejects.toThrow(expect.objectContaining({ name: 'ClusterForbidden' }));
  });

  test('deletes nothing, and has no wildcard', async () => {
    const { role } = await withRole();
    const said = JSON.stringify(role.rules);
    expect(said).not.toMatch(/delete|\*|secrets|update/);
  });
});
