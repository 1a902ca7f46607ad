import { apiRowsOfGroup } from '../data/api-table.ts';
import type { ApiReference } from '../judge/observation.ts';
import type { ManifestObject } from '../manifest/manifest-object.ts';
import type { Path } from '../manifest/positions.ts';
import { type ObjectContext, observedOf } from '../observe/inspect-object.ts';

type Said = Pick<ApiReference, 'named' | 'says' | 'severity' | 'consequence'> & {
  readonly path: Path;
  readonly evidence: string;
};

/** An object names an API. Nothing comes of one that no release ever gave up, which is nearly all of them. */
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
