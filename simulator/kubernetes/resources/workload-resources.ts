import { all, type BuiltInResource, builtIn } from './built-in-resource.ts';

/** What runs: workloads, what scales, schedules and protects them. Served versions as in facts: deprecated-apis.json, `rows`. */
export const workloadResources: readonly BuiltInResource[] = [
  builtIn('apps', 'controllerrevisions', 'ControllerRevision', {
    versions: [
      { version: 'v1' },
      { version: 'v1beta2', deprecated: '1.9', removed: '1.16' },
      { version: 'v1beta1', deprecated: '1.8', removed: '1.16' },
    ],
  }),
  builtIn('apps', 'daemonsets', 'DaemonSet', {
    shortNames: ['ds'],
    categories: all,
    versions: [{ version: 'v1' }, { version: 'v1beta2', deprecated: '1.9', removed: '1.16' }],
  }),
  builtIn('apps', 'deployments', 'Deployment', {
    shortNames: ['deploy'],
    categories: all,
    versions: [
      { version: 'v1' },
      { version: 'v1beta2', deprecated: '1.9', removed: '1.16' },
      { version: 'v1beta1', deprecated: '1.8', removed: '1.16' },
    ],
  }),
  builtIn('apps', 'replicasets', 'ReplicaSet', {
    shortNames: ['rs'],
    categories: all,
    versions: [{ version: 'v1' }, { version: 'v1beta2', deprecated: '1.9', removed: '1.16' }],
  }),
  builtIn('apps', 'statefulsets', 'StatefulSet', {
    shortNames: ['sts'],
    categories: all,
    versions: [
      { version: 'v1' },
      { version: 'v1beta2', deprecated: '1.9', removed: '1.16' },
      { version: 'v1beta1', deprecated: '1.8', removed: '1.16' },
    ],
  }),
  builtIn('autoscaling', 'horizontalpodautoscalers', 'HorizontalPodAutoscaler', {
    shortNames: ['hpa'],
    categories: all,
    versions: [
      { version: 'v2', from: '1.23' },
      { version: 'v1' },
      { version: 'v2beta2', from: '1.12', deprecated: '1.23', removed: '1.26' },
      { version: 'v2beta1', deprecated: '1.22', removed: '1.25' },
    ],
  }),
  builtIn('batch', 'cronjobs', 'CronJob', {
    shortNames: ['cj'],
    categories: all,
    versions: [
      { version: 'v1', from: '1.21' },
      { version: 'v1beta1', deprecated: '1.21', removed: '1.25' },
      { version: 'v2alpha1', removed: '1.21', offByDefault: true },
    ],
  }),
  builtIn('batch', 'jobs', 'Job', { categories: all }),
  builtIn('extensions', 'daemonsets', 'DaemonSet', {
    versions: [{ version: 'v1beta1', deprecated: '1.8', removed: '1.16', replacement: 'apps/v1 DaemonSet' }],
  }),
  builtIn('extensions', 'deployments', 'Deployment', {
    versions: [{ version: 'v1beta1', deprecated: '1.8', removed: '1.16', replacement: 'apps/v1 Deployment' }],
  }),
  builtIn('extensions', 'ingresses', 'Ingress', {
    shortNames: ['ing'],
    versions: [
      { version: 'v1beta1', deprecated: '1.14', removed: '1.22', replacement: 'networking.k8s.io/v1 Ingress' },
    ],
  }),
  builtIn('extensions', 'networkpolicies', 'NetworkPolicy', {
    versions: [
      { version: 'v1beta1', deprecated: '1.9', removed: '1.16', replacement: 'networking.k8s.io/v1 NetworkPolicy' },
    ],
  }),
  builtIn('extensions', 'podsecuritypolicies', 'PodSecurityPolicy', {
    namespaced: false,
    versions: [{ version: 'v1beta1', deprecated: '1.11', removed: '1.16' }],
  }),
  builtIn('extensions', 'replicasets', 'ReplicaSet', {
    versions: [{ version: 'v1beta1', deprecated: '1.8', removed: '1.16', replacement: 'apps/v1 ReplicaSet' }],
  }),
  builtIn('policy', 'poddisruptionbudgets', 'PodDisruptionBudget', {
    shortNames: ['pdb'],
    versions: [
      { version: 'v1', from: '1.21' },
      { version: 'v1beta1', deprecated: '1.21', removed: '1.25' },
    ],
  }),
  builtIn('policy', 'podsecuritypolicies', 'PodSecurityPolicy', {
    namespaced: false,
    shortNames: ['psp'],
    versions: [{ version: 'v1beta1', from: '1.10', deprecated: '1.21', removed: '1.25' }],
  }),
  builtIn('scheduling.k8s.io', 'podgroups', 'PodGroup', {
    versions: [
      { version: 'v1beta1', from: '1.37', deprecated: '1.40', removed: '1.43', offByDefault: true },
      { version: 'v1alpha2', from: '1.36', removed: '1.37', offByDefault: true },
    ],
  }),
  builtIn('scheduling.k8s.io', 'priorityclasses', 'PriorityClass', {
    namespaced: false,
    shortNames: ['pc'],
    versions: [
      { version: 'v1', from: '1.14' },
      { version: 'v1beta1', from: '1.11', deprecated: '1.14', removed: '1.22' },
      { version: 'v1alpha1', deprecated: '1.14', removed: '1.23', offByDefault: true },
    ],
  }),
  builtIn('scheduling.k8s.io', 'workloads', 'Workload', {
    versions: [
      { version: 'v1beta1', from: '1.37', deprecated: '1.40', removed: '1.43', offByDefault: true },
      { version: 'v1alpha2', from: '1.36', removed: '1.37', offByDefault: true },
      { version: 'v1alpha1', from: '1.35', removed: '1.36', offByDefault: true },
    ],
  }),
];
