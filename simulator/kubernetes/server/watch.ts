import { setTimeout as delay } from 'node:timers/promises';
import type { KubernetesObject } from '../objects/object-metadata.ts';
import type { ResourceAttributes } from '../permissions.ts';
import { apiVersionOf, type ResourceType } from '../resource-types.ts';
import type { StatusError } from '../status-error.ts';
import { type StreamedAnswer, stream } from './answer.ts';
import type { Call } from './call.ts';
import type { Matches } from './label-selector.ts';
import type { Change } from './object-history.ts';
import { observe } from './read-objects.ts';
import { badRequest, expired } from './refusals.ts';
import { representObject } from './represent.ts';
import { isTrue } from './request-info.ts';
import { selection } from './selection.ts';

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
