import { KubeVersion } from '../../version/kube-version.ts';
import { apiRow, replacementAt } from './api-table.ts';

/**
 * The content of Kubernetes' own deprecation guide, copied by hand and not from the table: the minor that no longer serves an API, its replacement,
 * and since when that is available. https://kubernetes.io/docs/reference/using-api/deprecation-guide/
 */
const guide = [
  ['extensions/v1beta1', 'DaemonSet', '1.16', 'apps/v1', '1.9'],
  ['apps/v1beta2', 'DaemonSet', '1.16', 'apps/v1', '1.9'],
  ['extensions/v1beta1', 'Deployment', '1.16', 'apps/v1', '1.9'],
  ['apps/v1beta1', 'Deployment', '1.16', 'apps/v1', '1.9'],
  ['apps/v1beta1', 'StatefulSet', '1.16', 'apps/v1', '1.9'],
  ['apps/v1beta2', 'ReplicaSet', '1.16', 'apps/v1', '1.9'],
  [
    'admissionregistration.k8s.io/v1beta1',
    'MutatingWebhookConfiguration',
    '1.22',
    'admissionregistration.k8s.io/v1',
    '1.16',
  ],
  ['apiextensions.k8s.io/v1beta1', 'CustomResourceDefinition', '1.22', 'apiextensions.k8s.io/v1', '1.16'],
  ['apiregistration.k8s.io/v1beta1', 'APIService', '1.22', 'apiregistration.k8s.io/v1', '1.10'],
  ['authentication.k8s.io/v1beta1', 'TokenReview', '1.22', 'authentication.k8s.io/v1', '1.6'],
  ['authorization.k8s.io/v1beta1', 'SubjectAccessReview', '1.22', 'authorization.k8s.io/v1', '1.6'],
  ['certificates.k8s.io/v1beta1', 'CertificateSigningRequest', '1.22', 'certificates.k8s.io/v1', '1.19'],
  ['coordination.k8s.io/v1beta1', 'Lease', '1.22', 'coordination.k8s.io/v1', '1.14'],
  ['extensions/v1beta1', 'Ingress', '1.22', 'networking.k8s.io/v1', '1.19'],
  ['networking.k8s.io/v1beta1', 'Ingress', '1.22', 'networking.k8s.io/v1', '1.19'],
  ['networking.k8s.io/v1beta1', 'IngressClass', '1.22', 'networking.k8s.io/v1', '1.19'],
  ['rbac.authorization.k8s.io/v1beta1', 'ClusterRole', '1.22', 'rbac.authorization.k8s.io/v1', '1.8'],
  ['rbac.authorization.k8s.io/v1beta1', 'RoleBinding', '1.22', 'rbac.authorization.k8s.io/v1', '1.8'],
  ['scheduling.k8s.io/v1beta1', 'PriorityClass', '1.22', 'scheduling.k8s.io/v1', '1.14'],
  ['storage.k8s.io/v1beta1', 'CSINode', '1.22', 'storage.k8s.io/v1', '1.17'],
  ['storage.k8s.io/v1beta1', 'StorageClass', '1.22', 'storage.k8s.io/v1', '1.6'],
  ['storage.k8s.io/v1beta1', 'VolumeAttachment', '1.22', 'storage.k8s.io/v1', '1.13'],
  ['batch/v1beta1', 'CronJob', '1.25', 'batch/v1', '1.21'],
  ['discovery.k8s.io/v1beta1', 'EndpointSlice', '1.25', 'discovery.k8s.io/v1', '1.21'],
  ['events.k8s.io/v1beta1', 'Event', '1.25', 'events.k8s.io/v1', '1.19'],
  ['node.k8s.io/v1beta1', 'RuntimeClass', '1.25', 'node.k8s.io/v1', '1.20'],
  ['flowcontrol.apiserver.k8s.io/v1beta1', 'FlowSchema', '1.26', 'flowcontrol.apiserver.k8s.io/v1beta3', '1.26'],
  ['storage.k8s.io/v1beta1', 'CSIStorageCapacity', '1.27', 'storage.k8s.io/v1', '1.24'],
  ['flowcontrol.apiserver.k8s.io/v1beta3', 'FlowSchema', '1.32', 'flowcontrol.apiserver.k8s.io/v1', '1.29'],
  [
    'flowcontrol.apiserver.k8s.io/v1beta3',
    'PriorityLevelConfiguration',
    '1.32',
    'flowcontrol.apiserver.k8s.io/v1',
    '1.29',
  ],
] as const;

const rowOf = (apiVersion: string, kind: string) => {
  const [group = '', version = ''] = apiVersion.split('/');
  return apiRow(group, version, kind);
};

test.each(guide)('%s %s is gone in %s, and %s is there since %s', (apiVersion, kind, removed, replacement, since) => {
  const row = rowOf(apiVersion, kind);
  expect(row?.removed).toBe(removed);
  const best = row && replacementAt(row, KubeVersion.parse(removed));
  expect(`${best?.group}/${best?.version}`).toBe(replacement);
  expect(best?.introduced).toBe(since);
});

test.each([
  ['storage.k8s.io/v1beta1', 'CSIDriver', '1.19'],
  ['extensions/v1beta1', 'NetworkPolicy', '1.8'],
])('where the guide is wrong about %s %s, the row says so', (apiVersion, kind, theirs) => {
  expect(rowOf(apiVersion, kind)?.disagreements).toContainEqual({
    source: 'deprecation guide',
    field: 'replacements[].introduced',
    theirs,
  });
});
