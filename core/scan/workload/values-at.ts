import { remembered } from '../../model/remembered.ts';
import { isMapping } from '../manifest/manifest-object.ts';
import type { Path } from '../manifest/positions.ts';

export interface FoundValue {
  readonly path: Path;
  readonly value: unknown;
}

/**
 * The values at a path such as `spec.externalIPs[]` or `volumes[].gitRepo`: `[]` stands for every item of a list, `*` for every member of a
 * map. Empty when something on the way is missing or null.
 */
export function valuesAt(root: unknown, path: string): FoundValue[] {
  let found: FoundValue[] = [{ path: [], value: root }];
  for (const step of stepsOf(path)) found = found.flatMap((one) => next(one, step));
  return found.filter(({ value }) => value !== undefined && value !== null);
}

const stepsOf = remembered((path: string): readonly string[] =>
  path.split('.').flatMap((part) => (part.endsWith('[]') ? [part.slice(0, -2), '[]'] : [part])),
);

function next({ path, value }: FoundValue, step: string): FoundValue[] {
  if (step === '[]')
    return Array.isArray(value) ? value.map((item: unknown, index) => ({ path: [...path, index], value: item })) : [];
  if (!isMapping(value)) return [];
  if (step === '*') return Object.entries(value).map(([key, member]) => ({ path: [...path, key], value: member }));
  return Object.hasOwn(value, step) ? [{ path: [...path, step], value: value[step] }] : [];
}
