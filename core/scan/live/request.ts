import { parseJson } from '../../model/parse-json.ts';
import { ClusterAccessError } from '../../ports/cluster-access.ts';
import type { ClusterReader, ReadRequest } from '../../ports/cluster-reader.ts';
import { isMapping, type Mapping, mappingOf, textOf } from '../manifest/manifest-object.ts';
import type { ServedResource } from '../observe/live-object.ts';
import type { Coverage } from '../report/report-schema.ts';

export interface ScanTools extends Patience {
  readonly reader: ClusterReader;
}

/** The result of a unit: `done` ends it, `again` continues it; `dead` says why nothing else can be read either. */
export interface UnitResult {
  readonly next: 'done' | 'again';
  readonly coverage?: readonly Coverage[];
  readonly dead?: string;
}

/** A live scan needs this beside the reader. */
export interface Patience {
  /** Resolves after this number of seconds. */
  readonly wait: (seconds: number) => Promise<void>;
}

/** The result of a GET with its retries. `denied`: 403. `expired`: 410, a list must begin anew. `missing`: 404. */
export type Answer =
  | { readonly status: 'ok'; readonly text: string }
  | { readonly status: 'denied' | 'expired' | 'missing'; readonly why: string }
  | { readonly status: 'failed'; readonly why: string; readonly fatal?: boolean; readonly tooLong?: boolean };

const THROTTLED_ATTEMPTS = 8;
const FAULT_ATTEMPTS = 3;
const LONGEST_WAIT_SECONDS = 60;
const LONGEST_TOLD_SECONDS = 300;

/**
 * Retries until there is an answer: it waits as long as a 429 says, and tries a 5xx or a broken connection three times. It gives up when the API
 * server asks for a wait of more than five minutes. `fatal` means that no other request will be answered either: the credentials are rejected, or the
 * server does not respond.
 */
export async function ask(reader: ClusterReader, request: ReadRequest, { wait }: Patience): Promise<Answer> {
  let faults = 0;
  for (let attempt = 1; ; attempt += 1) {
    try {
      const answer = await reader.get(request);
      if (answer.status === 200) return { status: 'ok', text: answer.text };
      const why = `the API server answered ${answer.status}${saidBy(answer.text)}`;
      if (answer.status === 403) return { status: 'denied', why };
      if (answer.status === 401) return { status: 'failed', why, fatal: true };
      if (answer.status === 404) return { status: 'missing', why };
      if (answer.status === 410) return { status: 'expired', why };
      const throttled = answer.status === 429;
      if (!throttled) faults += 1;
      if ((!throttled && answer.status < 500) || faults >= FAULT_ATTEMPTS || attempt >= THROTTLED_ATTEMPTS)
        return { status: 'failed', why: throttled ? `${why}, ${attempt} times` : why };
      const { retryAfterSeconds: told } = answer;
      if (told !== undefined && told > LONGEST_TOLD_SECONDS)
        return { status: 'failed', why: `${why}, and said to come back after ${told} seconds` };
      await wait(Math.max(1, told ?? Math.min(LONGEST_WAIT_SECONDS, 2 ** attempt)));
    } catch (error) {
      if (!(error instanceof ClusterAccessError)) throw error;
      faults += 1;
      const why = error.message.replace(/\.$/, '');
      // An answer that is too long now is too long the next time.
      if (error.name === 'ClusterServerFault') return { status: 'failed', why, tooLong: true };
      if (error.name === 'ClusterUnauthorized' || faults >= FAULT_ATTEMPTS)
        return { status: 'failed', why, fatal: true };
      await wait(2 ** faults);
    }
  }
}

/** Why no further request may be answered, if this answer says so. */
export const deadOf = (answer: Answer): { dead?: string } =>
  answer.status === 'failed' && answer.fatal === true ? { dead: answer.why } : {};

/** The coverage status of what was not read: denied, or any other error. */
export const gapStatus = ({ status }: Answer): 'denied' | 'error' => (status === 'denied' ? 'denied' : 'error');

/** Ends a unit that could not be read. `otherwise`: what is wrong with an answer that did arrive. `after`: what was read before. */
export function notRead(
  { what, source, count = 0 }: Pick<Coverage, 'what' | 'source'> & { readonly count?: number },
  answer: Answer,
  otherwise: string,
  after = '',
): UnitResult {
  const why = answer.status === 'ok' ? otherwise : answer.why;
  const detail = `It was not read${after}: ${why}.`;
  return { next: 'done', coverage: [{ what, source, status: gapStatus(answer), detail, count }], ...deadOf(answer) };
}

/** The `message` of a Kubernetes Status, shortened. No other part of an error's body is shown. */
function saidBy(text: string): string {
  const message = textOf(mappingOf(parseJson(text.slice(0, 100_000))).message);
  return message === undefined ? '' : `: ${message.slice(0, 300)}`;
}

/** One page of a list. */
interface ListPage {
  readonly items: readonly Mapping[];
  /** The token of the next page; undefined on the last one. */
  readonly next?: string;
}

/** Undefined for an answer that is no list, so that it never counts as an empty one. */
export function readPage(text: string): ListPage | undefined {
  const body = parseJson(text);
  if (!isMapping(body) || typeof body.kind !== 'string' || !body.kind.endsWith('List')) return undefined;
  // Go writes an empty list as `null`. A body without items is another kind of list, such as APIGroupList.
  const items = body.items === null ? [] : body.items;
  if (!Array.isArray(items) || !items.every(isMapping)) return undefined;
  const next = textOf(mappingOf(body.metadata).continue);
  return { items, ...(next === undefined ? {} : { next }) };
}

/** Asks for the metadata of objects only: annotations and managedFields, no spec and no status. */
export const METADATA_ONLY = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json';

/** `/apis/apps/v1/deployments?limit=500` and further parameters. resourceVersion is left out, so that newer servers answer from their cache. */
export function listPath(
  { group, version, resource }: Pick<ServedResource, 'group' | 'version' | 'resource'>,
  query: Readonly<Record<string, string>>,
): string {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const parameters = Object.entries(query).filter(([, value]) => value !== '');
  return `${root}/${resource}?${parameters.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')}`;
}
