import type { ReleaseHead } from '../helm/stored-release.ts';
import type { Observation } from '../judge/observation.ts';
import type { KindList } from '../listed/kind-list.ts';
import { type ClusterFacts, noFacts } from '../reference/cluster-facts.ts';
import { unreadOf } from '../report/coverage.ts';
import type { Coverage, Source } from '../report/report-schema.ts';
import type { ServedResource } from './discovery.ts';

/** One thing to read. Each costs at least one request, and each ends with one entry of coverage or more. */
export type Unit =
  | { readonly type: 'version' }
  | { readonly type: 'discovery' }
  | ({ readonly type: 'list'; readonly full: boolean } & ServedResource)
  | { readonly type: 'kube-proxy-config' }
  | { readonly type: 'helm'; readonly storage: 'secrets' | 'configmaps' }
  | { readonly type: 'telemetry' }
  | { readonly type: 'references' };

/** What the pages of a list have given so far. */
export interface ListUnderWay {
  token: string;
  count: number;
  restarts: number;
  limit: number;
  observations: Observation[];
  facts: ClusterFacts;
}

/**
 * A scan of a cluster at some moment of it, as plain JSON: it can be put away and gone on with, by another process too. Pages of a list
 * count only once the whole list was read, so a list that has to begin anew leaves nothing twice.
 */
export interface LiveScanState {
  /** RFC 3339. */
  readonly startedAt: string;
  readonly skip: readonly Source[];
  /** Kinds of somebody's own that are given up. */
  readonly lists?: readonly KindList[];
  /** The first one is under way. */
  units: Unit[];
  /** Of the list under way. */
  page?: ListUnderWay;
  /** Of the Helm releases under way. */
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
  /** How many observations there were of one sort, by `sortOf` of keep.ts. Beyond a number only the count grows. */
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
  // Owners are looked at in the same lists.
  const detail = `Left out with --skip${source === 'object' ? ', and with it the ownerReferences of all kinds that no other source reads' : ''}.`;
  return unreadOf(`everything from the source ${source}`, source, 'skipped', detail);
}
