import { apiRowsOfResource } from '../data/api-table.ts';
import { isMapping, textOf } from '../manifest/manifest-object.ts';
import { isBuiltIn } from '../workload/role-detectors.ts';
import { valuesAt } from '../workload/values-at.ts';
import type { ObserveReferences } from './observe-references.ts';
import { referenceOf } from './reference-of.ts';

/** Rights on resources of groups that are gone: the role keeps its words and gives nothing. */
export const observeRole: ObserveReferences = (object, context) => {
  if (isBuiltIn(object.value)) return [];
  return valuesAt(object.value, 'rules[]').flatMap(({ path, value }) => {
    if (!isMapping(value)) return [];
    const groups = texts(value.apiGroups);
    return groups.flatMap((group) =>
      texts(value.resources)
        .filter((resource) => !isNamedAnew(group, resource, groups))
        .flatMap((resource) =>
          referenceOf(object, context, {
            named: { group, resource },
            says: 'A rule of the role names',
            severity: 'warning',
            consequence: 'it gives no right any more',
            path,
            evidence: `A rule names ${resource} of the group "${group}".`,
          }),
        ),
    );
  });
};

/** `[extensions, networking.k8s.io] [ingresses]` serves old clusters and new ones: what replaces the old group stands beside it. */
const isNamedAnew = (group: string, resource: string, groups: readonly string[]): boolean =>
  apiRowsOfResource(group, resource).some(({ replacements }) =>
    replacements.some((replacement) => replacement.group !== group && groups.includes(replacement.group)),
  );

const texts = (value: unknown): string[] =>
  Array.isArray(value) ? value.flatMap((item) => (item === '*' ? [] : item === '' ? [''] : (textOf(item) ?? []))) : [];
