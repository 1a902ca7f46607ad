import type { StoredObject } from '../../simulator/kubernetes/resources/stored-object.ts';

/** The one custom resource of a huge cluster: v1 is stored, v1beta1 is served and deprecated. */
export const widgetDefinition: StoredObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.com' },
  spec: {
    group: 'example.com',
    scope: 'Namespaced',
    names: { plural: 'widgets', singular: 'widget', kind: 'Widget', listKind: 'WidgetList' },
    conversion: { strategy: 'None' },
    versions: [
      { name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } },
      {
        ...{ name: 'v1beta1', served: true, storage: false, deprecated: true },
        schema: { openAPIV3Schema: { type: 'object' } },
      },
    ],
  },
  status: {
    acceptedNames: { plural: 'widgets', kind: 'Widget' },
    conditions: [{ type: 'Established', status: 'True', reason: 'InitialNamesAccepted' }],
    storedVersions: ['v1'],
  },
};
