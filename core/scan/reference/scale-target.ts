import { mappingOf, textOf } from '../manifest/manifest-object.ts';
import { groupVersion } from '../observe/api-version.ts';
import type { ObserveReferences } from './observe-references.ts';
import { referenceOf } from './reference-of.ts';

/**
 * What an autoscaler scales. Its controller looks for the kind in the group, whatever the version, so only a group that has lost the kind
 * stops it (kubernetes/kubernetes, pkg/controller/podautoscaler: RESTMappings of the group and kind).
 */
export const observeScaleTarget: ObserveReferences = (object, context) => {
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
