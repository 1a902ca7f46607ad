import type { Observation } from '../judge/observation.ts';
import type { ManifestObject, Mapping } from '../manifest/manifest-object.ts';
import type { Path } from '../manifest/positions.ts';
import type { ObjectContext } from '../observe/inspect-object.ts';
import { referenceOf } from './reference-of.ts';

/**
 * A rule of a webhook or policy, which names groups, versions and resources. What is left of it when a version goes still matches; only
 * where every version that it names is gone for a resource does it guard nothing.
 */
export function rulesNaming(
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
