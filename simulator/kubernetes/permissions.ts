import { HOOK_RUNNERS, OPERATORS } from '../../core/queries/access-manifest.ts';
import type { ClusterRecord } from '../eks/state/fake-eks-state.ts';
import { entryOf } from './access.ts';
import { qualifiedName } from './resource-types.ts';
import { groupOf, list, record, type StoredObject, texts } from './resources/stored-object.ts';
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

/** A rule of a ClusterRole. `*` stands for all. */
export interface PolicyRule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  /** Any name when absent or empty. */
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

/** Rules with the namespaces where they apply; without namespaces they apply in all, and at the cluster scope. */
interface GrantedRules {
  readonly rules: readonly PolicyRule[];
  readonly namespaces?: readonly string[];
}

const read = ['get', 'list', 'watch'];
const write = ['create', 'delete', 'deletecollection', 'patch', 'update'];
const rule = (apiGroups: string, resources: readonly string[], verbs: readonly string[]): PolicyRule => ({
  verbs,
  apiGroups: [apiGroups],
  resources,
});

const view: readonly PolicyRule[] = [
  rule('', ['namespaces', 'pods', 'pods/log', 'pods/status', 'configmaps', 'services', 'endpoints', 'events'], read),
  rule('apps', ['controllerrevisions', 'daemonsets', 'deployments', 'replicasets', 'statefulsets'], read),
  rule('batch', ['cronjobs', 'jobs'], read),
  rule('policy', ['poddisruptionbudgets', 'poddisruptionbudgets/status'], read),
];

const edit: readonly PolicyRule[] = [
  ...view,
  rule('', ['secrets', 'pods/attach', 'pods/exec', 'pods/portforward', 'pods/proxy'], read),
  rule('', ['pods', 'pods/attach', 'pods/exec', 'pods/portforward', 'pods/proxy'], write),
  rule('', ['configmaps', 'events', 'secrets', 'serviceaccounts', 'services'], write),
  rule('apps', ['daemonsets', 'deployments', 'deployments/scale', 'replicasets', 'statefulsets'], write),
  rule('policy', ['poddisruptionbudgets'], write),
];

/**
 * EKS's own access policies by name, for the resources that a test or a user requests here. Only AmazonEKSClusterAdminPolicy allows a caller to evict
 * pods, change nodes or read `/metrics` (facts: eks.md §10.1; EKS user guide, access-policy-permissions).
 */
const accessPolicies: Readonly<Record<string, readonly PolicyRule[]>> = {
  AmazonEKSClusterAdminPolicy: [rule('*', ['*'], ['*']), { verbs: ['*'], nonResourceURLs: ['*'] }],
  AmazonEKSAdminPolicy: [
    ...edit,
    rule('authorization.k8s.io', ['localsubjectaccessreviews'], ['create']),
    rule('rbac.authorization.k8s.io', ['rolebindings', 'roles'], [...read, ...write]),
  ],
  AmazonEKSAdminViewPolicy: [rule('*', ['*'], read)],
  AmazonEKSEditPolicy: edit,
  AmazonEKSViewPolicy: view,
  AmazonEKSSecretReaderPolicy: [rule('', ['secrets'], read)],
};

/**
 * The rules of an access entry's group that no binding names. The cluster's owner defines its ClusterRole; a state without it stands for the one that
 * upgrades need, with reads of everything (facts: eks.md §10.1).
 */
const groupRules: readonly PolicyRule[] = [rule('*', ['*'], read), { verbs: ['get'], nonResourceURLs: ['*'] }];

/** The same for the group that drains nodes: the rules of `liftlock access manifest --tier operate`. */
export const operatorRules: readonly PolicyRule[] = [
  rule('', ['nodes'], ['get', 'list', 'patch']),
  rule('', ['pods'], ['list']),
  rule('', ['pods/eviction'], ['create']),
];

/** The same for the group that runs Jobs of hooks, by `--tier hooks`, where its namespace is not known. */
export const hookRules: readonly PolicyRule[] = [
  rule('batch', ['jobs'], ['get', 'create', 'delete']),
  rule('', ['pods'], ['list']),
];

/** `system:basic-user`, `system:discovery` and `system:public-info-viewer`, which every authenticated caller has. */
const authenticatedRules: readonly PolicyRule[] = [
  rule('authorization.k8s.io', ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'], ['create']),
  rule('authentication.k8s.io', ['selfsubjectreviews'], ['create']),
  {
    verbs: ['get'],
    nonResourceURLs: [
      ...['/api', '/api/*', '/apis', '/apis/*', '/openapi', '/openapi/*', '/version', '/version/'],
      ...['/healthz', '/livez', '/readyz'],
    ],
  },
];

/** `system:public-info-viewer`, which callers without a token have too. */
const anonymousRules: readonly PolicyRule[] = [
  { verbs: ['get'], nonResourceURLs: ['/healthz', '/livez', '/readyz', '/version', '/version/'] },
];

/** The names by which bindings refer to a caller: the ARN of its session, and its groups. */
interface Subject {
  readonly name: string;
  readonly groups: readonly string[];
}

const rbac = 'rbac.authorization.k8s.io';

/** The user-facing roles that every cluster has; EKS's access policies have their rules (EKS user guide, access-policy-permissions). */
const userFacingRoles: Readonly<Record<string, string>> = {
  'cluster-admin': 'AmazonEKSClusterAdminPolicy',
  admin: 'AmazonEKSAdminPolicy',
  edit: 'AmazonEKSEditPolicy',
  view: 'AmazonEKSViewPolicy',
};

/**
 * The rules that the ClusterRoleBindings and RoleBindings among a cluster's objects give to a caller; a binding to a missing role gives none.
 * `aggregationRule`s are not supported.
 */
function roleBasedRules(objects: readonly StoredObject[], subject: Subject): GrantedRules[] {
  return bindingsOf(objects)
    .filter((binding) => subjectsOf(binding).some((each) => isMeant(each, subject)))
    .map((binding) => {
      const rules = rulesOf(objects, binding);
      const { namespace } = binding.metadata;
      return binding.kind === 'ClusterRoleBinding' ? { rules } : { rules, namespaces: [namespace ?? 'default'] };
    });
}

/** Whether any binding names that group, whatever its rules. */
function isBound(objects: readonly StoredObject[], group: string): boolean {
  return bindingsOf(objects).some((binding) =>
    subjectsOf(binding).some(({ kind, name }) => kind === 'Group' && name === group),
  );
}

const bindingsOf = (objects: readonly StoredObject[]): StoredObject[] =>
  objects.filter(
    (object) => (object.kind === 'ClusterRoleBinding' || object.kind === 'RoleBinding') && groupOf(object) === rbac,
  );

const subjectsOf = ({ subjects }: StoredObject) => list(subjects).map(record);

function isMeant({ kind, name }: Readonly<Record<string, unknown>>, subject: Subject): boolean {
  if (kind === 'User') return name === subject.name;
  return kind === 'Group' && subject.groups.some((group) => group === name);
}

function rulesOf(objects: readonly StoredObject[], { roleRef, metadata }: StoredObject): PolicyRule[] {
  const { kind, name } = record(roleRef);
  const role = objects.find(
    (object) =>
      object.kind === kind &&
      object.metadata.name === name &&
      groupOf(object) === rbac &&
      (kind === 'ClusterRole' || object.metadata.namespace === metadata.namespace),
  );
  if (role !== undefined) return list(role.rules).map(record).map(policyRule);
  return kind === 'ClusterRole' ? [...(accessPolicies[userFacingRoles[String(name)] ?? ''] ?? [])] : [];
}

/** Missing members stay absent, since a rule is about resources or about paths. */
function policyRule(rule: Readonly<Record<string, unknown>>): PolicyRule {
  const members = ['apiGroups', 'resources', 'resourceNames', 'nonResourceURLs'].filter((member) => member in rule);
  return { verbs: texts(rule.verbs), ...Object.fromEntries(members.map((member) => [member, texts(rule[member])])) };
}
