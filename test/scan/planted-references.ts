import type { StoredObject } from '../../simulator/kubernetes/resources/stored-object.ts';
import { metricsService, widget, widgetDefinition } from '../material/kubernetes/sample-objects.ts';

export { widget };

const rbac = 'rbac.authorization.k8s.io';
const admission = 'admissionregistration.k8s.io';

/** An APIService of that group, whose own server answers or does not. */
export function apiServiceOf(group: string, available: boolean): StoredObject {
  const service = metricsService(available);
  const name = `v1beta1.${group}`;
  return { ...service, metadata: { ...service.metadata, name }, spec: { ...(service.spec as object), group } };
}

/** Objects that refer to what is gone, or to what does not answer. */
export const references: readonly StoredObject[] = [
  widgetDefinition,
  metricsService(false),
  {
    apiVersion: `${admission}/v1`,
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: 'guard' },
    webhooks: [
      {
        name: 'pods.guard.example',
        admissionReviewVersions: ['v1'],
        failurePolicy: 'Fail',
        clientConfig: { service: { namespace: 'guard', name: 'guard' } },
        rules: [{ apiGroups: [''], apiVersions: ['v1'], resources: ['pods'], operations: ['CREATE'] }],
      },
      {
        name: 'ingresses.guard.example',
        admissionReviewVersions: ['v1beta1'],
        failurePolicy: 'Ignore',
        clientConfig: { url: 'https://guard.example' },
        rules: [{ apiGroups: ['extensions'], apiVersions: ['v1beta1'], resources: ['ingresses'], operations: ['*'] }],
      },
    ],
  },
  {
    apiVersion: `${admission}/v1`,
    kind: 'ValidatingAdmissionPolicy',
    metadata: { name: 'flows' },
    spec: {
      matchConstraints: {
        resourceRules: [
          { apiGroups: ['flowcontrol.apiserver.k8s.io'], apiVersions: ['v1beta3'], resources: ['flowschemas'] },
        ],
      },
    },
  },
  {
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRole',
    metadata: { name: 'ingress-editor' },
    rules: [{ apiGroups: ['extensions'], resources: ['ingresses'], verbs: ['update'] }],
  },
  {
    apiVersion: `${rbac}/v1`,
    kind: 'ClusterRoleBinding',
    metadata: { name: 'everybody' },
    subjects: [{ kind: 'Group', name: 'system:unauthenticated' }],
    roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: 'ingress-editor' },
  },
];

/** Workloads that the target treats otherwise. */
export const workloads: readonly StoredObject[] = [
  {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: 'checkout-5d',
      namespace: 'shop',
      labels: { team: 'checkout' },
      ownerReferences: [
        { apiVersion: 'argoproj.io/v1alpha1', kind: 'Rollout', name: 'checkout', uid: 'u2', controller: true },
      ],
    },
    spec: {
      replicas: 1,
      template: {
        spec: {
          volumes: [{ name: 'source', gitRepo: { repository: 'https://git.example/checkout' } }],
          containers: [{ name: 'app', image: 'team/checkout:3' }],
        },
      },
    },
  },
];
