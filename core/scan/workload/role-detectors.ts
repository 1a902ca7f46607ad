import { isMapping, type Mapping, textOf } from '../manifest/manifest-object.ts';
import { type Detector, parameter } from './hit.ts';
import { valuesAt } from './values-at.ts';

const RBAC = 'rbac.authorization.k8s.io';
const PUBLIC_INFO = 'system:public-info-viewer';

/** A binding to a user or group that a rule names. */
export const bindingSubject: Detector = ({ group, kind, value }, rules) => {
  if (group !== RBAC || !kind.endsWith('RoleBinding') || isBuiltIn(value) || isPublicInfo(value)) return [];
  return valuesAt(value, 'subjects[].name').flatMap(({ path, value: name }) =>
    rules
      .filter((rule) => parameter(rule, 'subjects').includes(textOf(name) ?? ''))
      .map((rule) => ({ rule: rule.id, path, evidence: `It gives rights to ${textOf(name)}.` })),
  );
};

/** A rule of a role that names a resource. */
export const roleRule: Detector = ({ group, kind, value }, rules) => {
  if (group !== RBAC || !(kind === 'Role' || kind === 'ClusterRole') || isBuiltIn(value)) return [];
  return valuesAt(value, 'rules[]').flatMap(({ path, value: one }) =>
    rules
      .filter((rule) => isMapping(one) && names(one, 'apiGroups', parameter(rule, 'group')))
      .filter((rule) => isMapping(one) && names(one, 'resources', parameter(rule, 'resource')))
      .filter((rule) => {
        const verbs = parameter(rule, 'verb');
        return verbs.length === 0 || (isMapping(one) && names(one, 'verbs', verbs));
      })
      .map((rule) => ({
        rule: rule.id,
        path,
        evidence: `A rule of it names ${parameter(rule, 'resource').join(', ')}.`,
      })),
  );
};

/** Roles that the API server makes itself: they keep old groups for old clients, and are rewritten with each release. */
export const isBuiltIn = ({ metadata }: Mapping): boolean =>
  isMapping(metadata) &&
  isMapping(metadata.labels) &&
  textOf(metadata.labels['kubernetes.io/bootstrapping']) === 'rbac-defaults';

/** Kubernetes' own binding, which lets everybody see the version; some installers leave out its label. */
const isPublicInfo = ({ metadata, roleRef }: Mapping): boolean =>
  isMapping(metadata) &&
  isMapping(roleRef) &&
  metadata.name === PUBLIC_INFO &&
  roleRef.kind === 'ClusterRole' &&
  roleRef.name === PUBLIC_INFO;

/** `*` names everything, so it says nothing about this one. */
function names(rule: Mapping, member: string, wanted: readonly string[]): boolean {
  const list = rule[member];
  return Array.isArray(list) && list.some((item) => wanted.includes(textOf(item) ?? ''));
}
