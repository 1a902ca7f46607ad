import type { Observation } from '../judge/observation.ts';
import { isMapping, type ManifestObject, type Mapping, textOf } from '../manifest/manifest-object.ts';
import type { Path } from '../manifest/positions.ts';
import type { ObjectContext } from '../observe/inspect-object.ts';
import { valuesAt } from '../workload/values-at.ts';
import { noteService } from './note-service.ts';
import type { ObserveReferences } from './observe-references.ts';
import { observedOf, referenceOf } from './reference-of.ts';

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

/** Rules of a ValidatingAdmissionPolicy that name versions which are gone: with `matchPolicy: Exact` they match nothing any more. */
export const observePolicy: ObserveReferences = (object, context) =>
  valuesAt(object.value, 'spec.matchConstraints.resourceRules[]').flatMap(({ path, value }) =>
    isMapping(value) ? rulesNaming(object, context, value, path, 'A rule of the policy names') : [],
  );

/**
 * A rule of a webhook or policy, which names groups, versions and resources. What is left of it when a version goes still matches; only
 * where every version that it names is gone for a resource does it guard nothing.
 */
function rulesNaming(
  object: ManifestObject,
  context: ObjectContext,
  rule: Mapping,
  path: Path,
  says: string,
): Observation[] {
  const [groups, versions, resources] = [texts(rule.apiGroups), texts(rule.apiVersions), texts(rule.resources)];
  if (versions.length !== 1 || versions[0] === '*') return groups.flatMap((group) => vanished(group));
  const [version = ''] = versions;
  return groups
    .filter((group) => group !== '*')
    .flatMap((group) =>
      resources
        .filter((resource) => !resource.includes('*'))
        .flatMap((resource) =>
          reference({ group, version, resource }, `It matches only ${group}/${version} ${resource}.`),
        ),
    );

  function vanished(group: string): Observation[] {
    if (group === '*') return [];
    return resources
      .filter((resource) => !resource.includes('*'))
      .flatMap((resource) =>
        reference({ group, resource }, `It matches ${resource} of ${group === '' ? 'the core group' : group}.`),
      );
  }

  function reference(named: { group: string; version?: string; resource: string }, evidence: string): Observation[] {
    const consequence = 'requests for the versions that are served may pass without it';
    return referenceOf(object, context, { named, says, severity: 'warning', consequence, path, evidence });
  }
}

const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];
