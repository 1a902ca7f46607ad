import { type BuiltInResource, builtIn } from './built-in-resource.ts';

/** Networks, endpoints, leases and events. Served versions as in facts: deprecated-apis.json, `rows`. */
export const networkResources: readonly BuiltInResource[] = [
  builtIn('discovery.k8s.io', 'endpointslices', 'EndpointSlice', {
    versions: [
      { version: 'v1', from: '1.21' },
      { version: 'v1beta1', from: '1.16', deprecated: '1.21', removed: '1.25' },
      { version: 'v1alpha1', from: '1.16', removed: '1.17', offByDefault: true },
    ],
  }),
  builtIn('networking.k8s.io', 'clustercidrs', 'ClusterCIDR', {
    namespaced: false,
    versions: [{ version: 'v1alpha1', from: '1.25', deprecated: '1.28', removed: '1.29', offByDefault: true }],
  }),
  builtIn('networking.k8s.io', 'ingressclasses', 'IngressClass', {
    namespaced: false,
    versions: [
      { version: 'v1', from: '1.19' },
      { version: 'v1beta1', from: '1.18', deprecated: '1.19', removed: '1.22' },
    ],
  }),
  builtIn('networking.k8s.io', 'ingresses', 'Ingress', {
    shortNames: ['ing'],
    versions: [
      { version: 'v1', from: '1.19' },
      { version: 'v1beta1', from: '1.14', deprecated: '1.19', removed: '1.22' },
    ],
  }),
  builtIn('networking.k8s.io', 'ipaddresses', 'IPAddress', {
    namespaced: false,
    shortNames: ['ip'],
    versions: [
      { version: 'v1', from: '1.33' },
      { version: 'v1beta1', from: '1.31', deprecated: '1.34', removed: '1.37', offByDefault: true },
      { version: 'v1alpha1', from: '1.27', deprecated: '1.30', removed: '1.31', offByDefault: true },
    ],
  }),
  builtIn('networking.k8s.io', 'networkpolicies', 'NetworkPolicy', { shortNames: ['netpol'] }),
  builtIn('networking.k8s.io', 'servicecidrs', 'ServiceCIDR', {
    namespaced: false,
    versions: [
      { version: 'v1', from: '1.33' },
      { version: 'v1beta1', from: '1.31', deprecated: '1.34', removed: '1.37', offByDefault: true },
      { version: 'v1alpha1', from: '1.27', deprecated: '1.30', removed: '1.31', offByDefault: true },
    ],
  }),
  builtIn('events.k8s.io', 'events', 'Event', {
    shortNames: ['ev'],
    versions: [
      { version: 'v1', from: '1.19' },
      { version: 'v1beta1', deprecated: '1.22', removed: '1.25' },
    ],
  }),
  builtIn('coordination.k8s.io', 'leasecandidates', 'LeaseCandidate', {
    versions: [
      { version: 'v1beta1', from: '1.33', deprecated: '1.36', removed: '1.39', offByDefault: true },
      { version: 'v1alpha2', from: '1.32', deprecated: '1.35', removed: '1.38', offByDefault: true },
      { version: 'v1alpha1', from: '1.31', removed: '1.32', offByDefault: true },
    ],
  }),
  builtIn('coordination.k8s.io', 'leases', 'Lease', {
    versions: [
      { version: 'v1', from: '1.14' },
      { version: 'v1beta1', from: '1.12', deprecated: '1.19', removed: '1.22' },
    ],
  }),
];
