import type { ApiServer, ClusterAccess } from '../../core/ports/cluster-access.ts';
import type { ClusterRecord } from '../../simulator/eks/state/fake-eks-state.ts';
import { failure } from './failure.ts';

/** An implementation of the port on a fake cluster that the test may change. */
export interface ClusterAccessUnderTest {
  readonly access: ClusterAccess;
  readonly server: ApiServer;
  readonly cluster: ClusterRecord;
  close(): Promise<void>;
}

/** What any ClusterAccess does. The cluster has 1,100 pods of one Deployment. */
export function clusterAccessContract(name: string, create: () => Promise<ClusterAccessUnderTest>): void {
  describe(`the cluster access contract on ${name}`, () => {
    let under: ClusterAccessUnderTest;
    let access: ClusterAccess;
    let server: ApiServer;
    beforeEach(async () => {
      under = await create();
      ({ access, server } = under);
    });
    afterEach(() => under.close());
    const reads = (): [string, Promise<unknown>][] => [
      ['version', access.serverVersion(server)],
      ['ready', access.ready(server)],
      ['nodes', access.listNodes(server)],
      ['workloads', access.listWorkloads(server, 'shop')],
    ];

    test('the version is the API server’s own', async () => {
      expect(await access.serverVersion(server)).toMatch(/^v1\.35\.\d+-eks-/);
    });

    test('ready says so, and names the checks that fail', async () => {
      expect(await access.ready(server)).toEqual({ ok: true, failed: [] });
      under.cluster.kubernetes.failedReadyChecks.push('etcd', 'poststarthook/rbac');
      expect(await access.ready(server)).toEqual({ ok: false, failed: ['etcd', 'poststarthook/rbac'] });
    });

    test('nodes are told with kubelet, readiness and cordon', async () => {
      const [first] = under.cluster.kubernetes.nodes;
      if (first !== undefined) first.unschedulable = true;
      const nodes = await access.listNodes(server);
      expect(nodes).toHaveLength(2);
      expect(nodes.find((node) => node.name === first?.name)).toEqual({
        name: first?.name,
        labels: first?.labels,
        kubeletVersion: expect.stringMatching(/^v1\.35\./),
        ready: true,
        unschedulable: true,
        providerId: expect.stringMatching(/^aws:\/\/\//),
      });
      expect(nodes.filter((node) => node.unschedulable)).toHaveLength(1);
    });

    test('workloads are told with what they want and have', async () => {
      const workloads = await access.listWorkloads(server, 'shop');
      expect(workloads).toEqual([
        { kind: 'Deployment', namespace: 'shop', name: 'api', desired: 1_100, available: 1_100 },
      ]);
      const kinds = (await access.listWorkloads(server, 'kube-system')).map((workload) => workload.kind);
      expect(kinds).toContain('DaemonSet');
    });

    test('what is forbidden has its name, and the rest goes on', async () => {
      under.cluster.kubernetes.access.forbiddenResources.push('nodes');
      expect(await failure(access.listNodes(server))).toBe('ClusterForbidden');
      expect(await failure(access.serverVersion(server))).toBe('none');
    });

    test('without an access entry every read is unauthorized', async () => {
      under.cluster.kubernetes.access.authentication = 'access-entries';
      for (const [read, work] of reads()) expect([read, await failure(work)]).toEqual([read, 'ClusterUnauthorized']);
    });

    test('without a way there every read is unreachable', async () => {
      under.cluster.kubernetes.access.network = 'unreachable';
      for (const [read, work] of reads()) expect([read, await failure(work)]).toEqual([read, 'ClusterUnreachable']);
    });
  });
}
