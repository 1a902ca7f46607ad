import type { Observation } from '../judge/observation.ts';
import { type ManifestObject, mappingOf } from '../manifest/manifest-object.ts';
import type { ObjectContext } from '../observe/inspect-object.ts';
import { observePolicy } from './admission-policy.ts';
import { observeApiService } from './api-service.ts';
import type { ClusterFacts } from './cluster-facts.ts';
import { observeDefinition } from './custom-resource-definition.ts';
import { observeDisruptionBudget } from './disruption-budget.ts';
import { observeRole } from './role.ts';
import { observeScaleTarget } from './scale-target.ts';
import { observeWebhooks } from './webhooks.ts';

/** What one object says about other APIs. Some of it is noted in `facts`, to be judged when everything was read. */
export type ObserveReferences = (object: ManifestObject, context: ObjectContext, facts: ClusterFacts) => Observation[];

const observers: Readonly<Record<string, ObserveReferences>> = {
  CustomResourceDefinition: observeDefinition,
  APIService: observeApiService,
  ValidatingWebhookConfiguration: observeWebhooks,
  MutatingWebhookConfiguration: observeWebhooks,
  ValidatingAdmissionPolicy: observePolicy,
  MutatingAdmissionPolicy: observePolicy,
  Role: observeRole,
  ClusterRole: observeRole,
  HorizontalPodAutoscaler: observeScaleTarget,
  PodDisruptionBudget: observeDisruptionBudget,
  StorageClass: (object, _context, facts) => {
    const { annotations } = mappingOf(object.value.metadata);
    const isDefault = mappingOf(annotations)['storageclass.kubernetes.io/is-default-class'] === 'true';
    facts.storageClasses[object.name ?? ''] = isDefault;
    return [];
  },
};

export function observeReferences(object: ManifestObject, context: ObjectContext, facts: ClusterFacts): Observation[] {
  return observers[object.kind]?.(object, context, facts) ?? [];
}
