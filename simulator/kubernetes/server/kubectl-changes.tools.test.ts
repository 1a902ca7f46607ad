import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Kubectl, kubectlFor, kubectlPath } from '../../../test/material/kubernetes/kubectl.ts';
import { widget, widgetDefinition } from '../../../test/material/kubernetes/sample-objects.ts';
import { type ServerUnderTest, startServerUnderTest } from '../../../test/material/kubernetes/server-under-test.ts';

jest.setTimeout(60_000);

const withKubectl = kubectlPath === undefined ? describe.skip : describe;

withKubectl(`changes by kubectl ${kubectlPath ?? '(not on PATH)'}`, () => {
  let under: ServerUnderTest;
  let kubectl: Kubectl;
  let folder: string;
  beforeEach(async () => {
    under = await startServerUnderTest();
    kubectl = await kubectlFor(under);
    folder = await mkdtemp(join(tmpdir(), 'liftlock-manifests-'));
  });
  afterEach(async () => {
    await kubectl.close();
    await under.close();
    await rm(folder, { recursive: true, force: true });
  });

  const done = async (...parameters: string[]) => {
    const { code, stdout, stderr } = await kubectl.run(...parameters);
    expect([code, stderr]).toEqual([0, '']);
    return stdout.trim();
  };
  const read = async (...parameters: string[]) => JSON.parse(await done('get', ...parameters, '-o', 'json'));
  const manifest = async (object: object) => {
    const file = join(folder, 'manifest.json');
    await writeFile(file, JSON.stringify(object));
    return file;
  };
  const podsOf = (prefix: string) => under.cluster.kubernetes.pods.filter(({ name }) => name.startsWith(prefix));
  const web = (image: string, env: object[], replicas = 2) => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace: 'shop' },
    spec: {
      replicas,
      selector: { matchLabels: { app: 'web' } },
      template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image, env }] } },
    },
  });

  test('apply creates, changes, takes away, and leaves what is as it should be', async () => {
    const first = await manifest(
      web('web:1', [
        { name: 'A', value: '1' },
        { name: 'B', value: '2' },
      ]),
    );
    expect(await done('apply', '-f', first)).toBe('deployment.apps/web created');
    expect(await done('apply', '-f', first)).toBe('deployment.apps/web unchanged');
    await done('set', 'env', '-n', 'shop', 'deploy/web', 'THEIRS=kept');
    const second = await manifest(web('web:2', [{ name: 'B', value: '3' }], 3));
    expect(await kubectl.run('diff', '-f', second)).toMatchObject({
      code: 1,
      stdout: expect.stringContaining('image: web:2'),
    });
    expect(await done('apply', '-f', second)).toBe('deployment.apps/web configured');
    const { spec } = await read('deploy', 'web', '-n', 'shop');
    expect(spec.template.spec.containers).toEqual([
      {
        name: 'web',
        image: 'web:2',
        env: [
          { name: 'B', value: '3' },
          { name: 'THEIRS', value: 'kept' },
        ],
      },
    ]);
    expect(podsOf('web-').map(({ images }) => images[0])).toEqual(['web:2', 'web:2', 'web:2']);
    expect(await done('delete', '-f', second)).toMatch(/^deployment.apps "web" deleted/);
    expect(podsOf('web-')).toEqual([]);
  });

  test('apply --server-side is refused by its name, apply as a dry run changes nothing', async () => {
    const file = await manifest(web('web:1', []));
    expect(await kubectl.run('apply', '--server-side', '-f', file)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('is not modelled by the local cloud: apply without --server-side'),
    });
    expect(await done('apply', '--dry-run=server', '-f', file)).toBe('deployment.apps/web created (server dry run)');
    expect(podsOf('web-')).toEqual([]);
  });

  test.each([
    ['merge', '{"spec":{"minAvailable":1}}'],
    ['strategic', '{"spec":{"minAvailable":null,"maxUnavailable":1}}'],
    ['json', '[{"op":"replace","path":"/spec/minAvailable","value":1}]'],
  ])('patch --type=%s of a budget lets a drain go on', async (type, patch) => {
    const held = podsOf('db-')[0]?.nodeName ?? '';
    const drain = ['drain', held, '--ignore-daemonsets', '--timeout=2s'];
    expect(await kubectl.run(...drain)).toMatchObject({ code: 1 });
    expect(await done('patch', 'pdb', 'db', '-n', 'shop', `--type=${type}`, '-p', patch)).toBe(
      'poddisruptionbudget.policy/db patched',
    );
    expect(await kubectl.run(...drain)).toMatchObject({ code: 0 });
    expect(podsOf('db-').some(({ nodeName }) => nodeName === held)).toBe(false);
  });

  test('scale, label, annotate, taint, set image, rollout', async () => {
    await done('scale', 'deploy/api', '-n', 'shop', '--replicas=5');
    expect(podsOf('api-')).toHaveLength(5);
    await done('scale', 'sts/db', '-n', 'shop', '--replicas=1', '--current-replicas=2');
    expect(podsOf('db-').map(({ name }) => name)).toEqual(['db-0']);
    const node = under.cluster.kubernetes.nodes[0]?.name ?? '';
    await done('label', 'node', node, 'tier=web');
    await done('annotate', 'node', node, 'owner=team-a');
    await done('taint', 'node', node, 'only=mine:NoSchedule');
    expect(under.cluster.kubernetes.nodes[0]).toMatchObject({
      labels: { tier: 'web' },
      annotations: { owner: 'team-a' },
      taints: [{ key: 'only', value: 'mine', effect: 'NoSchedule' }],
    });
    await done('taint', 'node', node, 'only=mine:NoSchedule-');
    await done('label', 'node', node, 'tier-');
    expect(under.cluster.kubernetes.nodes[0]?.labels).not.toHaveProperty('tier');
    await done('annotate', 'pod', 'db-0', '-n', 'shop', 'karpenter.sh/do-not-disrupt=true');
    expect((await read('pod', 'db-0', '-n', 'shop')).metadata.annotations).toEqual({
      'karpenter.sh/do-not-disrupt': 'true',
    });
    await done('set', 'image', 'deploy/api', '-n', 'shop', 'api=team/api:2');
    await done('rollout', 'restart', 'deploy/api', '-n', 'shop');
    under.world.pass(1);
    expect(await done('rollout', 'status', 'deploy/api', '-n', 'shop', '--timeout=5s')).toContain(
      'successfully rolled out',
    );
  });

  test('create makes namespaces, workloads, budgets and pods, and delete takes them away', async () => {
    await done('create', 'namespace', 'new');
    await done('create', 'deployment', 'made', '-n', 'new', '--image=made:1', '--replicas=2', '--port=8080');
    await done('create', 'pdb', 'made', '-n', 'new', '--selector=app=made', '--min-available=50%');
    await done('create', 'configmap', 'made', '-n', 'new', '--from-literal=a=b');
    await done('run', 'bare', '-n', 'new', '--image=bare:1');
    under.world.pass(1);
    expect((await read('deploy', 'made', '-n', 'new')).status).toMatchObject({ readyReplicas: 2 });
    expect((await read('pdb', 'made', '-n', 'new')).status).toMatchObject({ expectedPods: 2, disruptionsAllowed: 1 });
    expect((await read('cm', 'made', '-n', 'new')).data).toEqual({ a: 'b' });
    expect(await done('delete', 'pdb', 'made', '-n', 'new')).toMatch(/^poddisruptionbudget.policy "made" deleted/);
    expect(await done('delete', 'namespace', 'new')).toBe('namespace "new" deleted');
    expect(under.cluster.kubernetes.pods.filter(({ namespace }) => namespace === 'new')).toEqual([]);
  });

  test('custom resources are applied, patched and deleted', async () => {
    under.cluster.kubernetes.objects = [widgetDefinition, widget];
    const { status: _status, ...wanted } = { ...widget, spec: { size: 5 } } as typeof widget & { status?: unknown };
    await kubectl.run('apply', '-f', await manifest(wanted));
    expect((await read('widgets', 'first', '-n', 'payments')).spec.size).toBe(5);
    await done('patch', 'widget', 'first', '-n', 'payments', '--type=merge', '-p', '{"spec":{"size":7}}');
    expect((await read('widgets', 'first', '-n', 'payments')).spec.size).toBe(7);
    expect(await kubectl.run('patch', 'widget', 'first', '-n', 'payments', '-p', '{"spec":{"size":8}}')).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/strategic|unknown format/i),
    });
    await done('delete', 'widget', 'first', '-n', 'payments');
    expect(await kubectl.run('get', 'widget', 'first', '-n', 'payments')).toMatchObject({ code: 1 });
  });

  test('edit writes back what the editor leaves', async () => {
    const editor = '#!/bin/sh\nsed -i "s/minAvailable: 2/minAvailable: 1/" "$1"\n';
    await writeFile(kubectl.editor, editor, { mode: 0o755 });
    expect(await kubectl.run('edit', 'pdb', 'db', '-n', 'shop')).toMatchObject({ code: 0 });
    expect((await read('pdb', 'db', '-n', 'shop')).spec.minAvailable).toBe(1);
  });

  test('says what is wrong with what may not be', async () => {
    const wrong = await kubectl.run(
      'patch',
      'pdb',
      'db',
      '-n',
      'shop',
      '--type=merge',
      '-p',
      '{"spec":{"minAvailable":-1}}',
    );
    expect(wrong.stderr).toContain('spec.minAvailable: Invalid value: -1: must be greater than or equal to 0');
    expect((await kubectl.run('create', 'service', 'clusterip', 'x', '--tcp=80:80')).stderr).toContain(
      'send it as JSON',
    );
    expect((await kubectl.run('scale', 'ds/kube-proxy', '-n', 'kube-system', '--replicas=1')).code).toBe(1);
  });
});
