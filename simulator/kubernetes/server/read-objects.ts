import { keyOf, sourcesOf } from '../api-objects.ts';
import type { Wanted } from '../daemon-pods.ts';
import type { KubernetesObject } from '../objects/object-metadata.ts';
import type { ResourceAttributes } from '../permissions.ts';
import type { ResourceType } from '../resource-types.ts';
import { record } from '../resources/stored-object.ts';
import { type Answer, json } from './answer.ts';
import type { Call } from './call.ts';
import { continueToken, readContinueToken } from './continue-token.ts';
import { expiredPage } from './expired-page.ts';
import type { ListMeta } from './object-forms.ts';
import type { Observed } from './object-history.ts';
import { badRequest, notFound } from './refusals.ts';
import { listAnswer, representObject } from './represent.ts';
import { selection } from './selection.ts';

/** All present objects of a resource. */
export function observe(
  { cluster, now, memory }: Pick<Call, 'cluster' | 'now' | 'memory'>,
  type: ResourceType,
): Observed {
  return memory.history.observe(type.storage, sourcesOf(cluster, type, now));
}

/** At least the requested objects. The others are not made, because that takes long in a large cluster. */
function observeWanted(call: Call, type: ResourceType, wanted: Wanted): Observed {
  const { cluster, now, memory } = call;
  const isAmong = ({ metadata, spec }: KubernetesObject): boolean =>
    (wanted.name === undefined || metadata.name === wanted.name) &&
    (wanted.namespace === undefined || metadata.namespace === wanted.namespace) &&
    (wanted.nodeName === undefined || record(spec).nodeName === wanted.nodeName);
  const part = memory.history.observePart(type.storage, sourcesOf(cluster, type, now, wanted), isAmong);
  return part ?? observe(call, type);
}

/** One object. @throws StatusError 404 */
export function findObject(
  call: Call,
  type: ResourceType,
  { namespace, name = '' }: ResourceAttributes,
): KubernetesObject {
  const { objects } = observeWanted(call, type, type.namespaced ? { namespace, name } : { name });
  const found = objects.find(
    ({ metadata }) => metadata.name === name && (!type.namespaced || metadata.namespace === namespace),
  );
  if (found === undefined) throw notFound(type, name);
  return found;
}

export function getObject(call: Call, type: ResourceType, attributes: ResourceAttributes): Answer {
  return json(200, representObject(call, type, findObject(call, type, attributes)));
}

/**
 * A list, or a page of one: later pages show the state of the first one.
 * @throws StatusError 410 for a page of a dropped state; its token continues with the present one.
 */
export function listObjects(call: Call, type: ResourceType, attributes: ResourceAttributes): Answer {
  const { query, memory, now } = call;
  const limit = limitOf(query);
  const { matches, selective, nodeName } = selection(type, attributes, query);
  const { state, after } = begin(call, type, { limit, nodeName });
  const from = after === undefined ? 0 : placeAfter(state.objects, after);
  const wanted = state.objects.slice(from).filter(matches);
  const page = limit === 0 ? wanted : wanted.slice(0, limit);
  const last = page.at(-1);
  const remaining = wanted.length - page.length;
  const base = { resourceVersion: String(state.revision) };
  if (remaining === 0 || last === undefined) return listAnswer(call, type, page, base);
  memory.snapshots.keep(type.storage, state, now);
  const metadata: ListMeta = {
    ...base,
    continue: continueToken({ revision: state.revision, after: keyOf(last) }),
    ...(selective ? {} : { remainingItemCount: remaining }),
  };
  return listAnswer(call, type, page, metadata);
}

function begin(
  call: Call,
  type: ResourceType,
  { limit, nodeName }: { readonly limit: number; readonly nodeName: string | undefined },
): { state: Observed; after?: string } {
  const { query, memory, now } = call;
  const token = query.get('continue') ?? '';
  if (token === '') {
    const part = nodeName === undefined ? undefined : observeWanted(call, type, { nodeName });
    // Later pages need the complete state.
    const isEnough = part !== undefined && (limit === 0 || part.objects.length <= limit);
    return { state: isEnough ? part : observe(call, type) };
  }
  const { revision, after } = readContinueToken(token);
  if (revision === -1) return { state: observe(call, type), after };
  const state = memory.snapshots.find(type.storage, revision, now);
  if (state !== undefined) return { state, after };
  throw expiredPage(token);
}

/** The index of the first object after that key, by binary search, because a linear one would slow down each page of a long list. */
function placeAfter(objects: readonly KubernetesObject[], after: string): number {
  let [low, high] = [0, objects.length];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const object = objects[middle];
    if (object !== undefined && keyOf(object) <= after) low = middle + 1;
    else high = middle;
  }
  return low;
}

function limitOf(query: URLSearchParams): number {
  const limit = Number(query.get('limit') ?? 0);
  if (Number.isInteger(limit) && limit >= 0) return limit;
  throw badRequest(`limit: Invalid value: "${query.get('limit')}": must be greater than or equal to 0`);
}
