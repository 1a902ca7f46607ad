import { parseJson } from '../../model/parse-json.ts';
import { isMapping, type Mapping, mappingOf, textOf } from '../manifest/manifest-object.ts';
import type { ServedResource } from './discovery.ts';

/** One page of a list. */
export interface ListPage {
  readonly items: readonly Mapping[];
  /** Where the next page goes on; undefined on the last one. */
  readonly next?: string;
}

/** Undefined for an answer that is no list: it is never taken for an empty one. */
export function readPage(text: string): ListPage | undefined {
  const body = parseJson(text);
  if (!isMapping(body) || typeof body.kind !== 'string' || !body.kind.endsWith('List')) return undefined;
  // An empty list of Go is `null`; without any it is another kind of list, such as APIGroupList.
  const items = body.items === null ? [] : body.items;
  if (!Array.isArray(items) || !items.every(isMapping)) return undefined;
  const next = textOf(mappingOf(body.metadata).continue);
  return { items, ...(next === undefined ? {} : { next }) };
}

/** Asks for nothing of an object but its metadata: annotations and managedFields, no spec and no status. */
export const METADATA_ONLY = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';

/** `/apis/apps/v1/deployments?limit=500` and the rest of it. resourceVersion is left empty: newer servers answer from their cache then. */
export function listPath(
  { group, version, resource }: Pick<ServedResource, 'group' | 'version' | 'resource'>,
  query: Readonly<Record<string, string>>,
): string {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const parameters = Object.entries(query).filter(([, value]) => value !== '');
  return `${root}/${resource}?${parameters.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')}`;
}
