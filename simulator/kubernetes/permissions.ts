import { HOOK_RUNNERS, OPERATORS } from '../../core/queries/access-manifest.ts';
import type { ClusterRecord } from '../eks/state/cluster-record.ts';
import { entryOf } from './access.ts';
import {
  accessPolicies,
  anonymousRules,
  authenticatedRules,
  type GrantedRules,
  groupRules,
  hookRules,
  operatorRules,
  type PolicyRule,
} from './access-policies.ts';
import { qualifiedName } from './resource-types.ts';
import { isBound, roleBasedRules } from './role-based-rules.ts';
import { StatusError } from './status-error.ts';

/** The action of a caller: on a resource, or on a path that is none. */
export type Attributes = ResourceAttributes | { readonly verb: string; readonly path: string };

export interface ResourceAttributes {
  readonly verb: string;
  readonly group: string;
  readonly resource: string;
  readonly subresource?: string;
  /** The cluster scope when absent. */
  readonly namespace?: string;
  readonly name?: string;
}

/** The caller. `principal` is absent for a caller without a token. */
export interface User {
  readonly principal?: string;
}

export const userName = ({ principal }: User): string => principal ?? 'system:anonymous';

/** The rules of the caller's access entry, and those of every caller. */
export function grantedRules(cluster: ClusterRecord, { principal }: User): GrantedRules[] {
  if (principal === undefined) return [{ rules: anonymousRules }];
  const granted: GrantedRules[] = [{ rules: authenticatedRules }];
  if (cluster.kubernetes.access.authentication === 'any-principal')
    return [...granted, { rules: accessPolicies.AmazonEKSClusterAdminPolicy ?? [] }];
  const entry = entryOf(cluster, principal);
  if (entry === undefined) return granted;
  granted.push(...boundRules(cluster, principal, entry.kubernetesGroups));
  for (const { policyArn, accessScope } of entry.policies) {
    const rules = accessPolicies[policyArn.split('/').at(-1) ?? ''] ?? [];
    granted.push(accessScope.type === 'cluster' ? { rules } : { rules, namespaces: accessScope.namespaces ?? [] });
  }
  return granted;
}

export function isAllowed(cluster: ClusterRecord, user: User, attributes: Attributes): boolean {
  const wanted = 'path' in attributes ? attributes.path : resourcePath(attributes);
  if (user.principal !== undefined && cluster.kubernetes.access.forbiddenResources.includes(wanted)) return false;
  return grantedRules(cluster, user).some(
    ({ rules, namespaces }) =>
      (namespaces === undefined || ('namespace' in attributes && inScope(namespaces, attributes.namespace))) &&
      rules.some((rule) => covers(rule, attributes)),
  );
}

/** 403 with the API server's text unless the caller may do that. */
export function requireAllowed(cluster: ClusterRecord, user: User, attributes: Attributes): void {
  if (!isAllowed(cluster, user, attributes)) throw forbidden(user, attributes);
}

/** 403 with the text of a missing permission. */
export function forbidden(user: User, attributes: Attributes): StatusError {
  const may = `User "${userName(user)}" cannot ${attributes.verb}`;
  if ('path' in attributes) {
    const message = `forbidden: ${may} path "${attributes.path}"`;
    return new StatusError(403, { reason: 'Forbidden', message, details: {} });
  }
  const { group, resource, namespace, name } = attributes;
  const where = namespace === undefined ? 'at the cluster scope' : `in the namespace "${namespace}"`;
  const subject = name === undefined ? qualifiedName(attributes) : `${qualifiedName(attributes)} "${name}"`;
  return new StatusError(403, {
    reason: 'Forbidden',
    message: `${subject} is forbidden: ${may} resource "${resourcePath(attributes)}" in API group "${group}" ${where}`,
    details: { ...(name === undefined ? {} : { name }), ...(group === '' ? {} : { group }), kind: resource },
  });
}

const resourcePath = ({ resource, subresource }: ResourceAttributes): string =>
  subresource === undefined ? resource : `${resource}/${subresource}`;

function covers(rule: PolicyRule, attributes: Attributes): boolean {
  if (!includes(rule.verbs, attributes.verb)) return false;
  if ('path' in attributes)
    return (rule.nonResourceURLs ?? []).some((pattern) => matchesPattern(pattern, attributes.path));
  return (
    includes(rule.apiGroups ?? [], attributes.group) && coversResource(rule, attributes) && coversName(rule, attributes)
  );
}

// `*` covers everything, subresources too; `*` before a slash is that subresource of every resource.
function coversResource({ resources = [] }: PolicyRule, attributes: ResourceAttributes): boolean {
  const { subresource } = attributes;
  return (
    includes(resources, resourcePath(attributes)) ||
    (subresource !== undefined && resources.includes(`*/${subresource}`))
  );
}

const coversName = ({ resourceNames = [] }: PolicyRule, { name }: ResourceAttributes): boolean =>
  resourceNames.length === 0 || (name !== undefined && resourceNames.includes(name));

/** The rules of the cluster's own bindings. A state without a binding of the groups gives them what upgrades, or drains, need. */
function boundRules(cluster: ClusterRecord, principal: string, groups: readonly string[]): GrantedRules[] {
  const { objects = [] } = cluster.kubernetes;
  const bound = roleBasedRules(objects, { name: principal, groups: [...groups, 'system:authenticated'] });
  const isDefault = groups.length > 0 && !groups.some((group) => isBound(objects, group));
  const rules = groups.includes(OPERATORS) ? operatorRules : groups.includes(HOOK_RUNNERS) ? hookRules : groupRules;
  return isDefault ? [...bound, { rules }] : bound;
}

const includes = (allowed: readonly string[], wanted: string): boolean =>
  allowed.includes('*') || allowed.includes(wanted);

/** Scopes may end in `*`, as `dev-*`. */
const inScope = (namespaces: readonly string[], namespace: string | undefined): boolean =>
  namespace !== undefined && namespaces.some((pattern) => matchesPattern(pattern, namespace));

const matchesPattern = (pattern: string, text: string): boolean =>
  pattern.endsWith('*') ? text.startsWith(pattern.slice(0, -1)) : pattern === text;
