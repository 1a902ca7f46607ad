import type { GroupVersionKind } from '../../../core/scan/data/api-row.ts';
import { type Attributes, grantedRules, isAllowed, userName } from '../permissions.ts';
import { type Answer, type Call, json, readBody } from './call.ts';
import { badRequest } from './refusals.ts';

/** Objects that are not stored: a creation is a question, and the status is its answer. */
export interface ReviewType extends GroupVersionKind {
  readonly resource: string;
}

type Spec = Readonly<Record<string, unknown>>;

const answers: Readonly<Record<string, (call: Call, spec: Spec) => object>> = {
  selfsubjectaccessreviews: accessReview,
  selfsubjectrulesreviews: rulesReview,
  selfsubjectreviews: subjectReview,
};

export const reviewTypes: readonly ReviewType[] = [
  { group: 'authentication.k8s.io', version: 'v1', resource: 'selfsubjectreviews', kind: 'SelfSubjectReview' },
  {
    group: 'authorization.k8s.io',
    version: 'v1',
    resource: 'selfsubjectaccessreviews',
    kind: 'SelfSubjectAccessReview',
  },
  { group: 'authorization.k8s.io', version: 'v1', resource: 'selfsubjectrulesreviews', kind: 'SelfSubjectRulesReview' },
];

/** `kubectl auth can-i`, `auth can-i --list`, `auth whoami`. */
export function createReview(call: Call, { group, version, resource, kind }: ReviewType): Answer {
  const { metadata = {}, spec = {} } = readBody(call);
  if (typeof spec !== 'object' || spec === null) throw badRequest('spec is no object');
  const status = answers[resource]?.(call, spec as Spec) ?? {};
  return json(201, { kind, apiVersion: `${group}/${version}`, metadata, spec, status });
}

function accessReview({ cluster, user }: Call, { resourceAttributes, nonResourceAttributes }: Spec): object {
  if ((resourceAttributes === undefined) === (nonResourceAttributes === undefined))
    throw badRequest('exactly one of nonResourceAttributes or resourceAttributes must be specified');
  const allowed = isAllowed(cluster, user, attributesOf(resourceAttributes ?? nonResourceAttributes));
  return allowed ? { allowed, reason: 'EKS Access Policy' } : { allowed };
}

function attributesOf(asked: unknown): Attributes {
  const given = Object.entries(asked ?? {}).filter(([, value]) => typeof value === 'string' && value !== '');
  const { verb = '', path, group = '', resource = '', subresource, namespace, name } = Object.fromEntries(given);
  if (path !== undefined) return { verb, path };
  return {
    verb,
    group,
    resource,
    ...(subresource === undefined ? {} : { subresource }),
    ...(namespace === undefined ? {} : { namespace }),
    ...(name === undefined ? {} : { name }),
  };
}

/** The rules of the namespace. They are incomplete, because rules cannot express exceptions. */
function rulesReview({ cluster, user }: Call, { namespace = 'default' }: Spec): object {
  const rules = grantedRules(cluster, user)
    .filter(({ namespaces }) => namespaces === undefined || namespaces.includes(String(namespace)))
    .flatMap((granted) => granted.rules);
  return {
    resourceRules: rules.filter(({ resources }) => resources !== undefined),
    nonResourceRules: rules.filter(({ nonResourceURLs }) => nonResourceURLs !== undefined),
    incomplete: cluster.kubernetes.access.forbiddenResources.length > 0,
  };
}

function subjectReview({ user }: Call): object {
  return { userInfo: { username: userName(user), groups: ['system:authenticated'] } };
}
