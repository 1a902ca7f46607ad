import { given } from '../../model/given.ts';
import type { Path } from '../../model/values-at.ts';

/** The largest file, in characters of text or bytes on disk; a larger one is refused with a message and counts as a gap. */
export const MAX_FILE_SIZE = 64 * 1024 * 1024;
/** The largest YAML document, because parsing takes ten times its text. JSON, which dumps of clusters are, takes less. */
export const MAX_YAML_DOCUMENT = 24 * 1024 * 1024;
/** Levels of nesting: the deepest real manifests, CRDs of service meshes, have about 60. */
export const MAX_DEPTH = 200;
/** Beyond this size the position of a finding is the start of its document, because a more exact one would take too long. */
export const MAX_SIZE_FOR_POSITIONS = 16 * 1024 * 1024;
/** How deep documents may be embedded in each other: a ConfigMap in a List in a ConfigMap. */
export const MAX_EMBEDDING = 4;

/** Any map of a document. */
export type Mapping = Readonly<Record<string, unknown>>;

/** The type that an object names. */
export interface ObjectType {
  readonly apiVersion: string;
  readonly kind: string;
}

/** One Kubernetes object of a document: the document itself, an item of a list, or an object embedded in another. */
export interface ManifestObject extends ObjectType {
  readonly namespace?: string;
  readonly name?: string;
  readonly value: Mapping;
  /** The path of its value in the document. */
  readonly path: Path;
  /** The object that it is embedded in, for people: `ConfigMap/web, key app.yaml`. */
  readonly within?: string;
}

export function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export const mappingOf = (value: unknown): Mapping => (isMapping(value) ? value : {});
export const mappingsOf = (value: unknown): Mapping[] => (Array.isArray(value) ? value.filter(isMapping) : []);

/** YAML reads values without quotes as numbers, booleans and dates, but names like 123 or true are valid. */
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

/** `{name, namespace}` of an object's metadata; an object that has only a `generateName` is called `<generateName>*`. */
export function nameOf(value: Mapping): { name?: string; namespace?: string } {
  const metadata = mappingOf(value.metadata);
  const generated = textOf(metadata.generateName);
  const name = textOf(metadata.name) ?? (generated === undefined ? undefined : `${generated}*`);
  return given({ name, namespace: textOf(metadata.namespace) });
}

/** The apiVersion and kind of a value; undefined when it is no object. */
export function typeOf(value: Mapping): ObjectType | undefined {
  const { apiVersion, kind } = value;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string') return undefined;
  return apiVersion === '' || kind === '' ? undefined : { apiVersion: apiVersion.trim(), kind: kind.trim() };
}

/** Line and column within a document, both from 1. */
export interface Position {
  readonly line: number;
  readonly column: number;
}
