import { type BuiltInResource, builtIn } from './built-in-resource.ts';

/** Roles and certificates. Served versions as in facts: deprecated-apis.json, `rows`. */
export const accessResources: readonly BuiltInResource[] = [
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
