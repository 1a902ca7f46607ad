import type { StoredObject } from '../../simulator/kubernetes/resources/stored-object.ts';

type Manager = readonly [manager: string, operation: 'Apply' | 'Update', apiVersion: string, time: string];

const managedFields = (...managers: readonly Manager[]) =>
  managers.map(([manager, operation, apiVersion, time]) => {
    return { manager, operation, apiVersion, time, fieldsType: 'FieldsV1', fieldsV1: { 'f:spec': {} } };
  });

const applied = (apiVersion: string, kind: string) => ({
  'kubectl.kubernetes.io/last-applied-configuration': JSON.stringify({ apiVersion, kind, metadata: {} }),
});

const flow = 'flowcontrol.apiserver.k8s.io';

/** Objects that somebody writes at an API version of long ago, or seems to. */
export const writtenAtOldVersions: readonly StoredObject[] = [
  {
    apiVersion: `${flow}/v1`,
    kind: 'FlowSchema',
    metadata: {
      name: 'batch',
      managedFields: managedFields(['Terraform', 'Update', `${flow}/v1beta3`, '2025-03-01T10:00:00Z']),
    },
  },
  {
    apiVersion: `${flow}/v1`,
    kind: 'FlowSchema',
    metadata: {
      name: 'service-accounts',
      annotations: { 'apf.kubernetes.io/autoupdate-spec': 'true' },
      managedFields: managedFields([
        'api-priority-and-fairness-config-producer-v1',
        'Apply',
        `${flow}/v1beta3`,
        '2025-03-01T10:00:00Z',
      ]),
    },
  },
  {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: {
      name: 'web',
      namespace: 'shop',
      annotations: applied('autoscaling/v2beta2', 'HorizontalPodAutoscaler'),
      managedFields: managedFields(['argocd-controller', 'Apply', 'autoscaling/v2', '2025-03-01T10:00:00Z']),
    },
    spec: { scaleTargetRef: { apiVersion: 'extensions/v1beta1', kind: 'Deployment', name: 'web' } },
  },
  {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: {
      name: 'web',
      namespace: 'shop',
      labels: { 'kustomize.toolkit.fluxcd.io/name': 'apps', 'kustomize.toolkit.fluxcd.io/namespace': 'flux-system' },
      managedFields: managedFields(['kustomize-controller', 'Apply', 'policy/v1beta1', '2025-03-01T10:00:00Z']),
      ownerReferences: [{ apiVersion: 'extensions/v1beta1', kind: 'Deployment', name: 'web', uid: 'u1' }],
    },
  },
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'web', namespace: 'shop', annotations: applied('networking.k8s.io/v1beta1', 'Ingress') },
  },
  {
    apiVersion: 'example.com/v1',
    kind: 'Widget',
    metadata: {
      name: 'second',
      namespace: 'shop',
      managedFields: managedFields(['old-operator', 'Update', 'example.com/v1alpha1', '2025-03-01T10:00:00Z']),
    },
  },
  {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: 'legacy-x7',
      namespace: 'shop',
      labels: {
        'kubernetes.io/service-name': 'legacy',
        'endpointslice.kubernetes.io/managed-by': 'endpointslicemirroring-controller.k8s.io',
        team: 'shop',
      },
    },
  },
];
