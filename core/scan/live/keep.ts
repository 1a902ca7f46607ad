import type { ReleaseHead } from '../helm/stored-release.ts';
import type { ApiReference, Observation } from '../judge/observation.ts';
import type { KindList } from '../listed/kind-list.ts';
import type { ServedResource } from '../observe/live-object.ts';
import { type ClusterFacts, noFacts } from '../reference/cluster-facts.ts';
import { unreadOf } from '../report/coverage.ts';
import type { Coverage, Source } from '../report/report-schema.ts';

/** So many observations of one sort are kept by name, because one repair fixes all of them. Traces change nothing, so fewer are kept. */
const MOST_OF_A_SORT = 100;
const MOST_TRACES = 5;
/** The most observations in all. A scan must fit into memory for every cluster. */
const MOST = 8_000;
const MOST_SORTS = 12_000;

/** Keeps observations, or only counts those that many others already stand for. */
export function keep(state: LiveScanState, observations: readonly Observation[]): void {
  for (const one of observations) {
    const sort = sortOf(one);
    const count = (state.sorts[sort] ?? 0) + 1;
    state.sorts[sort] = count;
    // The first observation stands for its sort, so more of those are kept.
    const most = count === 1 ? MOST_SORTS : MOST;
    if (count <= mostOf(one) && state.observations.length < most) state.observations.push(one);
  }
}

/**
 * The observations that were only counted, one entry for each sort. `forgiven`: whether findings can be waived or already known. Listed ones then do
 * not stand for the rest, so the entry is a gap; it is one as well where none is listed.
 */
export function furtherOnes({ sorts, observations }: LiveScanState, { forgiven = false } = {}): Coverage[] {
  const kept = Map.groupBy(observations, sortOf);
  return Object.entries(sorts).flatMap(([sort, count]): Coverage[] => {
    const [first, ...others] = kept.get(sort) ?? [];
    const further = count - others.length - (first === undefined ? 0 : 1);
    if (further === 0) return [];
    const own = { what: `further ones: ${sort}`, source: first?.source ?? null, count: 0 };
    if (first === undefined)
      return [{ ...own, status: 'error', detail: `${further} were counted, and none is listed: there are too many.` }];
    const detail = `${further} more like those that are listed: ${sort}. What writes them is repaired once.`;
    if (!forgiven || isTrace(first)) return [{ ...own, status: 'skipped', detail }];
    return [{ ...own, status: 'error', detail: `${detail} Whether waivers or the baseline cover them is not known.` }];
  });
}

/** The key of observations that are repaired together and judged alike: `object policy/v1beta1 PodDisruptionBudget manager:terraform in payments`. */
function sortOf(one: Observation): string {
  const { apiVersion = '', kind = '', namespace } = one.subject;
  const trace = isTrace(one) ? 'stale' : '';
  const place = namespace === undefined ? '' : `in ${namespace}`;
  return [one.source, apiVersion, kind, whatOf(one), one.cause, place, trace].filter((part) => part !== '').join(' ');
}

/** What decides the judgement of an observation, beside the target. */
function whatOf(one: Observation): string {
  switch (one.type) {
    case 'api':
      return one.consequence ?? '';
    case 'listed':
      return `list:${one.list}`;
    case 'reference':
      return [...[one, ...(one.also ?? [])].map(namedText), one.severity].join(' ');
    case 'rule':
      return one.rule;
    case 'controller':
    case 'skew':
      return `${one.component} ${one.version}`;
    case 'problem':
      return `${one.reason} ${one.severity} ${one.fromMinor ?? ''}`.trim();
  }
}

const namedText = ({
  named: { group, version = '*', resource = '', kind = '' },
}: Pick<ApiReference, 'named'>): string => `${group}/${version} ${resource}${kind}`;

const isTrace = (one: Observation): boolean => (one.type === 'api' || one.type === 'listed') && one.stale === true;
const mostOf = (one: Observation): number => (isTrace(one) ? MOST_TRACES : MOST_OF_A_SORT);

/** What was read of a cluster and what was not. `forgiven`: whether findings can be waived or are known already. */
export function coverageOf(state: LiveScanState, { forgiven = false } = {}): Coverage[] {
  return [...foldDenied(state.coverage), ...furtherOnes(state, { forgiven })];
}

/** Merges the refusals of a user who may list nothing at all into one, because one permission repairs all of them. */
function foldDenied(coverage: readonly Coverage[]): readonly Coverage[] {
  const denied = coverage.filter(({ status }) => status === 'denied');
  const lists = denied.filter(({ source }) => source === 'object');
  const others = coverage.filter(({ status }) => status !== 'denied');
  if (lists.length < 2 || others.some(({ source, status }) => source === 'object' && status === 'read'))
    return coverage;
  const detail = `None of these ${denied.length} may be read with these credentials: bind the ClusterRole liftlock-scan of examples/rbac/liftlock-scan.yaml to them, as docs/scan.md says under "Permissions"; in a fleet, apply what liftlock access manifest prints.`;
  return [unreadOf('everything in the cluster', 'object', 'denied', detail), ...others];
}

/** One thing to read. Each costs at least one request, and each ends with one entry of coverage or more. */
export type Unit =
  | { readonly type: 'version' }
  | { readonly type: 'discovery' }
  | ({ readonly type: 'list'; readonly full: boolean } & ServedResource)
  | { readonly type: 'kube-proxy-config' }
  | { readonly type: 'helm'; readonly storage: 'secrets' | 'configmaps' }
  | { readonly type: 'telemetry' }
  | { readonly type: 'references' };

/** The result of the pages of a list so far. */
export interface ListUnderWay {
  token: string;
  count: number;
  restarts: number;
  limit: number;
  observations: Observation[];
  facts: ClusterFacts;
}

/**
 * The state of a scan between two requests, as plain JSON: it can be saved and continued, by another process too. Pages of a list count only when the
 * whole list was read, so a list that begins anew adds nothing twice.
 */
export interface LiveScanState {
  /** RFC 3339. */
  readonly startedAt: string;
  readonly skip: readonly Source[];
  /** A user's own lists of deprecated kinds. */
  readonly lists?: readonly KindList[];
  /** The first one is current. */
  units: Unit[];
  /** The pages of the current list. */
  page?: ListUnderWay;
  /** The pages of the current Helm releases. */
  helm?: {
    token: string;
    heads: ReleaseHead[];
    restarts: number;
    pending?: ReleaseHead[];
    read: number;
    problems: Coverage[];
  };
  /** `v1.35.2-eks-abc`, once it is known. */
  serverVersion?: string;
  /** `apps/v1/deployments` of everything that is served. */
  served: string[];
  observations: Observation[];
  coverage: Coverage[];
  facts: ClusterFacts;
  /** The number of observations of each sort, by `sortOf` of keep.ts. Beyond a limit only this number grows. */
  sorts: Record<string, number>;
  /** Why nothing more can be read; undefined while it can. */
  dead?: string;
}

export function startLiveScan(
  startedAt: Date,
  skip: readonly Source[],
  lists: readonly KindList[] = [],
): LiveScanState {
  const units: Unit[] = [{ type: 'version' }, { type: 'discovery' }];
  if (!skip.includes('node')) units.push({ type: 'kube-proxy-config' });
  if (!skip.includes('helm')) units.push({ type: 'helm', storage: 'secrets' }, { type: 'helm', storage: 'configmaps' });
  if (!skip.includes('telemetry')) units.push({ type: 'telemetry' });
  units.push({ type: 'references' });
  return {
    startedAt: startedAt.toISOString(),
    skip,
    ...(lists.length === 0 ? {} : { lists }),
    units,
    served: [],
    observations: [],
    coverage: skip.map(skipped),
    facts: noFacts(),
    sorts: {},
  };
}

function skipped(source: Source): Coverage {
  // OwnerReferences come from the same lists.
  const detail = `Left out with --skip${source === 'object' ? ', and with it the ownerReferences of all kinds that no other source reads' : ''}.`;
  return unreadOf(`everything from the source ${source}`, source, 'skipped', detail);
}

export const TITLES = {
  version: 'version of the API server',
  discovery: 'discovery of what is served',
  'kube-proxy-config': 'configuration of kube-proxy',
  telemetry: 'metrics of the API server',
  references: 'services behind webhooks and aggregated APIs',
} as const;

export function titleOf(unit: Unit): string {
  if (unit.type === 'list') return unit.group === '' ? unit.resource : `${unit.resource}.${unit.group}`;
  return unit.type === 'helm' ? `helm releases in ${unit.storage}` : TITLES[unit.type];
}
