import { setTimeout as delay } from 'node:timers/promises';
import { keyOf, sourcesOf } from '../api-objects.ts';
import type { Wanted } from '../daemon-pods.ts';
import type { KubernetesObject } from '../objects/object-metadata.ts';
import type { ResourceAttributes } from '../permissions.ts';
import { apiVersionOf, type ResourceType } from '../resource-types.ts';
import { record } from '../resources/stored-object.ts';
import type { StatusError } from '../status-error.ts';
import { type Answer, type Call, json, type StreamedAnswer, stream } from './call.ts';
import { continueToken, readContinueToken } from './continue-token.ts';
import { expiredPage } from './expired-page.ts';
import { labelSelector, type Matches } from './label-selector.ts';
import type { ListMeta } from './object-forms.ts';
import type { Change, Observed } from './object-history.ts';
import { badRequest, expired, notFound } from './refusals.ts';
import { listAnswer, representObject } from './represent.ts';
import { isTrue } from './request-info.ts';

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

const bookmarkMilliseconds = 60_000;
const defaultTimeoutSeconds = 1_800;

/**
 * Changes of objects, one JSON document a line: `{type: ADDED | MODIFIED | DELETED | BOOKMARK | ERROR, object}`. Without a `resourceVersion` it
 * begins with all objects. It polls the model, so a change that is reverted between two reads is not reported. Times are this machine's, since
 * clients wait by them.
 * @throws StatusError 400 for invalid parameters, 410 for a `resourceVersion` whose changes were dropped.
 */
export function watchObjects(call: Call, type: ResourceType, attributes: ResourceAttributes): StreamedAnswer {
  const { query } = call;
  const { matches } = selection(type, attributes, query);
  const from = startOf(query);
  const { revision, objects } = observe(call, type);
  if (from !== undefined && call.memory.history.changesSince(type.storage, from) === undefined)
    throw tooOld(from, revision);
  const initial = from === undefined ? objects.filter(matches) : [];
  const watch = { call, type, matches, from: from ?? revision, initial, seconds: secondsOf(query) };
  return stream((signal) => events(watch, signal));
}

interface Watch {
  readonly call: Call;
  readonly type: ResourceType;
  readonly matches: Matches;
  readonly from: number;
  readonly initial: readonly KubernetesObject[];
  readonly seconds: number;
}

async function* events({ call, type, matches, from, initial, seconds }: Watch, signal: AbortSignal) {
  const event = eventWriter(call, type);
  const bookmarks = isTrue(call.query.get('allowWatchBookmarks'));
  for (const object of initial) yield event('ADDED', object);
  if (isTrue(call.query.get('sendInitialEvents'))) yield bookmark(type, from, { 'k8s.io/initial-events-end': 'true' });
  const end = Date.now() + seconds * 1_000;
  let revision = from;
  let marked = Date.now();
  while (Date.now() < end) {
    await delay(Math.min(call.pollMilliseconds, Math.max(0, end - Date.now())), undefined, { signal });
    const seen = await call.later((cluster, now) => {
      const observed = observe({ ...call, cluster, now }, type);
      return { now, revision: observed.revision, changes: call.memory.history.changesSince(type.storage, revision) };
    });
    if (seen.changes === undefined) {
      yield line('ERROR', tooOld(revision, seen.revision).status);
      return;
    }
    for (const change of seen.changes) {
      const told = toldChange(change, matches);
      if (told !== undefined) yield event(told.type, told.object, seen.now);
    }
    revision = seen.revision;
    const due = Date.now() - marked >= bookmarkMilliseconds || Date.now() >= end;
    if (bookmarks && due) {
      yield bookmark(type, revision);
      marked = Date.now();
    }
  }
}

/** For a client, an object that begins to match its selector is new, and one that no longer matches is deleted. */
function toldChange({ revision, before, after }: Change, matches: Matches) {
  const [was, is] = [before !== undefined && matches(before), after !== undefined && matches(after)];
  if (is && after !== undefined) return { type: was ? 'MODIFIED' : 'ADDED', object: after };
  const last = after ?? before;
  if (!was || last === undefined) return undefined;
  const metadata = { ...last.metadata, resourceVersion: String(revision) };
  return { type: 'DELETED', object: { ...last, metadata } };
}

function eventWriter(call: Call, type: ResourceType) {
  let header = true;
  return (event: string, object: KubernetesObject, now = call.now): string => {
    const represented = representObject({ ...call, now }, type, object, { header });
    header = false;
    return line(event, represented);
  };
}

function bookmark(type: ResourceType, revision: number, annotations?: Readonly<Record<string, string>>): string {
  const metadata = { resourceVersion: String(revision), creationTimestamp: null, ...(annotations && { annotations }) };
  return line('BOOKMARK', { kind: type.kind, apiVersion: apiVersionOf(type), metadata });
}

const line = (type: string, object: object): string => `${JSON.stringify({ type, object })}\n`;

function startOf(query: URLSearchParams): number | undefined {
  const text = query.get('resourceVersion') ?? '';
  if (text === '' || text === '0' || isTrue(query.get('sendInitialEvents'))) return undefined;
  if (/^\d+$/.test(text)) return Number(text);
  throw badRequest(`resourceVersion: Invalid value: "${text}": strconv.ParseUint: parsing "${text}": invalid syntax`);
}

function secondsOf(query: URLSearchParams): number {
  const seconds = Number(query.get('timeoutSeconds') ?? defaultTimeoutSeconds);
  if (Number.isInteger(seconds) && seconds >= 0) return seconds === 0 ? defaultTimeoutSeconds : seconds;
  throw badRequest(`timeoutSeconds: Invalid value: "${query.get('timeoutSeconds')}"`);
}

const tooOld = (wanted: number, oldest: number): StatusError =>
  expired(`too old resource version: ${wanted} (${oldest})`);

/** The objects of a list or a watch. */
interface Selection {
  readonly matches: Matches;
  /** The number of remaining objects is not reported then. */
  readonly selective: boolean;
  /** The only node whose pods are selected; absent where the selector names none. */
  readonly nodeName: string | undefined;
}

/** Selects by namespace, name, labels and fields. @throws StatusError 400 for invalid selectors. */
function selection(type: ResourceType, attributes: ResourceAttributes, query: URLSearchParams): Selection {
  const { name } = attributes;
  const namespace = type.namespaced ? attributes.namespace : undefined;
  const [labels, fields] = [query.get('labelSelector'), query.get('fieldSelector')];
  const tests: Matches[] = [labelSelector(labels), fieldSelector(type.resource, fields)];
  const isIn = ({ metadata }: KubernetesObject) => namespace === undefined || metadata.namespace === namespace;
  const isCalled = ({ metadata }: KubernetesObject) => name === undefined || metadata.name === name;
  return {
    matches: (object) => isIn(object) && isCalled(object) && tests.every((test) => test(object)),
    nodeName: type.resource === 'pods' ? /(?:^|,)spec\.nodeName==?([^,=]+)(?:,|$)/.exec(fields ?? '')?.[1] : undefined,
    selective: (labels ?? '') !== '' || (fields ?? '') !== '',
  };
}

const named = ['metadata.name', 'metadata.namespace'];

/** The fields that upstream selects by, as far as the model has them. */
const fieldsOf: Readonly<Record<string, readonly string[]>> = {
  pods: [
    ...named,
    ...['spec.nodeName', 'spec.restartPolicy', 'spec.schedulerName', 'spec.serviceAccountName'],
    ...['status.phase', 'status.podIP', 'status.nominatedNodeName'],
  ],
  nodes: ['metadata.name', 'spec.unschedulable'],
  namespaces: ['metadata.name', 'status.phase'],
  replicasets: [...named, 'status.replicas'],
  secrets: [...named, 'type'],
};

/**
 * `spec.nodeName=ip-10-0-0-1,status.phase!=Running`: all terms must match.
 * @throws StatusError 400 for another form, or for a field that the resource is not selected by.
 */
function fieldSelector(resource: string, text: string | null): Matches {
  const terms = (text ?? '').split(',').filter((term) => term !== '');
  const requirements = terms.map((term) => {
    const [, field = '', operator, wanted] = /^([^=!]+)(==?|!=)(.*)$/.exec(term) ?? [];
    if (operator === undefined) throw badRequest(`invalid selector: '${term}'; can't understand '${term}'`);
    if (!(fieldsOf[resource] ?? named).includes(field)) throw badRequest(`field label not supported: ${field}`);
    return (object: KubernetesObject) => (textOf(object, field) === wanted) === (operator !== '!=');
  });
  return (object) => requirements.every((holds) => holds(object));
}

/** Absent fields are empty, absent booleans false. */
function textOf(object: KubernetesObject, field: string): string {
  const found = field.split('.').reduce<unknown>((value, part) => (value as Record<string, unknown>)?.[part], object);
  return String(found ?? (field === 'spec.unschedulable' ? false : ''));
}
