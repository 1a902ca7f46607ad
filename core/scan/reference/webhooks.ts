import type { Observation } from '../judge/observation.ts';
import { isMapping, type Mapping, textOf } from '../manifest/manifest-object.ts';
import { valuesAt } from '../workload/values-at.ts';
import { noteService } from './note-service.ts';
import type { ObserveReferences } from './observe-references.ts';
import { observedOf } from './reference-of.ts';
import { rulesNaming } from './webhook-rules.ts';

/** Rules of admission webhooks, the review versions that they understand, and the Services that must answer. */
export const observeWebhooks: ObserveReferences = (object, context, facts) =>
  valuesAt(object.value, 'webhooks[]').flatMap(({ path, value }): Observation[] => {
    if (!isMapping(value)) return [];
    noteService(facts, object, context, {
      clientConfig: value.clientConfig,
      // The default of v1; in v1beta1, which no served object has any more, it was Ignore. Without rules it is never asked.
      failsClosed: value.failurePolicy !== 'Ignore' && valuesAt(value, 'rules[].resources[]').length > 0,
      about: aboutOf(value),
    });
    const rules = valuesAt(value, 'rules[]').flatMap(({ path: place, value: rule }) =>
      isMapping(rule) ? rulesNaming(object, context, rule, [...path, ...place], 'A rule of the webhook names') : [],
    );
    const versions = Array.isArray(value.admissionReviewVersions) ? value.admissionReviewVersions.map(textOf) : ['v1'];
    if (versions.includes('v1')) return rules;
    const problem: Observation = {
      type: 'problem',
      ...observedOf(object, context, [...path, 'admissionReviewVersions']),
      evidence: [`admissionReviewVersions is ${versions.join(', ')}.`, ...context.evidence],
      confidence: 'high',
      reason: 'deprecated',
      severity: 'warning',
      message: `A webhook of ${object.name ?? 'it'} understands only AdmissionReview ${versions.join(', ')}, which is deprecated since Kubernetes 1.19.`,
      fix: 'Update what serves the webhook to one that understands v1, and add v1 to admissionReviewVersions.',
    };
    return [...rules, problem];
  });

function aboutOf(webhook: Mapping): string {
  const resources = valuesAt(webhook, 'rules[].resources[]').flatMap(({ value }) => textOf(value) ?? []);
  return [...new Set(resources)].slice(0, 8).join(', ') || 'nothing';
}
