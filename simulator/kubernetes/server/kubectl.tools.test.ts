import { type Kubectl, kubectlFor, kubectlPath } from '../../../test/material/kubernetes/kubectl.ts';
import {
  metricsService,
  oldBudget,
  widget,
  widgetDefinition,
} from '../../../test/material/kubernetes/sample-objects.ts';
import { type ServerUnderTest, startServerUnderTest } from '../../../test/material/kubernetes/server-under-test.ts';

jest.setTimeout(60_000);

const withKubectl = kubectlPath === undefined ? describe.skip : describe;

withKubectl(`kubectl ${kubectlPath ?? '(not on PATH)'}`, () => {
  let under: ServerUnderTest;
  let kubectl: Kubectl;
  beforeEach(async () => {
    under = await startServerUnderTest();
    kubectl = await kubectlFor(under);
  });
  afterEach(async () => {
    await kubectl.close();
    await under.close();
  });

  const lines = async (...parameters: string[]) => {
    const { code, stdout, stderr } = await kubectl.run(...parameters);
    expect([code, stderr]).toEqual([0, expect.not.stringContaining('error')]);
    return stdout
      .trim()
      .split('\n')
      .map((line) => line.trim().split(/ {2,}/));
  };
  const node = () => under.cluster.kubernetes.nodes[0]?.name ?? '';
  const cordoned = () => under.cluster.kubernetes.nodes[0]?.unschedulable;

  test('get nodes,pods -A', async () => {
    const rows = await lines('get', 'nodes,pods', '-A');
    expect(rows[0]).toEqual(['NAME', 'STATUS', 'ROLES', 'AGE', 'VERSION']);
    expect(rows[1]).toEqual([`node/${node()}`, 'Ready', '<none>', '200d', expect.stringMatching(/^v1\.35\./)]);
    expect(rows).toContainEqual(['NAMESPACE', 'NAME', 'READY', 'STATUS', 'RESTARTS', 'AGE']);
    expect(rows).toContainEqual(['shop', 'pod/db-0', '1/1', 'Running', '0', '200d']);
  });

  test('get -o wide', async () => {
    const [heading, first] = await lines('get', 'nodes', '-o', 'wide');
    expect(heading?.slice(5)).toEqual([
      'INTERNAL-IP',
      'EXTERNAL-IP',
      'OS-IMAGE',
      'KERNEL-VERSION',
      'CONTAINER-RUNTIME',
    ]);
    expect(first?.[5]).toBe('10.0.0.1');
    expect((await lines('get', 'pods', '-n', 'shop', '-o', 'wide'))[0]?.slice(5)).toEqual([
      'IP',
      'NODE',
      'NOMINATED NODE',
      'READINESS GATES',
    ]);
  });

  test.each([true, false])('raw objects and custom resources, aggregated discovery %s', async (aggregatedDiscovery) => {
    const { kubernetes } = under.cluster;
    Object.assign(kubernetes, {
      aggregatedDiscovery,
      objects: [oldBudget, widgetDefinition, widget, metricsService(false)],
    });
    expect(await lines('get', 'widgets', '-A')).toEqual([
      ['NAMESPACE', 'NAME', 'AGE'],
      ['payments', 'first', '200d'],
    ]);
    expect(JSON.parse((await kubectl.run('get', 'wd', 'first', '-n', 'payments', '-o', 'json')).stdout)).toMatchObject({
      apiVersion: 'example.com/v1',
      spec: { size: 3 },
    });
    const old = await kubectl.run('get', 'widgets.v1beta1.example.com', '-n', 'payments', '-o', 'name');
    expect(old).toMatchObject({ code: 0, stdout: 'widget.example.com/first\n' });
    expect(old.stderr).toContain('Warning: example.com/v1beta1 Widget is deprecated; use example.com/v1 Widget');
    expect(await lines('get', 'pdb', '-n', 'payments')).toContainEqual(['web', '1', 'N/A', '0', '200d']);
  });

  test('get --raw', async () => {
    expect(JSON.parse((await kubectl.run('get', '--raw', '/version')).stdout)).toMatchObject({
      major: '1',
      minor: '35+',
    });
    expect((await kubectl.run('get', '--raw', '/readyz?verbose')).stdout).toContain('[+]etcd ok');
    expect((await kubectl.run('get', '--raw', '/metrics')).stdout).toContain('kubernetes_build_info');
  });

  test('get -o json, in pages', async () => {
    const { stdout } = await kubectl.run('get', 'pods', '-A', '-o', 'json', '--chunk-size=4');
    const { items } = JSON.parse(stdout) as { items: { kind: string; apiVersion: string }[] };
    expect(items).toHaveLength(13);
    expect(items[0]).toMatchObject({ kind: 'Pod', apiVersion: 'v1' });
  });

  test('get all, pdb, and single objects', async () => {
    const { stdout } = await kubectl.run('get', 'all,pdb', '-A');
    for (const kind of [
      'pod/',
      'daemonset.apps/',
      'deployment.apps/',
      'replicaset.apps/',
      'statefulset.apps/',
      'poddisruptionbudget.policy/',
    ])
      expect(stdout).toContain(kind);
    expect(await lines('get', 'deploy', 'api', '-n', 'shop')).toContainEqual(['api', '3/3', '3', '3', '200d']);
    const missing = await kubectl.run('get', 'pod', 'nope');
    expect(missing).toMatchObject({ code: 1, stderr: 'Error from server (NotFound): pods "nope" not found\n' });
  });

  test('describe and rollout status', async () => {
    expect((await kubectl.run('describe', 'node', node())).stdout).toContain('Non-terminated Pods:');
    expect((await kubectl.run('describe', 'deploy', 'api', '-n', 'shop')).stdout).toMatch(
      /NewReplicaSet: +api-\w+ \(3\/3/,
    );
    expect(await kubectl.run('rollout', 'status', 'deploy/api', '-n', 'shop')).toMatchObject({ code: 0 });
  });

  test('auth can-i', async () => {
    expect(await kubectl.run('auth', 'can-i', 'list', 'nodes')).toMatchObject({ code: 0, stdout: 'yes\n' });
    under.cluster.kubernetes.access.forbiddenResources.push('nodes');
    expect(await kubectl.run('auth', 'can-i', 'list', 'nodes')).toMatchObject({ code: 1, stdout: 'no\n' });
    expect(await kubectl.run('get', 'nodes')).toMatchObject({
      stderr: expect.stringMatching(
        /Error from server \(Forbidden\): nodes is forbidden: User ".*" cannot list resource "nodes" in API group "" at the cluster scope/,
      ),
    });
  });

  test('api-resources', async () => {
    const rows = await lines('api-resources');
    expect(rows).toContainEqual(['poddisruptionbudgets', 'pdb', 'policy/v1', 'true', 'PodDisruptionBudget']);
  });

  test('cordon and uncordon', async () => {
    expect(await kubectl.run('cordon', node())).toMatchObject({ code: 0, stdout: `node/${node()} cordoned\n` });
    expect(cordoned()).toBe(true);
    expect((await lines('get', 'nodes'))[1]?.[1]).toBe('Ready,SchedulingDisabled');
    await kubectl.run('uncordon', node());
    expect(cordoned()).toBe(false);
  });

  test('drain empties a node', async () => {
    under.cluster.kubernetes.podDisruptionBudgets = [];
    const { code, stdout } = await kubectl.run('drain', node(), '--ignore-daemonsets', '--timeout=30s');
    expect([code, stdout]).toEqual([0, expect.stringContaining(`node/${node()} drained`)]);
    expect(under.cluster.kubernetes.pods.some((pod) => pod.nodeName === node())).toBe(false);
  });

  test('drain waits for a budget that allows nothing, and says so', async () => {
    const held = under.cluster.kubernetes.pods.find((pod) => pod.name.startsWith('db-'))?.nodeName ?? '';
    const { code, stderr } = await kubectl.run('drain', held, '--ignore-daemonsets', '--timeout=2s');
    expect(code).toBe(1);
    expect(stderr).toContain("Cannot evict pod as it would violate the pod's disruption budget.");
    expect(stderr).toContain('global timeout reached: 2s');
  });

  test('drain as a dry run changes nothing', async () => {
    under.cluster.kubernetes.podDisruptionBudgets = [];
    const before = [...under.cluster.kubernetes.pods];
    const { code, stdout } = await kubectl.run('drain', node(), '--ignore-daemonsets', '--dry-run=server');
    expect([code, stdout]).toEqual([0, expect.stringContaining('(server dry run)')]);
    expect(under.cluster.kubernetes.pods).toEqual(before);
    expect(cordoned()).toBe(false);
  });

  test('get -w shows what changes', async () => {
    let asked = false;
    const seen = await kubectl.until(
      (stdout) => {
        const [first] = under.cluster.kubernetes.nodes;
        if (!asked && stdout.includes(node()) && first !== undefined) {
          asked = true;
          setTimeout(() => {
            first.unschedulable = true;
          }, 500);
        }
        return stdout.includes('SchedulingDisabled');
      },
      'get',
      'nodes',
      '-w',
    );
    expect(seen.trim().split('\n').at(-1)).toMatch(new RegExp(`^${node()} +Ready,SchedulingDisabled`));
  });
});
