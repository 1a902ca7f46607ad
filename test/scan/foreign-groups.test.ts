import { apiRows } from '../../core/scan/data/api-rows.ts';
import { textsOf } from './object-texts.ts';
import { scanFor } from './scan-for.ts';

/** Groups of CRDs and aggregated APIs whose names hold, end in or begin with those of Kubernetes' own. */
const GROUPS = [
  ...['networking.istio.io', 'gateway.networking.k8s.io', 'gateway.networking.x-k8s.io', 'policy.networking.k8s.io'],
  ...['snapshot.storage.k8s.io', 'groupsnapshot.storage.k8s.io', 'metrics.k8s.io', 'custom.metrics.k8s.io'],
  ...['policy.open-cluster-management.io', 'policy.karmada.io', 'policies.kyverno.io', 'policy.linkerd.io'],
  ...['cluster.x-k8s.io', 'scheduling.x-k8s.io', 'scheduling.volcano.sh', 'batch.volcano.sh', 'apps.kruise.io'],
  ...['apps.openshift.io', 'autoscaling.k8s.io', 'autoscaling.knative.dev', 'authorization.openshift.io'],
  ...['extensions.istio.io', 'extensions.gardener.cloud', 'node.k8s.amazonaws.com', 'resource.cattle.io'],
  ...['storage.k8s.io.example.com', 'k8s.io', 'events.example.com', 'rbac.authorization.example.com'],
];
const kinds = [...new Map(apiRows.map(({ kind, version }) => [`${version} ${kind}`, { kind, version }])).values()];

test.each(GROUPS)('nothing of %s is taken for an API of Kubernetes', (group) => {
  const text = kinds.map(({ kind, version }) => textsOf({ group, version, kind }).YAML).join('---\n');
  const { findings, summary } = scanFor('1.37', text);
  expect(findings).toEqual([]);
  expect(summary.read).toBe(kinds.length);
});

test('nor is anything of its own groups at a version that never was', () => {
  const groups = [...new Set(apiRows.map(({ group }) => group))].filter((group) => group !== '');
  const text = groups.map((group) => textsOf({ group, version: 'v9', kind: 'Ingress' }).YAML).join('---\n');
  expect(scanFor('1.37', text).findings).toEqual([]);
});
