import { accessResources } from './access-resources.ts';
import type { BuiltInResource } from './built-in-resource.ts';
import { coreResources } from './core-resources.ts';
import { deviceResources } from './device-resources.ts';
import { extensionResources } from './extension-resources.ts';
import { networkResources } from './network-resources.ts';
import { storageResources } from './storage-resources.ts';
import { workloadResources } from './workload-resources.ts';

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
