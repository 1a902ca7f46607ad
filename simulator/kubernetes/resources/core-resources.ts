import { all, type BuiltInResource, builtIn, reads } from './built-in-resource.ts';

/** The core group. Served versions as in facts: deprecated-apis.json, `rows`. */
export const coreResources: readonly BuiltInResource[] = [
  builtIn('', 'componentstatuses', 'ComponentStatus', {
    namespaced: false,
    shortNames: ['cs'],
    versions: [{ version: 'v1', deprecated: '1.19' }],
  }),
  builtIn('', 'configmaps', 'ConfigMap', { shortNames: ['cm'] }),
  builtIn('', 'endpoints', 'Endpoints', {
    shortNames: ['ep'],
    versions: [{ version: 'v1', deprecated: '1.33', replacement: 'discovery.k8s.io/v1 EndpointSlice' }],
  }),
  builtIn('', 'events', 'Event', { shortNames: ['ev'] }),
  builtIn('', 'limitranges', 'LimitRange', { shortNames: ['limits'] }),
  builtIn('', 'namespaces', 'Namespace', { namespaced: false, shortNames: ['ns'] }),
  builtIn('', 'nodes', 'Node', { namespaced: false, shortNames: ['no'], verbs: [...reads, 'patch', 'update'] }),
  builtIn('', 'persistentvolumeclaims', 'PersistentVolumeClaim', { shortNames: ['pvc'] }),
  builtIn('', 'persistentvolumes', 'PersistentVolume', { namespaced: false, shortNames: ['pv'] }),
  builtIn('', 'pods', 'Pod', { shortNames: ['po'], categories: all }),
  builtIn('', 'podtemplates', 'PodTemplate'),
  builtIn('', 'replicationcontrollers', 'ReplicationController', { shortNames: ['rc'], categories: all }),
  builtIn('', 'resourcequotas', 'ResourceQuota', { shortNames: ['quota'] }),
  builtIn('', 'secrets', 'Secret'),
  builtIn('', 'serviceaccounts', 'ServiceAccount', { shortNames: ['sa'] }),
  builtIn('', 'services', 'Service', { shortNames: ['svc'], categories: all }),
];
