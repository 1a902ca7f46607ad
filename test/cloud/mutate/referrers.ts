import type { Template } from '../../../simulator/cloud/template/assembly.ts';
import type { Path } from './mutation.ts';
import type { Found } from './resources.ts';

/**
 * What refers to a resource and could not be made without it: the statement that does, else the whole other resource. Who takes a rule out
 * of infra/ takes these out with it.
 */
export function referrersOf({ logicalId, template }: Found): Path[] {
  const found = Object.entries(template.Resources)
    .filter(([name]) => name !== logicalId)
    .flatMap(([name, resource]) => placesOf(resource, logicalId, ['Resources', name]))
    .map(withWhatHoldsIt);
  return [...new Map(found.map((path) => [path.join('/'), path])).values()];
}

/** Where a value refers to the resource. */
function placesOf(value: unknown, logicalId: string, at: Path): Path[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap((item, number) => placesOf(item, logicalId, [...at, number]));
  return Object.entries(value).flatMap(([name, inner]) => {
    const isReference =
      (name === 'Ref' && inner === logicalId) || (name === 'Fn::GetAtt' && (inner as unknown[])[0] === logicalId);
    return isReference ? [at] : placesOf(inner, logicalId, [...at, name]);
  });
}

function withWhatHoldsIt(place: Path): Path {
  const statements = place.indexOf('Statement');
  return statements === -1 ? place.slice(0, 2) : place.slice(0, statements + 2);
}

/** Which resources of the template a value refers to. */
export const referredTo = (value: unknown, { Resources }: Template): string[] =>
  Object.keys(Resources).filter((logicalId) => placesOf(value, logicalId, []).length > 0);
