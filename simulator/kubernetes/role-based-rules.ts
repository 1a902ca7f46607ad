import { accessPolicies, type GrantedRules, type PolicyRule } from './permissions.ts';
import { groupOf, list, record, type StoredObject, texts } from './resources/stored-object.ts';

/** The names by which bindings refer to a caller: the ARN of its session, and its groups. */
export interface Subject {
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
export function roleBasedRules(objects: readonly StoredObject[], subject: Subject): GrantedRules[] {
  return bindingsOf(objects)
    .filter((binding) => subjectsOf(binding).some((each) => isMeant(each, subject)))
    .map((binding) => {
      const rules = rulesOf(objects, binding);
      const { namespace } = binding.metadata;
      return binding.kind === 'ClusterRoleBinding' ? { rules } : { rules, namespaces: [namespace ?? 'default'] };
    });
}

/** Whether any binding names that group, whatever its rules. */
export function isBound(objects: readonly StoredObject[], group: string): boolean {
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
