import { type BuiltInResource, builtIn } from './built-in-resource.ts';

/** Dynamic resource allocation. EKS turns its v1beta1 on from 1.33 (facts: deprecated-apis.md §0). Served versions as in facts: deprecated-apis.json, `rows`. */
export const deviceResources: readonly BuiltInResource[] = [
  builtIn('resource.k8s.io', 'deviceclasses', 'DeviceClass', {
    namespaced: false,
    versions: [
      { version: 'v1', from: '1.34' },
      { version: 'v1beta2', from: '1.33', deprecated: '1.36', removed: '1.39', offByDefault: true },
      {
        version: 'v1beta1',
        from: '1.32',
        deprecated: '1.35',
        removed: '1.38',
        offByDefault: true,
        onInEksFrom: '1.33',
      },
      { version: 'v1alpha3', from: '1.31', deprecated: '1.34', removed: '1.34', offByDefault: true },
    ],
  }),
  builtIn('resource.k8s.io', 'devicetaintrules', 'DeviceTaintRule', {
    namespaced: false,
    versions: [
      { version: 'v1', from: '1.37' },
      { version: 'v1beta2', from: '1.36', deprecated: '1.39', removed: '1.42', offByDefault: true },
      { version: 'v1alpha3', from: '1.33', deprecated: '1.36', removed: '1.39', offByDefault: true },
    ],
  }),
  builtIn('resource.k8s.io', 'podschedulingcontexts', 'PodSchedulingContext', {
    versions: [
      { version: 'v1alpha3', from: '1.31', removed: '1.32', offByDefault: true },
      { version: 'v1alpha2', from: '1.27', removed: '1.31', offByDefault: true },
    ],
  }),
  builtIn('resource.k8s.io', 'podschedulings', 'PodScheduling', {
    versions: [{ version: 'v1alpha1', from: '1.26', removed: '1.27', offByDefault: true }],
  }),
  builtIn('resource.k8s.io', 'resourceclaimparameters', 'ResourceClaimParameters', {
    versions: [{ version: 'v1alpha2', from: '1.30', removed: '1.31', offByDefault: true }],
  }),
  builtIn('resource.k8s.io', 'resourceclaims', 'ResourceClaim', {
    versions: [
      { version: 'v1', from: '1.34' },
      { version: 'v1beta2', from: '1.33', deprecated: '1.36', removed: '1.39', offByDefault: true },
      {
        version: 'v1beta1',
        from: '1.32',
        deprecated: '1.35',
        removed: '1.38',
        offByDefault: true,
        onInEksFrom: '1.33',
      },
      { version: 'v1alpha3', from: '1.31', deprecated: '1.34', removed: '1.34', offByDefault: true },
      { version: 'v1alpha2', from: '1.27', removed: '1.31', offByDefault: true },
      { version: 'v1alpha1', from: '1.26', removed: '1.27', offByDefault: true },
    ],
  }),
  builtIn('resource.k8s.io', 'resourceclaimtemplates', 'ResourceClaimTemplate', {
    versions: [
      { version: 'v1', from: '1.34' },
      { version: 'v1beta2', from: '1.33', deprecated: '1.36', removed: '1.39', offByDefault: true },
      {
        version: 'v1beta1',
        from: '1.32',
        deprecated: '1.35',
        removed: '1.38',
        offByDefault: true,
        onInEksFrom: '1.33',
      },
      { version: 'v1alpha3', from: '1.31', deprecated: '1.34', removed: '1.34', offByDefault: true },
      { version: 'v1alpha2', from: '1.27', removed: '1.31', offByDefault: true },
      { version: 'v1alpha1', from: '1.26', removed: '1.27', offByDefault: true },
    ],
  }),
  builtIn('resource.k8s.io', 'resourceclasses', 'ResourceClass', {
    namespaced: false,
    versions: [
      {
        version: 'v1alpha2',
        from: '1.27',
        removed: '1.31',
        offByDefault: true,
        replacement: 'resource.k8s.io/v1 DeviceClass',
      },
      {
        version: 'v1alpha1',
        from: '1.26',
        removed: '1.27',
        offByDefault: true,
        replacement: 'resource.k8s.io/v1 DeviceClass',
      },
    ],
  }),
  builtIn('resource.k8s.io', 'resourceclassparameters', 'ResourceClassParameters', {
    versions: [{ version: 'v1alpha2', from: '1.30', removed: '1.31', offByDefault: true }],
  }),
  builtIn('resource.k8s.io', 'resourcepoolstatusrequests', 'ResourcePoolStatusRequest', {
    namespaced: false,
    versions: [{ version: 'v1alpha3', from: '1.36', deprecated: '1.39', removed: '1.42', offByDefault: true }],
  }),
  builtIn('resource.k8s.io', 'resourceslices', 'ResourceSlice', {
    namespaced: false,
    versions: [
      { version: 'v1', from: '1.34' },
      { version: 'v1beta2', from: '1.33', deprecated: '1.36', removed: '1.39', offByDefault: true },
      {
        version: 'v1beta1',
        from: '1.32',
        deprecated: '1.35',
        removed: '1.38',
        offByDefault: true,
        onInEksFrom: '1.33',
      },
      { version: 'v1alpha3', from: '1.31', deprecated: '1.34', removed: '1.34', offByDefault: true },
      { version: 'v1alpha2', from: '1.30', removed: '1.31', offByDefault: true },
    ],
  }),
];
