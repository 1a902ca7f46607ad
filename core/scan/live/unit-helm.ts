import { parseJson } from '../../model/parse-json.ts';
import { observeRelease } from '../helm/observe-release.ts';
import { type ChosenRevision, chooseRevisions, decodeRelease, headOf, secretText } from '../helm/stored-release.ts';
import { mappingOf, textOf } from '../manifest/manifest-object.ts';
import { readOf, unreadOf } from '../report/coverage.ts';
import type { Coverage } from '../report/report-schema.ts';
import { keep, type LiveScanState } from './keep.ts';
import {
  type Answer,
  ask,
  deadOf,
  listPath,
  METADATA_ONLY,
  readPage,
  type ScanTools,
  type UnitResult,
} from './request.ts';

type Storage = 'secrets' | 'configmaps';
type HelmState = NonNullable<LiveScanState['helm']>;

/** The scan may be saved after this number of releases. */
const AT_ONCE = 20;
const MOST_RESTARTS = 3;

/** Reads Helm's releases of one storage driver: labels first, then only the revisions that matter. */
export async function readHelmReleases(storage: Storage, state: LiveScanState, tools: ScanTools): Promise<UnitResult> {
  state.helm ??= startHelm(0);
  const { helm } = state;
  const reading = { storage, state, helm, tools };
  return helm.pending === undefined ? listHeads(reading) : readPending(reading);
}

interface Reading {
  readonly storage: Storage;
  readonly state: LiveScanState;
  readonly helm: HelmState;
  readonly tools: ScanTools;
}

const startHelm = (restarts: number): HelmState => ({ token: '', heads: [], restarts, read: 0, problems: [] });

async function listHeads({ storage, state, helm, tools }: Reading): Promise<UnitResult> {
  const query = { labelSelector: 'owner=helm', limit: '500', continue: helm.token };
  const path = listPath({ group: '', version: 'v1', resource: storage }, query);
  const answer = await ask(tools.reader, { path, accept: METADATA_ONLY }, tools);
  const page = answer.status === 'ok' ? readPage(answer.text) : undefined;
  if (page === undefined) {
    delete state.helm;
    if (answer.status === 'expired' && helm.restarts < MOST_RESTARTS) {
      state.helm = startHelm(helm.restarts + 1);
      return { next: 'again' };
    }
    return { next: 'done', coverage: [gap(storage, answer)], ...deadOf(answer) };
  }
  helm.heads.push(...page.items.flatMap((item) => headOf(item) ?? []));
  helm.token = page.next ?? '';
  if (page.next === undefined) {
    helm.pending = chooseRevisions(helm.heads);
    helm.heads = [];
  }
  return { next: 'again' };
}

async function readPending(reading: Reading): Promise<UnitResult> {
  const { storage, state, helm } = reading;
  for (let tried = 0; tried < AT_ONCE; tried += 1) {
    const head = helm.pending?.shift();
    if (head === undefined) break;
    const problem = await readOne(head, reading);
    if (problem === undefined) {
      helm.read += 1;
      continue;
    }
    const { why, denied, dead } = problem;
    const what = `helm release ${head.namespace}/${head.release}`;
    const detail = `Revision ${head.revision} was not read: ${why}.`;
    helm.problems.push(unreadOf(what, 'helm', denied === true ? 'denied' : 'error', detail));
    if (dead === undefined) continue;
    const left = helm.pending?.length ?? 0;
    delete state.helm;
    const own = gap(storage, { status: 'failed', why: `${why}; ${left} more releases are left` });
    return { next: 'done', coverage: [{ ...own, count: helm.read }, ...helm.problems], dead };
  }
  if ((helm.pending ?? []).length > 0) return { next: 'again' };
  delete state.helm;
  return { next: 'done', coverage: [readOf(`helm releases in ${storage}`, 'helm', helm.read), ...helm.problems] };
}

/** Why a release was not read, or not completely. */
interface Problem {
  readonly why: string;
  readonly denied?: boolean;
  readonly dead?: string;
}

async function readOne(head: ChosenRevision, { storage, state, tools }: Reading): Promise<Problem | undefined> {
  const path = `/api/v1/namespaces/${encodeURIComponent(head.namespace)}/${storage}/${encodeURIComponent(head.object)}`;
  const answer = await ask(tools.reader, { path }, tools);
  // A release that was uninstalled since it was listed is no gap; a 404 that does not name it comes from a proxy on the way.
  if (answer.status === 'missing' && answer.why.includes(`"${head.object}" not found`)) return undefined;
  if (answer.status !== 'ok') return { why: answer.why, denied: answer.status === 'denied', ...deadOf(answer) };
  const packed = textOf(mappingOf(mappingOf(parseJson(answer.text)).data).release);
  if (packed === undefined) return { why: 'it holds no release' };
  const release = decodeRelease(storage === 'secrets' ? secretText(packed) : packed);
  if (release === undefined) return { why: 'it could not be unpacked' };
  const { found, unread } = observeRelease(head, release, state.lists);
  keep(state, found);
  return unread === 0 ? undefined : { why: `${unread} of its documents could not be parsed` };
}

function gap(storage: Storage, answer: Answer): Coverage {
  const what = `helm releases in ${storage}`;
  if (answer.status === 'denied') {
    const detail = `What the next helm upgrade would fail on is not known: ${answer.why}. Grant list and get on ${storage}, or say --skip helm.`;
    return unreadOf(what, 'helm', 'denied', detail);
  }
  const why = answer.status === 'ok' ? 'the API server gave something that is no list' : answer.why;
  return unreadOf(what, 'helm', 'error', `They were not read: ${why}.`);
}
