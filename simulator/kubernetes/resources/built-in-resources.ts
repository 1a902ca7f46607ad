import { all, type BuiltInResource, builtIn, reads } from './built-in-resource.ts';
import { deviceResources } from './device-resources.ts';
import { extensionResources } from './extension-resources.ts';
import { storageResources } from './storage-resources.ts';
import { workloadResources } from './workload-resources.ts';

/** Networks, endpoints, leases and events. Served versions as in facts: deprecated-apis.json, `rows`. */
const networkResources: readonly BuiltInResource[] = [
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

/** The core group. Served versions as in facts: deprecated-apis.json, `rows`. */
const coreResources: readonly BuiltInResource[] = [
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

/** Roles and certificates. Served versions as in facts: deprecated-apis.json, `rows`. */
const accessResources: readonly BuiltInResource[] = [
  builtIn('certificates.k8s.io', 'certificatesigningrequests', 'CertificateSigningRequest', {
    namespaced: false,
    shortNames: ['csr'],
    versions: [
      { version: 'v1', from: '1.19' },
      { version: 'v1beta1', from: '1.12', deprecated: '1.19', removed: '1.22' },
    ],
  }),
  builtIn('certificates.k8s.io', 'clustertrustbundles', 'ClusterTrustBundle', {
    namespaced: false,
    versions: [
      { version: 'v1', from: '1.37' },
      { version: 'v1beta1', from: '1.33', deprecated: '1.37', removed: '1.40', offByDefault: true },
      { version: 'v1alpha1', from: '1.26', deprecated: '1.34', removed: '1.37', offByDefault: true },
    ],
  }),
  builtIn('certificates.k8s.io', 'podcertificaterequests', 'PodCertificateRequest', {
    versions: [
      { version: 'v1', from: '1.37' },
      { version: 'v1beta1', from: '1.35', deprecated: '1.37', removed: '1.40', offByDefault: true },
      { version: 'v1alpha1', from: '1.34', removed: '1.35', offByDefault: true },
    ],
  }),
  builtIn('rbac.authorization.k8s.io', 'clusterrolebindings', 'ClusterRoleBinding', {
    namespaced: false,
    versions: [
      { version: 'v1' },
      { version: 'v1beta1', deprecated: '1.17', removed: '1.22' },
      { version: 'v1alpha1', deprecated: '1.17', removed: '1.23', offByDefault: true },
    ],
  }),
  builtIn('rbac.authorization.k8s.io', 'clusterroles', 'ClusterRole', {
    namespaced: false,
    versions: [
      { version: 'v1' },
      { version: 'v1beta1', deprecated: '1.17', removed: '1.22' },
      { version: 'v1alpha1', deprecated: '1.17', removed: '1.23', offByDefault: true },
    ],
  }),
  builtIn('rbac.authorization.k8s.io', 'rolebindings', 'RoleBinding', {
    versions: [
      { version: 'v1' },
      { version: 'v1beta1', deprecated: '1.17', removed: '1.22' },
      { version: 'v1alpha1', deprecated: '1.17', removed: '1.23', offByDefault: true },
    ],
  }),
  builtIn('rbac.authorization.k8s.io', 'roles', 'Role', {
    versions: [
      { version: 'v1' },
      { version: 'v1beta1', deprecated: '1.17', removed: '1.22' },
      { version: 'v1alpha1', deprecated: '1.17', removed: '1.23', offByDefault: true },
    ],
  }),
];

/** Everything that Kubernetes brings along and keeps; reviews are not kept (server/reviews.ts). */
export const builtInResources: readonly BuiltInResource[] = [
  ...coreResources,
  ...workloadResources,
  ...networkResources,
  ...storageResources,
  ...accessResources,
  ...extensionResources,
  ...deviceResources,
];
