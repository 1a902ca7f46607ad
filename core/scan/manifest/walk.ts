import type { Path } from '../../model/values-at.ts';
import { isMapping, type ManifestObject, type Mapping, nameOf, type ObjectType, typeOf } from './manifest-object.ts';

/** There are more nodes than the text has characters, because aliases multiply them; following all of them might never end. */
class TooManyNodes extends Error {}

/**
 * Every Kubernetes object in a parsed document: the document itself, items of lists (`List`, `CronJobList`, arrays), and every map inside that has an
 * apiVersion, a kind and a metadata (templates of OpenShift, manifests of Crossplane or of work queues). The outermost comes first; none when there
 * is no object. Undefined when there are more nodes than `budget`, which only aliases can cause.
 */
export function walkDocument(value: unknown, budget: number): ManifestObject[] | undefined {
  const objects: ManifestObject[] = [];
  let nodes = 0;
  const path: (string | number)[] = [];

  const visit = (node: unknown, outer?: string, inherited?: ObjectType) => {
    if (typeof node !== 'object' || node === null) return;
    nodes += 1;
    if (nodes > budget) throw new TooManyNodes();
    if (Array.isArray(node)) {
      for (let index = 0; index < node.length; index += 1) {
        path.push(index);
        visit(node[index], outer, inherited);
        path.pop();
      }
      return;
    }
    if (!isMapping(node)) return;
    const type = typeOf(node) ?? (inherited !== undefined && isMapping(node.metadata) ? inherited : undefined);
    const list = type === undefined ? undefined : listOf(type, node);
    let within = outer;
    if (list === undefined && type !== undefined && isObject(node, path.length)) {
      const object = { ...type, ...nameOf(node), value: node, path: [...path] as Path };
      objects.push(outer === undefined ? object : { ...object, within: outer });
      within = `${type.kind}/${object.name ?? '?'}`;
    }
    for (const key in node) {
      const member = node[key];
      if (typeof member !== 'object' || member === null) continue;
      path.push(key);
      visit(member, within, key === 'items' && list?.kind !== '' ? list : undefined);
      path.pop();
    }
  };
  try {
    visit(value);
    return objects;
  } catch (error) {
    if (error instanceof TooManyNodes) return undefined;
    throw error;
  }
}

/** Inside another object references look like objects too, so there only a map with its own metadata counts. */
const isObject = (node: Mapping, depth: number): boolean => depth === 0 || isMapping(node.metadata);

/** The type of a list's items that do not name it themselves: the items of a CronJobList are CronJobs. */
function listOf(type: ObjectType, node: Mapping): ObjectType | undefined {
  if (!type.kind.endsWith('List') || !Array.isArray(node.items)) return undefined;
  return { apiVersion: type.apiVersion, kind: type.kind === 'List' ? '' : type.kind.slice(0, -'List'.length) };
}
