import type { Observation } from '../judge/observation.ts';
import { isMapping, mappingOf, textOf } from '../manifest/manifest-object.ts';
import type { CrdVersion } from './cluster-facts.ts';
import { noteService } from './note-service.ts';
import type { ObserveReferences } from './observe-references.ts';
import { observedOf } from './reference-of.ts';

/**
 * Versions of custom resources. One that `storedVersions` still names although it is deprecated or not served blocks the release of the
 * controller that drops it: the API server refuses a definition without a version that objects may be stored at.
 */
export const observeDefinition: ObserveReferences = (object, context, facts) => {
  const spec = mappingOf(object.value.spec);
  const versions = versionsOf(spec.versions);
  const kind = textOf(mappingOf(spec.names).kind);
  const group = textOf(spec.group) ?? '';
  if (kind !== undefined) facts.crds[`${group}/${kind}`] = { versions };
  const conversion = mappingOf(spec.conversion);
  if (conversion.strategy === 'Webhook')
    noteService(facts, object, context, {
      clientConfig: mappingOf(conversion.webhook).clientConfig,
      failsClosed: true,
      about: `conversion of ${object.name ?? kind ?? '?'}`,
    });
  const { storedVersions } = mappingOf(object.value.status);
  const stored = Array.isArray(storedVersions) ? storedVersions.map((version) => textOf(version) ?? '') : [];
  const storage = (Array.isArray(spec.versions) ? spec.versions.filter(isMapping) : []).find(
    (one) => one.storage === true,
  );
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
        ...observedOf(object, context, []),
        evidence: [`status.storedVersions is ${stored.join(', ')}.`],
        confidence: 'high',
        reason: 'stored-version',
        severity: 'warning',
        message: `Objects of ${object.name ?? kind ?? '?'} may still be stored at ${name}, and the definition ${why}.`,
        fix: `Write every object once (kubectl get ${object.name ?? ''} -A -o json | kubectl replace -f -), then take ${name} out of status.storedVersions.`,
      },
    ];
  });
};

function versionsOf(value: unknown): CrdVersion[] {
  return (Array.isArray(value) ? value.filter(isMapping) : []).map((version) => {
    const warning = textOf(version.deprecationWarning);
    return {
      name: textOf(version.name) ?? '',
      served: version.served === true,
      deprecated: version.deprecated === true,
      ...(warning === undefined ? {} : { warning }),
    };
  });
}
