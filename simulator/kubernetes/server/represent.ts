import type { KubernetesObject } from '../objects/object-metadata.ts';
import { apiVersionOf, type ResourceType } from '../resource-types.ts';
import type { Call } from './call.ts';
import { representation } from './media-type.ts';
import { type ListMeta, partial, withKind } from './object-forms.ts';
import { type IncludeObject, table } from './tables/table.ts';

/** One object in the form that the client asked for. `header` is for a `Table`: whether it says its columns. */
export function representObject(
  call: Call,
  type: ResourceType,
  object: KubernetesObject,
  { header } = { header: true },
): object {
  const wanted = representation(call.headers.accept);
  if (wanted.as === 'Object') return withKind(type, object);
  if (wanted.as === 'PartialObjectMetadata') return partial(wanted.apiVersion, object);
  const { resourceVersion = '' } = object.metadata;
  return table(type, [object], { ...tableOptions(call, wanted.apiVersion), metadata: { resourceVersion }, header });
}

export function representList(
  call: Call,
  type: ResourceType,
  objects: readonly KubernetesObject[],
  metadata: ListMeta,
): object {
  const wanted = representation(call.headers.accept);
  if (wanted.as === 'Table')
    return table(type, objects, { ...tableOptions(call, wanted.apiVersion), metadata, header: true });
  if (wanted.as === 'Object')
    return { kind: `${type.kind}List`, apiVersion: apiVersionOf(type), metadata, items: listItems(type, objects) };
  const items = objects.map((object) => partial(wanted.apiVersion, object));
  return { kind: 'PartialObjectMetadataList', apiVersion: wanted.apiVersion, metadata, items };
}

/** Items of built-in resources have neither kind nor apiVersion; those of custom resources have both, as upstream. */
const listItems = (type: ResourceType, objects: readonly KubernetesObject[]): readonly object[] =>
  type.custom === true ? objects.map((object) => withKind(type, object)) : objects;

function tableOptions({ query, now }: Call, apiVersion: string) {
  const wanted = query.get('includeObject');
  const includeObject: IncludeObject = wanted === 'None' || wanted === 'Object' ? wanted : 'Metadata';
  return { apiVersion, now, includeObject };
}
