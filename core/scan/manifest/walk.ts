import type { Path } from '../../model/values-at.ts';
import { isMapping, type ManifestObject, type Mapping, nameOf, type ObjectType, typeOf } from './manifest-object.ts';

/** More nodes than the text has characters: anchors stand for each other, and following them would never end. */
class TooManyNodes extends Error {}

/**
 * Every Kubernetes object in a parsed document: the document itself, items of lists (`List`, `CronJobList`, arrays), and whatever carries
 * an apiVersion, a kind and a metadata anywhere inside (templates of OpenShift, manifests of Crossplane or of work queues). The outermost
 * first; none when it is no Kubernetes object. Undefined when there are more nodes than `budget`, which only aliases can bring about.
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

/** Inside another object, references look like objects too; only what has metadata of its own is one. */
const isObject = (node: Mapping, depth: number): boolean => depth === 0 || isMapping(node.metadata);

/** What the items of a list are when they do not say it themselves: those of a CronJobList are CronJobs. */
function listOf(type: ObjectType, node: Mapping): ObjectType | undefined {
  if (!type.kind.endsWith('List') || !Array.isArray(node.items)) return undefined;
  return { apiVersion: type.apiVersion, kind: type.kind === 'List' ? '' : type.kind.slice(0, -'List'.length) };
}
