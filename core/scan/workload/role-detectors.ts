import { type Mapping, mappingOf, textOf } from '../manifest/manifest-object.ts';
import { type Detector, hitsOf, parameter } from './hit.ts';
import { valuesAt } from './values-at.ts';

const RBAC = 'rbac.authorization.k8s.io';
const PUBLIC_INFO = 'system:public-info-viewer';

/** A binding to a user or group that a rule names. */
export const bindingSubject: Detector = ({ group, kind, value }, rules) => {
  if (group !== RBAC || !kind.endsWith('RoleBinding') || isBuiltIn(value) || isPublicInfo(value)) return [];
  return valuesAt(value, 'subjects[].name').flatMap(({ path, value: name }) => {
    const meant = rules.filter((rule) => parameter(rule, 'subjects').includes(textOf(name) ?? ''));
    return hitsOf(meant, path, `It gives rights to ${textOf(name)}.`);
  });
};

/** Roles that the API server makes itself: they keep old groups for old clients, and are rewritten with each release. */
export const isBuiltIn = ({ metadata }: Mapping): boolean =>
  textOf(mappingOf(mappingOf(metadata).labels)['kubernetes.io/bootstrapping']) === 'rbac-defaults';

/** Kubernetes' own binding, which lets everybody see the version; some installers leave out its label. */
function isPublicInfo({ metadata, roleRef }: Mapping): boolean {
  const { kind, name } = mappingOf(roleRef);
  return mappingOf(metadata).name === PUBLIC_INFO && kind === 'ClusterRole' && name === PUBLIC_INFO;
}
