import { given } from '../../model/given.ts';
import type { Path } from '../../model/values-at.ts';

/** Any map of a document. */
export type Mapping = Readonly<Record<string, unknown>>;

/** What an object says that it is. */
export interface ObjectType {
  readonly apiVersion: string;
  readonly kind: string;
}

/** One Kubernetes object that a document holds: the document itself, an item of a list, or one packed into another. */
export interface ManifestObject extends ObjectType {
  readonly namespace?: string;
  readonly name?: string;
  readonly value: Mapping;
  /** Where its value begins in the document. */
  readonly path: Path;
  /** The object that it is packed into, for people: `ConfigMap/web, key app.yaml`. */
  readonly within?: string;
}

export function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export const mappingOf = (value: unknown): Mapping => (isMapping(value) ? value : {});
export const mappingsOf = (value: unknown): Mapping[] => (Array.isArray(value) ? value.filter(isMapping) : []);

/** YAML makes numbers, booleans and dates of what people write without quotes: names of 123 or true are names all the same. */
export function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}

export const numberOf = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined);

/** The items of a list that are text. */
export const textsOf = (value: unknown): string[] =>
  Array.isArray(value) ? value.flatMap((item) => textOf(item) ?? []) : [];

/** The members of a map that are text: labels, annotations. */
export const labelsOf = (value: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries(mappingOf(value)).flatMap(([key, text]) => (typeof text === 'string' ? [[key, text]] : [])),
  );

/** `{name, namespace}` of an object's metadata; what has only a `generateName` is called `<it>*`. */
export function nameOf(value: Mapping): { name?: string; namespace?: string } {
  const metadata = mappingOf(value.metadata);
  const generated = textOf(metadata.generateName);
  const name = textOf(metadata.name) ?? (generated === undefined ? undefined : `${generated}*`);
  return given({ name, namespace: textOf(metadata.namespace) });
}

/** Whether the values that it has are those of an object: an apiVersion and a kind. */
export function typeOf(value: Mapping): ObjectType | undefined {
  const { apiVersion, kind } = value;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return undefined;
  return apiVersion === '' || kind === '' ? undefined : { apiVersion: apiVersion.trim(), kind: kind.trim() };
}
