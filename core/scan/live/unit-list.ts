import { given } from '../../model/given.ts';
import { parseJson } from '../../model/parse-json.ts';
import { remembered } from '../../model/remembered.ts';
import type { ItemSink } from '../../ports/cluster-reader.ts';
import { noteDrainFacts } from '../drain/note-drain-facts.ts';
import type { Observation } from '../judge/observation.ts';
import { isMapping, type Mapping } from '../manifest/manifest-object.ts';
import { inspectLiveObject, saysItsTemplate } from '../observe/inspect-object.ts';
import { liveObject, type ServedResource } from '../observe/live-object.ts';
import { addFacts, type ClusterFacts, noFacts } from '../reference/cluster-facts.ts';
import { observeOwnerReferences } from '../reference/observe-references.ts';
import { readOf } from '../report/coverage.ts';
import { keep, type ListUnderWay, type LiveScanState, titleOf, type Unit } from './keep.ts';
import { mayMatter, noteChanges, observeLiveObject, type Surroundings } from './observe-live-object.ts';
import {
  type Answer,
  ask,
  listPath,
  METADATA_ONLY,
  notRead,
  readPage,
  type ScanTools,
  type UnitResult,
} from './request.ts';
import { DRAIN_KINDS } from './unit-discovery.ts';

const PAGE = 500;
/** CustomResourceDefinitions contain whole schemas, half a megabyte each. */
const PAGE_OF_DEFINITIONS = 25;
const SMALLEST_PAGE = 1;
const MOST_RESTARTS = 3;

type ListUnit = Extract<Unit, { type: 'list' }>;

/** Reads one page of a list. Its findings count when the list has ended, so that an expired list can begin anew. */
export async function listPage(unit: ListUnit, state: LiveScanState, tools: ScanTools): Promise<UnitResult> {
  state.page ??= startPage(firstLimit(unit), 0);
  const { page } = state;
  const surroundings = {
    facts: state.facts,
    served: setOf(state.served),
    ...given({ lists: state.lists }),
  };
  const version = versionToAskFor(unit, state.facts);
  const path = listPath({ ...unit, version }, { limit: String(page.limit), continue: page.token });
  const items = new PageItems(
    (item, facts) => observe(unit, item, surroundings, { skip: state.skip, facts }),
    (text) => (unit.full && !saysItsTemplate(text, unit.kind)) || mayMatter(text, unit, surroundings),
    isOfDrains(unit, state)
      ? (item, facts) => noteDrainFacts(liveObject(item, unit), facts.drain, state.facts.drain)
      : undefined,
  );
  const answer = await ask(tools.reader, { path, items, ...(unit.full ? {} : { accept: METADATA_ONLY }) }, tools);
  if (answer.status === 'expired' && page.restarts < MOST_RESTARTS) {
    state.page = startPage(page.limit, page.restarts + 1);
    return { next: 'again' };
  }
  if (answer.status === 'failed' && answer.tooLong === true && page.limit > SMALLEST_PAGE) {
    page.limit = Math.max(SMALLEST_PAGE, Math.floor(page.limit / 5));
    return { next: 'again' };
  }
  if (answer.status !== 'ok') return close(unit, state, answer);
  const read = readPage(answer.text);
  if (read === undefined || items.broken) return close(unit, state, notWhatItShouldBe);
  page.observations.push(...items.observations);
  addFacts(page.facts, items.facts);
  page.count += items.count;
  if (read.next === undefined) return close(unit, state, undefined);
  // The same token again would never end.
  if (read.next === page.token) return close(unit, state, notWhatItShouldBe);
  page.token = read.next;
  return { next: 'again' };
}

const notWhatItShouldBe = { status: 'failed', why: 'the API server gave something that is no list' } as const;

const startPage = (limit: number, restarts: number): ListUnderWay => {
  return { token: '', count: 0, restarts, limit, observations: [], facts: noFacts() };
};

const firstLimit = (unit: ListUnit): number =>
  unit.resource === 'customresourcedefinitions' ? PAGE_OF_DEFINITIONS : PAGE;

function observe(
  unit: ListUnit,
  item: Mapping,
  around: Surroundings,
  { skip, facts }: Pick<LiveScanState, 'skip' | 'facts'>,
) {
  const object = liveObject(item, unit);
  noteChanges(object, facts);
  const owners = observeOwnerReferences(object, { cause: `owners:${unit.kind}`, evidence: [] });
  const whole = unit.full ? inspectLiveObject(object, facts) : [];
  // An object that is read whole for one source may show something of another source.
  return [...observeLiveObject(object, around), ...owners, ...whole].filter(({ source }) => !skip.includes(source));
}

const setOf = remembered((served: readonly string[]): ReadonlySet<string> => new Set(served), new WeakMap());

/** Ends the list, complete or not. The pages of an incomplete list still count. */
function close(
  unit: ListUnit,
  state: LiveScanState,
  failure: Exclude<Answer, { status: 'ok' }> | undefined,
): UnitResult {
  const { count = 0, observations = [], facts = noFacts() } = state.page ?? {};
  delete state.page;
  addFacts(state.facts, facts);
  if (failure === undefined && isOfDrains(unit, state)) state.facts.drain.read.push(kindOf(unit));
  if (unit.group === '' && unit.kind === 'Node' && unit.full) noteNodes(state.facts, failure === undefined);
  keep(state, unit.group === '' && unit.kind === 'Node' ? groupNodes(observations) : observations);
  const own = { what: titleOf(unit), source: 'object', count } as const;
  if (failure === undefined) return { next: 'done', coverage: [readOf(own.what, own.source, count)] };
  if (/conversion webhook/i.test(failure.why)) keep(state, [conversionFails(unit, failure.why)]);
  // A scan without Helm may have no permission to read Secrets; then their writers are skipped as well.
  if (failure.status === 'denied' && own.what === 'secrets' && state.skip.includes('helm'))
    return {
      next: 'done',
      coverage: [{ ...own, status: 'skipped', detail: 'They may not be read, and Helm is left out.' }],
    };
  return notRead(own, failure, '', count === 0 ? '' : ` after ${count} objects`);
}

const kindOf = ({ group, resource }: ListUnit): string => `${group}/${resource}`;
const isOfDrains = (unit: ListUnit, { skip }: LiveScanState): boolean =>
  !skip.includes('drain') && DRAIN_KINDS.includes(kindOf(unit));

/** A part of the nodes is as good as none, because the others are unknown. */
function noteNodes(facts: ClusterFacts, isWhole: boolean): void {
  if (isWhole) facts.otherNodes ??= [];
  else delete facts.otherNodes;
}

const conversionFails = ({ group, resource }: ListUnit, why: string): Observation => ({
  type: 'problem',
  source: 'reference',
  subject: { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', name: `${resource}.${group}` },
  cause: `conversion:${resource}.${group}`,
  evidence: [`Listing ${resource}.${group} failed: ${why.slice(0, 200)}`],
  confidence: 'high',
  reason: 'unavailable',
  severity: 'error',
  message: `The conversion webhook of ${resource}.${group} does not answer, so its objects cannot be read or written.`,
  fix: 'Bring the webhook back, or remove what installed the CustomResourceDefinition.',
});

/**
 * The version to list a resource at. A definition may mark its preferred version as deprecated, and a request for that one would count as its use. So
 * another served version is taken where there is one.
 */
function versionToAskFor(
  { group, kind, version }: Pick<ServedResource, 'group' | 'kind' | 'version'>,
  { crds }: ClusterFacts,
): string {
  const versions = crds[`${group}/${kind}`]?.versions ?? [];
  if (versions.find(({ name }) => name === version)?.deprecated !== true) return version;
  return versions.find(({ served, deprecated }) => served && !deprecated)?.name ?? version;
}

/** Observes one item, and notes in `facts` what other parts of the scan need of it. */
type ObserveItem = (item: Mapping, facts: ClusterFacts) => readonly Observation[];

/** Notes what other parts of the scan need of an item, whatever its text says. */
type NoteItem = (item: Mapping, facts: ClusterFacts) => void;

/** The observations from the items of one page. Each item is observed when it arrives, and dropped. */
export class PageItems implements ItemSink {
  observations: Observation[] = [];
  /** The facts of this page only, so that a page that is requested again adds nothing twice. */
  facts = noFacts();
  count = 0;
  /** True when an item is no object, so that the page counts as unreadable. */
  broken = false;
  readonly #observe: ObserveItem;
  readonly #mayMatter: (text: string) => boolean;
  readonly #note: NoteItem | undefined;

  /** An item whose text cannot matter, and that need not be noted, is counted and not parsed. In a large cluster that is nearly every item. */
  constructor(observe: ObserveItem, mayMatter: (text: string) => boolean, note?: NoteItem) {
    this.#observe = observe;
    this.#mayMatter = mayMatter;
    this.#note = note;
  }

  begin(): void {
    this.observations = [];
    this.facts = noFacts();
    this.count = 0;
    this.broken = false;
  }

  item(text: string): void {
    const matters = !text.endsWith('}') || this.#mayMatter(text);
    if (!matters && this.#note === undefined) {
      this.count += 1;
      return;
    }
    const value = parseJson(text);
    if (!isMapping(value)) {
      this.broken = true;
      return;
    }
    this.count += 1;
    this.#note?.(value, this.facts);
    if (matters) this.observations.push(...this.#observe(value, this.facts));
  }
}

/**
 * Makes one observation for all nodes of a node group with the same problem. The first one represents the others, which are counted. A fleet of 5,000
 * nodes on one image has one problem, not 5,000.
 */
export function groupNodes(observations: readonly Observation[]): Observation[] {
  const groups = Map.groupBy(observations, (one) => `${one.type} ${one.cause} ${problemOf(one)}`);
  return [...groups.values()].flatMap(([first, ...others]): Observation[] => {
    if (first === undefined) return [];
    if (others.length === 0) return [first];
    const count = `${others.length} more ${others.length === 1 ? 'node' : 'nodes'} of ${first.cause.replace('nodegroup:', 'node group ')}`;
    return [{ ...first, evidence: [...first.evidence, `So it is on ${count}.`] }];
  });
}

function problemOf(one: Observation): string {
  if (one.type === 'rule') return one.rule;
  if (one.type === 'skew') return `${one.component} ${one.version}`;
  return one.subject.name ?? '';
}
