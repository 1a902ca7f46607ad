import { remembered } from './remembered.ts';

/** The members and indexes that lead from a document to a value in it: `['spec', 'waves', 0, 'name']`. */
export type Path = readonly (string | number)[];

export interface FoundValue {
  readonly path: Path;
  readonly value: unknown;
}

/**
 * The values at a path such as `spec.externalIPs[]` or `volumes[].gitRepo`. `[]` stands for every item of a list, and `*` for every member of a map
 * or item of a list. Empty when a part of the path is missing or null.
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
  if (Array.isArray(value))
    return step === '[]' || step === '*' ? value.map((item, index) => ({ path: [...path, index], value: item })) : [];
  if (typeof value !== 'object' || value === null) return [];
  const members = value as Readonly<Record<string, unknown>>;
  if (step === '*') return Object.entries(members).map(([key, member]) => ({ path: [...path, key], value: member }));
  return Object.hasOwn(members, step) ? [{ path: [...path, step], value: members[step] }] : [];
}
