import { isMapping, mappingOf } from '../manifest/manifest-object.ts';
import type { ObserveReferences } from './observe-references.ts';
import { observedOf } from './reference-of.ts';

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
