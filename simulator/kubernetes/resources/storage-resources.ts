import { type BuiltInResource, builtIn } from './built-in-resource.ts';

/** Storage, storage versions and runtimes. Served versions as in facts: deprecated-apis.json, `rows`. */
export const storageResources: readonly BuiltInResource[] = [
  builtIn('storage.k8s.io', 'csidrivers', 'CSIDriver', {
    namespaced: false,
    versions: [
      { version: 'v1', from: '1.18' },
      { version: 'v1beta1', from: '1.14', deprecated: '1.19', removed: '1.22' },
    ],
  }),
  builtIn('storage.k8s.io', 'csinodes', 'CSINode', {
    namespaced: false,
    versions: [
      { version: 'v1', from: '1.17' },
      { version: 'v1beta1', from: '1.14', deprecated: '1.17', removed: '1.22' },
    ],
  }),
  builtIn('storage.k8s.io', 'csistoragecapacities', 'CSIStorageCapacity', {
    versions: [
      { version: 'v1', from: '1.24' },
      { version: 'v1beta1', from: '1.21', deprecated: '1.24', removed: '1.27' },
      { version: 'v1alpha1', from: '1.19', deprecated: '1.21', removed: '1.24', offByDefault: true },
    ],
  }),
  builtIn('storage.k8s.io', 'storageclasses', 'StorageClass', {
    namespaced: false,
    shortNames: ['sc'],
    versions: [{ version: 'v1' }, { version: 'v1beta1', deprecated: '1.19', removed: '1.22' }],
  }),
  builtIn('storage.k8s.io', 'volumeattachments', 'VolumeAttachment', {
    namespaced: false,
    versions: [
      { version: 'v1', from: '1.13' },
      { version: 'v1beta1', from: '1.10', deprecated: '1.19', removed: '1.22' },
      { version: 'v1alpha1', from: '1.9', deprecated: '1.21', removed: '1.23', offByDefault: true },
    ],
  }),
  builtIn('storage.k8s.io', 'volumeattributesclasses', 'VolumeAttributesClass', {
    namespaced: false,
    shortNames: ['vac'],
    versions: [
      { version: 'v1', from: '1.34' },
      {
        version: 'v1beta1',
        from: '1.31',
        deprecated: '1.34',
        removed: '1.37',
        offByDefault: true,
        onInEksFrom: '1.31',
      },
      { version: 'v1alpha1', from: '1.29', deprecated: '1.32', removed: '1.35', offByDefault: true },
    ],
  }),
  builtIn('storagemigration.k8s.io', 'storageversionmigrations', 'StorageVersionMigration', {
    namespaced: false,
    versions: [
      { version: 'v1', from: '1.37' },
      { version: 'v1beta1', from: '1.35', deprecated: '1.37', removed: '1.40', offByDefault: true },
      { version: 'v1alpha1', from: '1.30', deprecated: '1.33', removed: '1.35', offByDefault: true },
    ],
  }),
  builtIn('node.k8s.io', 'runtimeclasses', 'RuntimeClass', {
    namespaced: false,
    versions: [
      { version: 'v1', from: '1.20' },
      { version: 'v1beta1', from: '1.13', deprecated: '1.22', removed: '1.25' },
      { version: 'v1alpha1', from: '1.14', removed: '1.24', offByDefault: true },
    ],
  }),
];
