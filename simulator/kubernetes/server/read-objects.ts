import { keyOf, objectsOf } from '../api-objects.ts';
import type { KubernetesObject } from '../objects/object-metadata.ts';
import type { ResourceAttributes } from '../permissions.ts';
import type { ResourceType } from '../resource-types.ts';
import { type Answer, json } from './answer.ts';
import type { Call } from './call.ts';
import { continueToken, readContinueToken } from './continue-token.ts';
import { expiredPage } from './expired-page.ts';
import type { ListMeta } from './object-forms.ts';
import type { Observed } from './object-history.ts';
import { badRequest, notFound } from './refusals.ts';
import { representList, representObject } from './represent.ts';
import { selection } from './selection.ts';

/** All objects of a resource as they are now. */
export function observe(
  { cluster, now, memory }: Pick<Call, 'cluster' | 'now' | 'memory'>,
  type: ResourceType,
): Observed {
  return memory.history.observe(type.storage, objectsOf(cluster, type, now));
}

/** One object. @throws StatusError 404 */
export function findObject(
  call: Call,
  type: ResourceType,
  { namespace, name = '' }: ResourceAttributes,
): KubernetesObject {
  const { objects } = observe(call, type);
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
 * A list, or a page of one: later pages show the state that the first one was read in.
 *
 * @throws StatusError 410 for a page of a state that is no longer there; its token goes on with the present one.
 */
export function listObjects(call: Call, type: ResourceType, attributes: ResourceAttributes): Answer {
  const { query, memory, now } = call;
  const limit = limitOf(query);
  const { matches, selective } = selection(type, attributes, query);
  const { state, after } = begin(call, type);
  const wanted = state.objects.filter((object) => (after === undefined || keyOf(object) > after) && matches(object));
  const page = limit === 0 ? wanted : wanted.slice(0, limit);
  const last = page.at(-1);
  const remaining = wanted.length - page.length;
  const base = { resourceVersion: String(state.revision) };
  if (remaining === 0 || last === undefined) return json(200, representList(call, type, page, base));
  memory.snapshots.keep(type.storage, state, now);
  const metadata: ListMeta = {
    ...base,
    continue: continueToken({ revision: state.revision, after: keyOf(last) }),
    ...(selective ? {} : { remainingItemCount: remaining }),
  };
  return json(200, representList(call, type, page, metadata));
}

function begin(call: Call, type: ResourceType): { state: Observed; after?: string } {
  const { query, memory, now } = call;
  const token = query.get('continue') ?? '';
  if (token === '') return { state: observe(call, type) };
  const { revision, after } = readContinueToken(token);
  if (revision === -1) return { state: observe(call, type), after };
  const state = memory.snapshots.find(type.storage, revision, now);
  if (state !== undefined) return { state, after };
  throw expiredPage(token);
}

function limitOf(query: URLSearchParams): number {
  const limit = Number(query.get('limit') ?? 0);
  if (Number.isInteger(limit) && limit >= 0) return limit;
  throw badRequest(`limit: Invalid value: "${query.get('limit')}": must be greater than or equal to 0`);
}
