import type { Observation } from '../judge/observation.ts';
import { isMapping, type ManifestObject, mappingOf, textOf } from '../manifest/manifest-object.ts';
import { groupVersion } from '../observe/api-version.ts';
import type { ObjectContext } from '../observe/inspect-object.ts';
import type { ClusterFacts } from './cluster-facts.ts';
import { observeDefinition } from './custom-resource-definition.ts';
import { observedOf, referenceOf } from './reference-of.ts';
import { observeRole } from './role.ts';
import { observePolicy, observeWebhooks } from './webhooks.ts';

/** What one object says about other APIs. Some of it is noted in `facts`, to be judged when everything was read. */
export type ObserveReferences = (object: ManifestObject, context: ObjectContext, facts: ClusterFacts) => Observation[];

export function observeReferences(object: ManifestObject, context: ObjectContext, facts: ClusterFacts): Observation[] {
  return observers[object.kind]?.(object, context, facts) ?? [];
}

/** An aggregated API whose server does not answer: discovery is slow, namespaces cannot be deleted, and nobody knows what it served. */
const observeApiService: ObserveReferences = (object, context) => {
  const { conditions } = mappingOf(object.value.status);
  const available = (Array.isArray(conditions) ? conditions.filter(isMapping) : []).find(
    ({ type }) => type === 'Available',
  );
  if (available === undefined || available.status === 'True') return [];
  const service = mappingOf(mappingOf(object.value.spec).service);
  const behind =
    textOf(service.name) === undefined ? '' : ` (Service ${textOf(service.namespace)}/${textOf(service.name)})`;
  return [
    {
      type: 'problem',
      ...observedOf(object, context, []),
      evidence: [
        `Available is ${textOf(available.status) ?? 'unknown'}: ${textOf(available.reason) ?? 'no reason given'}.`,
      ],
      confidence: 'high',
      reason: 'unavailable',
      severity: 'warning',
      message: `The aggregated API ${object.name ?? '?'} does not answer${behind}.`,
      fix: `Bring back what serves it, or delete the APIService ${object.name ?? ''} if nothing uses it.`,
    },
  ];
};

/**
 * A budget of policy/v1beta1 with an empty selector guards nothing; the same text as policy/v1 guards every pod of the namespace, and then
 * drains stop on it (Kubernetes deprecation guide, 1.25).
 */
export const observeDisruptionBudget: ObserveReferences = (object, context) => {
  if (object.apiVersion !== 'policy/v1beta1') return [];
  const { selector } = mappingOf(object.value.spec);
  if (selector === undefined || selector === null || !isMapping(selector)) return [];
  const conditions = [...Object.values(mappingOf(selector.matchLabels)), ...expressionsOf(selector.matchExpressions)];
  if (conditions.length > 0) return [];
  return [
    {
      type: 'problem',
      ...observedOf(object, context, ['spec', 'selector']),
      evidence: ['spec.selector is empty.', ...context.evidence],
      confidence: 'high',
      reason: 'behaviour-change',
      severity: 'warning',
      fromMinor: '1.21',
      message: `PodDisruptionBudget ${object.name ?? ''} selects no pod in policy/v1beta1 and every pod of its namespace in policy/v1.`,
      fix: 'Write the labels of the pods that are meant into spec.selector before you change apiVersion, or delete the budget.',
    },
  ];
};

const expressionsOf = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);

/**
 * What an autoscaler scales. Its controller looks for the kind in the group, whatever the version, so only a group that has lost the kind
 * stops it (kubernetes/kubernetes, pkg/controller/podautoscaler: RESTMappings of the group and kind).
 */
const observeScaleTarget: ObserveReferences = (object, context) => {
  const target = mappingOf(mappingOf(object.value.spec).scaleTargetRef);
  const [apiVersion, kind] = [textOf(target.apiVersion), textOf(target.kind)];
  if (apiVersion === undefined || kind === undefined) return [];
  const { group } = groupVersion(apiVersion);
  return referenceOf(object, context, {
    named: { group, kind },
    says: 'Its scaleTargetRef names',
    severity: 'error',
    consequence: 'the autoscaler finds nothing to scale',
    path: ['spec', 'scaleTargetRef', 'apiVersion'],
    evidence: `scaleTargetRef is ${apiVersion} ${kind}.`,
  });
};

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
