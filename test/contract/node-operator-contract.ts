import type { ApiServer } from '../../core/ports/cluster-access.ts';
import type { DrainNode, NodeOperator, NodeOperators } from '../../core/ports/node-operator.ts';
import type { ClusterRecord } from '../../simulator/eks/state/fake-eks-state.ts';
import { failure } from './failure.ts';

/** An implementation of the port on a fake cluster that the test may change: two nodes, a Deployment of four, no budget. */
export interface NodeOperatorUnderTest {
  readonly operators: NodeOperators;
  readonly server: ApiServer;
  readonly cluster: ClusterRecord;
  /** A merge patch of a node by somebody else, who calls himself kubectl. */
  kubectl(node: string, body: object): Promise<unknown>;
  close(): Promise<void>;
}

const OURS = { upgradeId: 'drain-1' };
const budget = (name: string, minAvailable: number) => ({
  ...{ namespace: 'shop', name, matchLabels: { app: 'api' }, minAvailable },
});

/** What any NodeOperator does (facts: nodes.md §1.1, §2.1). */
export function nodeOperatorContract(name: string, create: () => Promise<NodeOperatorUnderTest>): void {
  describe(`the node operator contract on ${name}`, () => {
    let under: NodeOperatorUnderTest;
    let operator: NodeOperator;
    let cluster: ClusterRecord;
    beforeEach(async () => {
      under = await create();
      cluster = under.cluster;
      operator = under.operators.open(under.server);
    });
    afterEach(async () => {
      operator.close();
      await under.close();
    });
    const firstNode = async (): Promise<DrainNode> => (await operator.listNodes())[0] as DrainNode;
    const podsOf = async () => {
      const { name } = await firstNode();
      return (await operator.listPodsOf([name])).get(name) ?? [];
    };
    const apiPod = async () => {
      const pod = (await podsOf()).find(({ labels }) => labels.app === 'api');
      if (pod === undefined) throw new Error('the first node has no pod of the Deployment');
      return pod;
    };

    test('nodes come with what a patch rests on, and nobody has cordoned them', async () => {
      const nodes = await operator.listNodes();
      expect(nodes).toHaveLength(2);
      expect(nodes[0]).toMatchObject({ ready: true, unschedulable: false, terminating: false, taints: [] });
      expect([nodes[0]?.uid, nodes[0]?.resourceVersion, nodes[0]?.cordonedBy]).toEqual([
        expect.stringMatching(/./),
        expect.stringMatching(/^\d+$/),
        undefined,
      ]);
    });

    test('pods of one node come with what made them, those of DaemonSets too', async () => {
      const pods = await podsOf();
      const makers = new Set(pods.map(({ controller }) => controller));
      expect([...makers]).toEqual(expect.arrayContaining(['Deployment/api', 'DaemonSet/aws-node']));
      expect(await apiPod()).toMatchObject({ namespace: 'shop', phase: 'Running', isMirror: false });
      expect(await operator.listPodsOf(['no-such-node'])).toEqual(new Map([['no-such-node', []]]));
    });

    test('pods of many nodes are those of each of them', async () => {
      const nodes = (await operator.listNodes()).map(({ name }) => name);
      const many = [...nodes, ...Array.from({ length: 20 }, (_, index) => `no-such-node-${index}`)];
      const [one, all] = [await operator.listPodsOf(nodes), await operator.listPodsOf(many)];
      expect(new Map(nodes.map((name) => [name, all.get(name)]))).toEqual(one);
      expect(all.get('no-such-node-7')).toEqual([]);
    });

    test('by the empty name come pods that the scheduler has to give a node, and none that a gate keeps from it', async () => {
      expect(await operator.listPodsOf([''])).toEqual(new Map([['', []]]));
      const pod = { namespace: 'shop', labels: {}, images: ['i'], readyAt: Number.MAX_SAFE_INTEGER };
      const gated = { metadata: {}, spec: { schedulingGates: [{ name: 'kueue.x-k8s.io/admission' }] } };
      for (const node of cluster.kubernetes.nodes) node.unschedulable = true;
      cluster.kubernetes.pods.push({ ...pod, name: 'lost' }, { ...pod, name: 'gated', written: gated });
      for (const others of [[], Array.from({ length: 20 }, (_, index) => `no-such-node-${index}`)]) {
        const found = (await operator.listPodsOf(['', ...others])).get('');
        expect(found?.map(({ name, phase }) => [name, phase])).toEqual([['lost', 'Pending']]);
      }
    });

    test('a cordon bears our mark, and the taint that is asked for', async () => {
      const node = await firstNode();
      expect(await operator.cordon(node, { ...OURS, taint: 'liftlock.dev/drained' })).toBe('done');
      const after = await firstNode();
      expect(after).toMatchObject({ unschedulable: true, cordonedBy: 'drain-1' });
      expect(after.taints).toContain('liftlock.dev/drained');
      // Asked for again by who has not heard the answer.
      expect(await operator.cordon(after, OURS)).toBe('done');
    });

    test('a cordon that is taken back leaves the cluster as it was', async () => {
      const mark = { ...OURS, taint: 'liftlock.dev/drained' };
      const node = await firstNode();
      const seen = () => cluster.kubernetes.nodes.map(({ managedFields: _, ...kept }) => kept);
      const before = structuredClone({ ...cluster.kubernetes, nodes: seen() });
      await operator.cordon(node, mark);
      expect(await operator.uncordon(await firstNode(), mark)).toBe('done');
      expect({ ...cluster.kubernetes, nodes: seen() }).toEqual(before);
    });

    test('who cordoned before us keeps it', async () => {
      const [state] = cluster.kubernetes.nodes;
      if (state !== undefined) state.unschedulable = true;
      expect(await operator.cordon(await firstNode(), OURS)).toBe('notOurs');
      expect((await firstNode()).cordonedBy).toBeUndefined();
      expect(await operator.uncordon(await firstNode(), OURS)).toBe('notOurs');
      expect((await firstNode()).unschedulable).toBe(true);
    });

    test('who cordons a node anew that somebody has taken off our hands keeps it, and our mark and taint go', async () => {
      const mark = { ...OURS, taint: 'liftlock.dev/drained' };
      await operator.cordon(await firstNode(), mark);
      await under.kubectl((await firstNode()).name, { spec: { unschedulable: null } });
      expect(await firstNode()).toMatchObject({ unschedulable: false, cordonedBy: 'drain-1' });
      await under.kubectl((await firstNode()).name, { spec: { unschedulable: true } });
      const theirs = await firstNode();
      expect([theirs.cordonedBy, await operator.cordon(theirs, mark)]).toEqual([undefined, 'notOurs']);
      expect(await operator.uncordon(theirs, mark)).toBe('notOurs');
      const [after] = cluster.kubernetes.nodes;
      expect([after?.unschedulable, after?.annotations, after?.taints]).toEqual([true, undefined, undefined]);
    });

    test('nothing is written over what somebody has changed since it was read', async () => {
      const read = await firstNode();
      await operator.cordon(read, OURS);
      await operator.uncordon(await firstNode(), OURS);
      expect(await operator.cordon(read, OURS)).toBe('changed');
      expect((await firstNode()).unschedulable).toBe(false);
    });

    test('a cordon is taken back with its taint, by whose mark it bears, and others stay', async () => {
      const [state] = cluster.kubernetes.nodes;
      if (state !== undefined) state.taints = [{ key: 'team', value: 'a', effect: 'NoSchedule' }];
      const mark = { ...OURS, taint: 'liftlock.dev/drained' };
      await operator.cordon(await firstNode(), mark);
      expect(await operator.uncordon(await firstNode(), { upgradeId: 'another' })).toBe('notOurs');
      expect(await operator.uncordon(await firstNode(), mark)).toBe('done');
      const after = await firstNode();
      expect([after.unschedulable, after.cordonedBy, after.taints]).toEqual([false, undefined, ['team']]);
    });

    test('a taint of the same key that somebody else has put stays', async () => {
      const [state] = cluster.kubernetes.nodes;
      const theirs = [{ key: 'liftlock.dev/drained', value: 'theirs', effect: 'NoSchedule' }];
      if (state !== undefined) state.taints = theirs;
      const mark = { ...OURS, taint: 'liftlock.dev/drained' };
      expect(await operator.cordon(await firstNode(), mark)).toBe('done');
      expect(await operator.uncordon(await firstNode(), mark)).toBe('done');
      expect(state?.taints).toEqual(theirs);
    });

    test('a node that is gone, or another one under its name, is told', async () => {
      const node = await firstNode();
      expect(await operator.cordon({ ...node, uid: 'another' }, OURS)).toBe('gone');
      expect(await operator.uncordon({ ...node, name: 'no-such-node' }, OURS)).toBe('gone');
    });

    test('an eviction without a budget is accepted, and the pod goes', async () => {
      const pod = await apiPod();
      expect(await operator.evict(pod)).toEqual({ type: 'accepted' });
      const left = (await podsOf()).filter(({ uid, terminatingSince }) => uid === pod.uid && !terminatingSince);
      expect(left).toEqual([]);
    });

    test('another pod under the name is not evicted', async () => {
      const pod = await apiPod();
      expect(await operator.evict({ ...pod, uid: 'another' })).toEqual({ type: 'gone' });
      expect((await apiPod()).uid).toBe(pod.uid);
      expect(await operator.evict({ ...pod, name: 'no-such-pod' })).toEqual({ type: 'gone' });
    });

    test('a budget that is used up is named, and no time said', async () => {
      cluster.kubernetes.podDisruptionBudgets.push(budget('strict', 4));
      const answer = await operator.evict(await apiPod());
      expect(answer).toMatchObject({
        type: 'budget',
        retryAfterSeconds: 0,
        message: expect.stringContaining('strict'),
      });
    });

    test('a budget that is worked on is a budget all the same, and says how long', async () => {
      const metadata = { namespace: 'shop', name: 'new', generation: 2 };
      const spec = { minAvailable: 1, selector: { matchLabels: { app: 'api' } } };
      const status = { observedGeneration: 1, disruptionsAllowed: 1, currentHealthy: 4, desiredHealthy: 1 };
      cluster.kubernetes.disruptionControllerStopped = true;
      cluster.kubernetes.objects = [{ apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata, spec, status }];
      const message = 'The disruption budget new is still being processed by the server.';
      expect(await operator.evict(await apiPod())).toEqual({ type: 'budget', retryAfterSeconds: 10, message });
    });

    test('a budget is asked before the uid, as the API server does', async () => {
      cluster.kubernetes.podDisruptionBudgets.push(budget('strict', 4));
      expect(await operator.evict({ ...(await apiPod()), uid: 'another' })).toMatchObject({ type: 'budget' });
    });

    test('a pod that goes is evicted again, and tells since when it goes', async () => {
      const pod = await apiPod();
      const state = cluster.kubernetes.pods.find(({ name }) => name === pod.name);
      if (state !== undefined) state.written = { metadata: { finalizers: ['example.com/backup'] }, spec: {} };
      expect(await operator.evict(pod)).toEqual({ type: 'accepted' });
      const going = (await podsOf()).find(({ uid }) => uid === pod.uid);
      expect(Date.parse(going?.terminatingSince ?? '')).toBe(state?.deletedAt);
      expect(await operator.evict(pod)).toEqual({ type: 'accepted' });
    });

    test('in a namespace that goes, evictions say so', async () => {
      const pod = await apiPod();
      const status = { phase: 'Terminating' };
      cluster.kubernetes.objects = [{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'shop' }, status }];
      expect(await operator.evict(pod)).toEqual({ type: 'namespaceTerminating' });
    });

    test('two budgets on one pod are told as such', async () => {
      cluster.kubernetes.podDisruptionBudgets.push(budget('one', 1), budget('other', 1));
      expect(await operator.evict(await apiPod())).toMatchObject({ type: 'severalBudgets' });
    });

    test('an API server that is overloaded is busy, which is no budget', async () => {
      const pod = await apiPod();
      cluster.kubernetes.overload = { retryAfterSeconds: 7 };
      expect(await operator.evict(pod)).toMatchObject({ type: 'busy', retryAfterSeconds: 7 });
    });

    test('who has no right to evict or to patch is refused by name', async () => {
      const [node, pod] = [await firstNode(), await apiPod()];
      cluster.kubernetes.access.authentication = 'access-entries';
      const refused = [
        await failure(operator.evict(pod)),
        await failure(operator.cordon(node, OURS)),
        await failure(operator.listNodes()),
      ];
      expect(refused).toEqual(['ClusterUnauthorized', 'ClusterUnauthorized', 'ClusterUnauthorized']);
    });
  });
}
