import type { KubernetesObject } from '../objects/object-metadata.ts';
import { apiVersionOf, type ResourceType } from '../resource-types.ts';
import { type Answer, type Call, json, jsonText } from './call.ts';
import { representation } from './media-type.ts';
import { type ListMeta, partial, withKind } from './object-forms.ts';
import { type IncludeObject, table } from './tables/table.ts';

/** One object in the requested form. `header` is for a `Table`: whether it has its columns. */
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

export function listAnswer(
  call: Call,
  type: ResourceType,
  objects: readonly KubernetesObject[],
  metadata: ListMeta,
): Answer {
  const wanted = representation(call.headers.accept);
  if (wanted.as === 'Table')
    return json(200, table(type, objects, { ...tableOptions(call, wanted.apiVersion), metadata, header: true }));
  if (wanted.as === 'Object') {
    const list = { kind: `${type.kind}List`, apiVersion: apiVersionOf(type), metadata };
    return jsonText(200, `${JSON.stringify(list).slice(0, -1)},"items":[${itemTexts(type, objects).join(',')}]}`);
  }
  const items = objects.map((object) => partial(wanted.apiVersion, object));
  return json(200, { kind: 'PartialObjectMetadataList', apiVersion: wanted.apiVersion, metadata, items });
}

/** The text of one revision of an object, because each revision is another JavaScript object. */
const textOf = new WeakMap<KubernetesObject, string>();

/** Items of built-in resources have neither kind nor apiVersion; those of custom resources have both, as upstream. */
function itemTexts(type: ResourceType, objects: readonly KubernetesObject[]): string[] {
  if (type.custom === true) return objects.map((object) => JSON.stringify(withKind(type, object)));
  return objects.map((object) => {
    const text = textOf.get(object) ?? JSON.stringify(object);
    textOf.set(object, text);
    return text;
  });
}

function tableOptions({ query, now }: Call, apiVersion: string) {
  const wanted = query.get('includeObject');
  const includeObject: IncludeObject = wanted === 'None' || wanted === 'Object' ? wanted : 'Metadata';
  return { apiVersion, now, includeObject };
}
