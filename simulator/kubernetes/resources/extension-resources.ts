import { type BuiltInResource, builtIn } from './built-in-resource.ts';

/** What extends the API server, and what it lets through. Served versions as in facts: deprecated-apis.json, `rows`. */
export const extensionResources: readonly BuiltInResource[] = [
  builtIn('admissionregistration.k8s.io', 'mutatingadmissionpolicies', 'MutatingAdmissionPolicy', {
    namespaced: false,
    versions: [
      { version: 'v1', from: '1.36' },
      { version: 'v1beta1', from: '1.34', deprecated: '1.37', removed: '1.40', offByDefault: true },
      { version: 'v1alpha1', from: '1.32', deprecated: '1.35', removed: '1.38', offByDefault: true },
    ],
  }),
  builtIn('admissionregistration.k8s.io', 'mutatingadmissionpolicybindings', 'MutatingAdmissionPolicyBinding', {
    namespaced: false,
    versions: [
      { version: 'v1', from: '1.36' },
      { version: 'v1beta1', from: '1.34', deprecated: '1.37', removed: '1.40', offByDefault: true },
      { version: 'v1alpha1', from: '1.32', deprecated: '1.35', removed: '1.38', offByDefault: true },
    ],
  }),
  builtIn('admissionregistration.k8s.io', 'mutatingwebhookconfigurations', 'MutatingWebhookConfiguration', {
    namespaced: false,
    versions: [
      { version: 'v1', from: '1.16' },
      { version: 'v1beta1', from: '1.9', deprecated: '1.16', removed: '1.22' },
    ],
  }),
  builtIn('admissionregistration.k8s.io', 'validatingadmissionpolicies', 'ValidatingAdmissionPolicy', {
    namespaced: false,
    versions: [
      { version: 'v1', from: '1.30' },
      { version: 'v1beta1', from: '1.28', deprecated: '1.31', removed: '1.34', offByDefault: true },
      { version: 'v1alpha1', from: '1.26', deprecated: '1.29', removed: '1.32', offByDefault: true },
    ],
  }),
  builtIn('admissionregistration.k8s.io', 'validatingadmissionpolicybindings', 'ValidatingAdmissionPolicyBinding', {
    namespaced: false,
    versions: [
      { version: 'v1', from: '1.30' },
      { version: 'v1beta1', from: '1.28', deprecated: '1.31', removed: '1.34', offByDefault: true },
      { version: 'v1alpha1', from: '1.26', deprecated: '1.29', removed: '1.32', offByDefault: true },
    ],
  }),
  builtIn('admissionregistration.k8s.io', 'validatingwebhookconfigurations', 'ValidatingWebhookConfiguration', {
    namespaced: false,
    versions: [
      { version: 'v1', from: '1.16' },
      { version: 'v1beta1', from: '1.9', deprecated: '1.16', removed: '1.22' },
    ],
  }),
  builtIn('apiextensions.k8s.io', 'customresourcedefinitions', 'CustomResourceDefinition', {
    namespaced: false,
    shortNames: ['crd', 'crds'],
    versions: [
      { version: 'v1', from: '1.16' },
      { version: 'v1beta1', deprecated: '1.16', removed: '1.22' },
    ],
  }),
  builtIn('apiregistration.k8s.io', 'apiservices', 'APIService', {
    namespaced: false,
    versions: [
      { version: 'v1', from: '1.10' },
      { version: 'v1beta1', deprecated: '1.19', removed: '1.22' },
    ],
  }),
  builtIn('flowcontrol.apiserver.k8s.io', 'flowschemas', 'FlowSchema', {
    namespaced: false,
    versions: [
      { version: 'v1', from: '1.29' },
      { version: 'v1beta3', from: '1.26', deprecated: '1.29', removed: '1.32' },
      { version: 'v1beta2', from: '1.23', deprecated: '1.26', removed: '1.29' },
      { version: 'v1beta1', from: '1.20', deprecated: '1.23', removed: '1.26' },
      { version: 'v1alpha1', from: '1.18', deprecated: '1.20', removed: '1.21', offByDefault: true },
    ],
  }),
  builtIn('flowcontrol.apiserver.k8s.io', 'prioritylevelconfigurations', 'PriorityLevelConfiguration', {
    namespaced: false,
    versions: [
      { version: 'v1', from: '1.29' },
      { version: 'v1beta3', from: '1.26', deprecated: '1.29', removed: '1.32' },
      { version: 'v1beta2', from: '1.23', deprecated: '1.26', removed: '1.29' },
      { version: 'v1beta1', from: '1.20', deprecated: '1.23', removed: '1.26' },
      { version: 'v1alpha1', from: '1.18', deprecated: '1.20', removed: '1.21', offByDefault: true },
    ],
  }),
];
