import type { ApiReference } from '../judge/observation.ts';
import { isMapping, type ManifestObject, mappingOf, textOf } from '../manifest/manifest-object.ts';
import { groupVersion } from '../observe/api-version.ts';
import type { ObjectContext } from '../observe/inspect-object.ts';
import { referenceOf } from './reference-of.ts';

/**
 * Owners are looked up at exactly the version that was written down: where it is gone, the garbage collector can neither keep nor delete the
 * object on purpose (kubernetes/kubernetes, pkg/controller/garbagecollector: RESTMapping of the kind and version).
 */
export function observeOwnerReferences(object: ManifestObject, context: ObjectContext): ApiReference[] {
  const owners = mappingOf(object.value.metadata).ownerReferences;
  if (!Array.isArray(owners)) return [];
  return owners.filter(isMapping).flatMap((owner, index) => {
    const [apiVersion, kind] = [textOf(owner.apiVersion), textOf(owner.kind)];
    if (apiVersion === undefined || kind === undefined) return [];
    return referenceOf(object, context, {
      named: { ...groupVersion(apiVersion), kind },
      says: 'Its ownerReferences name',
      severity: 'warning',
      consequence: 'the garbage collector cannot look its owner up',
      path: ['metadata', 'ownerReferences', index, 'apiVersion'],
      evidence: `Its owner is ${apiVersion} ${kind}.`,
    });
  });
}
