import type { StoredObject } from '../../../simulator/kubernetes/resources/stored-object.ts';

/** A PodDisruptionBudget that was written at a version of long ago, by two managers. */
export const oldBudget: StoredObject = {
  apiVersion: 'policy/v1beta1',
  kind: 'PodDisruptionBudget',
  metadata: {
    name: 'web',
    namespace: 'payments',
    labels: { app: 'web' },
    annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"apiVersion":"policy/v1beta1"}' },
    managedFields: [
      { manager: 'helm', operation: 'Apply', apiVersion: 'policy/v1beta1', time: '2025-01-01T00:00:00Z', fieldsV1: {} },
    ],
  },
  spec: { minAvailable: 1 },
};

export const flowSchema: StoredObject = {
  apiVersion: 'flowcontrol.apiserver.k8s.io/v1beta3',
  kind: 'FlowSchema',
  metadata: { name: 'slow' },
  spec: { matchingPrecedence: 9_000 },
};

/** `widgets.example.com`: v1 is stored, v1beta1 is deprecated, v1alpha1 is not served any more. */
export const widgetDefinition: StoredObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'widgets', singular: 'widget', kind: 'Widget', shortNames: ['wd'], categories: ['all'] },
    versions: [
      { name: 'v1alpha1', served: false, storage: false },
      { name: 'v1beta1', served: true, storage: false, deprecated: true },
      { name: 'v1', served: true, storage: true },
    ],
  },
  status: { conditions: [{ type: 'Established', status: 'True' }], storedVersions: ['v1beta1', 'v1'] },
};

export const widget: StoredObject = {
  apiVersion: 'example.com/v1beta1',
  kind: 'Widget',
  metadata: { name: 'first', namespace: 'payments' },
  spec: { size: 3 },
};

/** An APIService of another server, which answers or does not. */
export const metricsService = (available: boolean): StoredObject => ({
  apiVersion: 'apiregistration.k8s.io/v1',
  kind: 'APIService',
  metadata: { name: 'v1beta1.metrics.k8s.io' },
  spec: {
    group: 'metrics.k8s.io',
    version: 'v1beta1',
    groupPriorityMinimum: 100,
    versionPriority: 100,
    service: { namespace: 'kube-system', name: 'metrics-server' },
  },
  status: { conditions: [{ type: 'Available', status: available ? 'True' : 'False' }] },
});
