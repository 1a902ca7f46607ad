import type { Path } from '../../model/values-at.ts';
import { apiRowsOfGroup } from '../data/api-table.ts';
import type { ApiReference } from '../judge/observation.ts';
import { isMapping, type ManifestObject, mappingOf, textOf } from '../manifest/manifest-object.ts';
import { groupVersion } from '../observe/api-version.ts';
import { type ObjectContext, observedOf } from '../observe/inspect-object.ts';

type Said = Pick<ApiReference, 'named' | 'says' | 'severity' | 'consequence'> & {
  readonly path: Path;
  readonly evidence: string;
};

/** An object names an API. An API that no release deprecated or removed gives no reference, and that is nearly every one. */
export function referenceOf(
  object: ManifestObject,
  context: ObjectContext,
  { path, evidence, ...said }: Said,
): ApiReference[] {
  if (!isEverGivenUp(said.named)) return [];
  const observed = observedOf(object, context, path, 'reference');
  return [{ type: 'reference', ...said, ...observed, evidence: [evidence, ...context.evidence], confidence: 'high' }];
}

const isEverGivenUp = ({ group, version, resource, kind }: ApiReference['named']): boolean =>
  apiRowsOfGroup(group).some(
    (row) =>
      (version === undefined || row.version === version) &&
      (resource === undefined ? row.kind === kind : row.resource === resource.split('/')[0]),
  );

/**
 * Owners are looked up at exactly the recorded version. Where it is removed, the garbage collector can neither keep nor delete the object on purpose
 * (kubernetes/kubernetes, pkg/controller/garbagecollector: RESTMapping of the kind and version).
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
