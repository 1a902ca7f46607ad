import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { helmRelease, oldCronJob } from './helm-release.ts';
import { gapsOf, type LiveCluster, rowsOf, startLiveCluster } from './live-cluster.ts';
import { writtenAtOldVersions } from './planted-objects.ts';
import { references, widget, workloads } from './planted-references.ts';

let live: LiveCluster;
afterEach(() => live.close());

test('a clean cluster passes', async () => {
  live = await startLiveCluster();
  const { code, report } = await live.scan();
  expect([code, report.verdict, rowsOf(report), gapsOf(report)]).toEqual([0, 'pass', [], []]);
  expect(report.from).toBe('1.35');
});

test('nobody knows what a release beyond the tables removes', async () => {
  live = await startLiveCluster();
  const { code, report } = await live.scan(['--target', '1.38']);
  expect([code, report.verdict, gapsOf(report)]).toEqual([4, 'incomplete', ['error removals of Kubernetes 1.38']]);
});

const planted = [
  'error removed helm batch/v1beta1 CronJob shop/report (Helm release shop/jobs, high)',
  'error removed helm batch/v1beta1 CronJob shop/report (Helm release shop/older, high)',
  'error removed object flowcontrol.apiserver.k8s.io/v1beta3 FlowSchema -/batch (manager Terraform, medium)',
  'error removed object networking.k8s.io/v1beta1 Ingress shop/web (manager kubectl, low)',
  'error removed object policy/v1beta1 PodDisruptionBudget shop/web (Flux Kustomization flux-system/apps, high)',
  'error removed reference autoscaling/v2 HorizontalPodAutoscaler shop/web (-, high) names:extensions/Deployment',
  'error removed telemetry flowcontrol.apiserver.k8s.io/v1beta3 FlowSchema -/- (-, medium)',
  'error removed workload apps/v1 ReplicaSet shop/checkout-5d (checkout, high) gitrepo-volume',
  'error unavailable reference - ValidatingWebhookConfiguration -/guard (-, high)',
  'error unsupported node v1 Node -/ip-10-0-0-1.eu-central-1.compute.internal (-, high) al2-ami',
  'error version-skew node - Node -/ip-10-0-0-1.eu-central-1.compute.internal (-, high) VersionSkew',
  'info behaviour-change reference - StorageClass -/- (-, high) no-default-storage-class',
  'info stale-trace object autoscaling/v2beta2 HorizontalPodAutoscaler shop/web (manager kubectl, high)',
  'warning behaviour-change reference rbac.authorization.k8s.io/v1 ClusterRoleBinding -/everybody (-, high) anonymous-binding',
  'warning deprecated object v1 Endpoints shop/legacy (shop, high)',
  'warning deprecated reference admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration -/guard (-, high)',
  'warning stored-version reference apiextensions.k8s.io/v1 CustomResourceDefinition -/widgets.example.com (-, high)',
  'warning unavailable reference apiregistration.k8s.io/v1 APIService -/v1beta1.metrics.k8s.io (-, high)',
  'warning unserved-version object example.com/v1alpha1 Widget shop/second (manager old-operator, medium)',
  'warning unserved-version reference admissionregistration.k8s.io/v1 ValidatingAdmissionPolicy -/flows (-, high) names:flowcontrol.apiserver.k8s.io/v1beta3/flowschemas',
  'warning unserved-version reference admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration -/guard (-, high) names:extensions/v1beta1/ingresses',
  'warning unserved-version reference policy/v1 PodDisruptionBudget shop/web (-, high) names:extensions/v1beta1/Deployment',
  'warning unserved-version reference rbac.authorization.k8s.io/v1 ClusterRole -/ingress-editor (-, high) names:extensions/ingresses',
];

async function plantAll(): Promise<void> {
  live = await startLiveCluster('1.31');
  const release = { namespace: 'shop', manifest: oldCronJob, values: { password: 'hunter2' } };
  const { kubernetes } = live.under.cluster;
  kubernetes.objects = [
    ...writtenAtOldVersions,
    ...references,
    ...workloads,
    widget,
    helmRelease('Secret', { ...release, name: 'jobs', revision: 3, status: 'deployed' }),
    helmRelease('Secret', { ...release, name: 'gone', revision: 2, status: 'uninstalled' }),
    helmRelease('ConfigMap', { ...release, name: 'older', revision: 1, status: 'failed' }),
  ];
  const [node] = kubernetes.nodes;
  if (node !== undefined) node.nodeInfo = { osImage: 'Amazon Linux 2', kubeletVersion: 'v1.28.3-eks-abc' };
  await live.under.ask('GET', '/apis/flowcontrol.apiserver.k8s.io/v1beta3/flowschemas');
}

test('what is planted is found, each with its owner and confidence, and nothing else', async () => {
  await plantAll();
  const { code, out, report } = await live.scan(['--target', '1.33']);
  expect(rowsOf(report).sort()).toEqual(planted);
  expect([code, report.verdict, gapsOf(report)]).toEqual([3, 'fail', []]);
  expect(out).not.toContain('hunter2');
});

const without = (source: string) => planted.filter((row) => row.split(' ')[2] !== source);

test.each(['object', 'helm', 'telemetry', 'reference', 'node', 'workload', 'drain'])(
  '--skip %s leaves out its findings, and says so',
  async (source) => {
    await plantAll();
    const { report } = await live.scan(['--target', '1.33', '--skip', source]);
    expect(rowsOf(report).sort()).toEqual(without(source));
    expect(report.coverage).toContainEqual(
      expect.objectContaining({ what: `everything from the source ${source}`, source, status: 'skipped' }),
    );
  },
);

test('kinds of a list of one’s own are found by who writes them, and in Helm releases', async () => {
  live = await startLiveCluster();
  const managedFields = [
    {
      manager: 'argo',
      operation: 'Apply',
      apiVersion: 'policy/v1',
      time: '2025-03-01T10:00:00Z',
      fieldsType: 'FieldsV1',
      fieldsV1: {},
    },
  ];
  const manifest = 'apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata:\n  name: settings\n';
  live.put(
    {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'legacy', namespace: 'shop', managedFields },
    },
    helmRelease('Secret', { name: 'web', namespace: 'shop', revision: 1, status: 'deployed', manifest }),
  );
  const list = join(live.folder, 'list.json');
  const kinds = [{ group: 'policy', version: 'v1', kind: 'PodDisruptionBudget', removedIn: '1.36' }];
  await writeFile(
    list,
    JSON.stringify({ apiVersion: 'liftlock/v1alpha1', kind: 'KindList', metadata: { name: 'own' }, spec: { kinds } }),
  );
  expect((await live.scan()).report.findings).toEqual([]);
  const { code, report } = await live.scan(['--list', list]);
  expect(code).toBe(3);
  expect(rowsOf(report).sort()).toEqual([
    'error removed helm policy/v1 PodDisruptionBudget shop/settings (Helm release shop/web, high) list:own',
    'error removed object policy/v1 PodDisruptionBudget shop/legacy (manager argo, high) list:own',
  ]);
});
