import { given } from '../../model/given.ts';
import { shellWord } from '../../model/shell-word.ts';
import { type Path, valuesAt } from '../../model/values-at.ts';
import { apiRowsOfGroup, apiRowsOfResource } from '../data/api-table.ts';
import type { ApiReference, Observation } from '../judge/observation.ts';
import {
  isMapping,
  type ManifestObject,
  type Mapping,
  mappingOf,
  mappingsOf,
  textOf,
} from '../manifest/manifest-object.ts';
import { groupVersion } from '../observe/api-version.ts';
import { type ObjectContext, observedOf } from '../observe/object-context.ts';
import { isBuiltIn } from '../workload/pod-detectors.ts';
import type { CalledService, ClusterFacts, CrdVersion } from './cluster-facts.ts';

/** Observes the APIs that one object names. It notes some in `facts`, which are judged when everything was read. */
type ObserveReferences = (object: ManifestObject, context: ObjectContext, facts: ClusterFacts) => Observation[];

export function observeReferences(object: ManifestObject, context: ObjectContext, facts: ClusterFacts): Observation[] {
  return observers.get(object.kind)?.(object, context, facts) ?? [];
}

/**
 * Versions of custom resources. The release of a controller that drops a deprecated or unserved version is blocked while `storedVersions` names it:
 * the API server refuses a definition without a version that objects may be stored at.
 */
const observeDefinition: ObserveReferences = (object, context, facts) => {
  const spec = mappingOf(object.value.spec);
  const versions = versionsOf(spec.versions);
  const kind = textOf(mappingOf(spec.names).kind);
  const group = textOf(spec.group) ?? '';
  if (kind !== undefined) facts.crds[`${group}/${kind}`] = { versions };
  const conversion = mappingOf(spec.conversion);
  if (conversion.strategy === 'Webhook')
    noteService(facts, object, context, {
      clientConfig: mappingOf(conversion.webhook).clientConfig,
      // What is left of an operator converts nothing as long as nobody asks for another version; a list that fails for it is told by itself.
      failsClosed: false,
      about: `conversion of ${object.name ?? kind ?? '?'}`,
    });
  const { storedVersions } = mappingOf(object.value.status);
  const stored = Array.isArray(storedVersions) ? storedVersions.map((version) => textOf(version) ?? '') : [];
  const storage = mappingsOf(spec.versions).find((one) => one.storage === true);
  return stored.flatMap((name): Observation[] => {
    const version = versions.find((one) => one.name === name);
    if (name === textOf(storage?.name) || (version?.served === true && !version.deprecated)) return [];
    const why =
      version === undefined
        ? 'has no such version any more'
        : version.served
          ? 'marks it as deprecated'
          : 'does not serve it';
    return [
      {
        type: 'problem',
        ...observedOf(object, context, [], 'reference'),
        evidence: [`status.storedVersions is ${stored.join(', ')}.`],
        confidence: 'high',
        reason: 'stored-version',
        severity: 'warning',
        message: `Objects of ${object.name ?? kind ?? '?'} may still be stored at ${name}, and the definition ${why}.`,
        fix: `Write every object once (kubectl get ${shellWord(object.name ?? '')} -A -o json | kubectl replace -f -), then take ${name} out of status.storedVersions.`,
      },
    ];
  });
};

function versionsOf(value: unknown): CrdVersion[] {
  return mappingsOf(value).map((version) => ({
    name: textOf(version.name) ?? '',
    served: version.served === true,
    deprecated: version.deprecated === true,
    ...given({ warning: textOf(version.deprecationWarning) }),
  }));
}

/** Notes the Service of a `clientConfig`, whose endpoints are read later; a config with a URL has none. */
function noteService(
  facts: ClusterFacts,
  object: ManifestObject,
  context: ObjectContext,
  { clientConfig, ...use }: Pick<CalledService, 'failsClosed' | 'about'> & { readonly clientConfig: unknown },
): void {
  const service = mappingOf(mappingOf(clientConfig).service);
  const [namespace, name] = [textOf(service.namespace), textOf(service.name)];
  if (namespace === undefined || name === undefined) return;
  facts.services.push({
    namespace,
    name,
    kind: object.kind,
    object: object.name ?? '?',
    ...given({ owner: context.owner }),
    cause: context.cause,
    ...use,
  });
}

/** Rules of admission webhooks, the review versions that they accept, and the Services that must answer. */
const observeWebhooks: ObserveReferences = (object, context, facts) =>
  valuesAt(object.value, 'webhooks[]').flatMap(({ path, value }): Observation[] => {
    if (!isMapping(value)) return [];
    noteService(facts, object, context, {
      clientConfig: value.clientConfig,
      // `Fail` is the default of v1; v1beta1, which no served object has any more, had Ignore. A webhook without rules is never called.
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
      ...observedOf(object, context, [...path, 'admissionReviewVersions'], 'reference'),
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

/** Rules of a ValidatingAdmissionPolicy that name removed versions: with `matchPolicy: Exact` they match nothing any more. */
const observePolicy: ObserveReferences = (object, context) =>
  valuesAt(object.value, 'spec.matchConstraints.resourceRules[]').flatMap(({ path, value }) =>
    isMapping(value) ? rulesNaming(object, context, value, path, 'A rule of the policy names') : [],
  );

/**
 * A rule of a webhook or policy, which names groups, versions and resources. It still matches by its other versions when one is removed. It guards
 * nothing only where every version that it names for a resource is removed.
 */
function rulesNaming(
  object: ManifestObject,
  context: ObjectContext,
  rule: Mapping,
  path: Path,
  says: string,
): Observation[] {
  const groups = texts(rule.apiGroups).filter((group) => group !== '*');
  const resources = texts(rule.resources).filter((resource) => !resource.includes('*'));
  const versions = texts(rule.apiVersions);
  const [version] = versions.length === 1 && versions[0] !== '*' ? versions : [];
  return groups.flatMap((group) =>
    resources.flatMap((resource) =>
      referenceOf(object, context, {
        named: { group, ...given({ version }), resource },
        says,
        severity: 'warning',
        consequence: 'requests for the versions that are served may pass without it',
        path,
        evidence:
          version === undefined
            ? `It matches ${resource} of ${group === '' ? 'the core group' : group}.`
            : `It matches only ${group}/${version} ${resource}.`,
      }),
    ),
  );
}

const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item) => typeof item === 'string') : [];

/** Permissions on resources of removed groups: the role keeps the rule, which has no effect. */
const observeRole: ObserveReferences = (object, context) => {
  if (isBuiltIn(object.value)) return [];
  const [first, ...others] = valuesAt(object.value, 'rules[]').flatMap(({ path, value }) => {
    if (!isMapping(value)) return [];
    const groups = namedIn(value.apiGroups);
    return groups.flatMap((group) =>
      namedIn(value.resources)
        .filter((resource) => !isNamedAnew(group, resource, groups))
        .flatMap((resource) =>
          referenceOf(object, context, {
            named: { group, resource },
            says: 'The role names',
            severity: 'warning',
            consequence: 'it gives no right any more',
            path,
            evidence: `A rule names ${resource} of the group "${group}".`,
          }),
        ),
    );
  });
  if (first === undefined) return [];
  // A role is repaired as a whole, so twenty rules are one finding.
  const also = others.map(({ named, evidence, location }) => ({ named, evidence, ...given({ location }) }));
  return [also.length === 0 ? first : { ...first, also }];
};

/** `[extensions, networking.k8s.io] [ingresses]` supports old clusters and new ones: the rule names the replacement too. */
const isNamedAnew = (group: string, resource: string, groups: readonly string[]): boolean =>
  apiRowsOfResource(group, resource).some(({ replacements }) =>
    replacements.some((replacement) => replacement.group !== group && groups.includes(replacement.group)),
  );

const namedIn = (value: unknown): string[] =>
  Array.isArray(value) ? value.flatMap((item) => (item === '*' ? [] : item === '' ? [''] : (textOf(item) ?? []))) : [];

/** The server of an aggregated API does not answer: discovery is slow, namespaces cannot be deleted, and its resources are not known. */
const observeApiService: ObserveReferences = (object, context) => {
  const { conditions } = mappingOf(object.value.status);
  const available = mappingsOf(conditions).find(({ type }) => type === 'Available');
  if (available === undefined || available.status === 'True') return [];
  const service = mappingOf(mappingOf(object.value.spec).service);
  const behind =
    textOf(service.name) === undefined ? '' : ` (Service ${textOf(service.namespace)}/${textOf(service.name)})`;
  return [
    {
      type: 'problem',
      ...observedOf(object, context, [], 'reference'),
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
 * A budget of policy/v1beta1 with an empty selector guards nothing. The same text as policy/v1 guards every pod of the namespace, and blocks drains
 * (Kubernetes deprecation guide, 1.25).
 */
export const observeDisruptionBudget: ObserveReferences = (object, context) => {
  if (object.apiVersion !== 'policy/v1beta1') return [];
  const { selector } = mappingOf(object.value.spec);
  if (!isMapping(selector)) return [];
  const { matchLabels, matchExpressions } = selector;
  if (Object.keys(mappingOf(matchLabels)).length > 0) return [];
  if (Array.isArray(matchExpressions) && matchExpressions.length > 0) return [];
  return [
    {
      type: 'problem',
      ...observedOf(object, context, ['spec', 'selector'], 'reference'),
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

/**
 * The target of an autoscaler. Its controller looks for the kind in the group at any version, so it fails only where the group has lost the kind
 * (kubernetes/kubernetes, pkg/controller/podautoscaler: RESTMappings of the group and kind).
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

const observers = new Map<string, ObserveReferences>(
  Object.entries({
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
      // Kubernetes heeds the older annotation, too (IsDefaultAnnotation of pkg/volume/util).
      const isDefault = ['', 'beta.'].some(
        (beta) => mappingOf(annotations)[`storageclass.${beta}kubernetes.io/is-default-class`] === 'true',
      );
      facts.storageClasses[object.name ?? ''] = isDefault;
      return [];
    },
  }),
);

type Said = Pick<ApiReference, 'named' | 'says' | 'severity' | 'consequence'> & {
  readonly path: Path;
  readonly evidence: string;
};

/** An object names an API. An API that no release deprecated or removed gives no reference, and that is nearly every one. */
function referenceOf(
  object: ManifestObject,
  context: ObjectContext,
  { path, evidence, ...said }: Said,
): ApiReference[] {
  if (!isEverGivenUp(said.named)) return [];
  const observed = observedOf(object, context, path, 'reference');
  return [{ type: 'reference', ...said, ...observed, evidence: [evidence, ...context.evidence], confidence: 'high' }];
}

const isEverGivenUp = ({ group, version, resource, kind }: ApiReference['named']): boolean =>
  apiRowsOfGroup(group).some(
    (row) =>
      (version === undefined || row.version === version) &&
      (resource === undefined ? row.kind === kind : row.resource === resource.split('/')[0]),
  );

/**
 * Owners are looked up at exactly the recorded version. Where it is removed, the garbage collector can neither keep nor delete the object on purpose
 * (kubernetes/kubernetes, pkg/controller/garbagecollector: RESTMapping of the kind and version).
 */
export function observeOwnerReferences(object: ManifestObject, context: ObjectContext): ApiReference[] {
  const owners = mappingOf(object.value.metadata).ownerReferences;
  if (!Array.isArray(owners)) return [];
  return owners.filter(isMapping).flatMap((owner, index) => {
    const [apiVersion, kind] = [textOf(owner.apiVersion), textOf(owner.kind)];
    if (apiVersion === undefined || kind === undefined) return [];
    return referenceOf(object, context, {
      named: { ...groupVersion(apiVersion), kind },
      says: 'Its ownerReferences name',
      severity: 'warning',
      consequence: 'the garbage collector cannot look its owner up',
      path: ['metadata', 'ownerReferences', index, 'apiVersion'],
      evidence: `Its owner is ${apiVersion} ${kind}.`,
    });
  });
}
