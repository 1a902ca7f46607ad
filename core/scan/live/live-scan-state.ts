import type { ReleaseHead } from '../helm/stored-release.ts';
import type { Observation } from '../judge/observation.ts';
import type { KindList } from '../listed/kind-list.ts';
import { type ClusterFacts, noFacts } from '../reference/cluster-facts.ts';
import { unreadOf } from '../report/coverage.ts';
import type { Coverage, Source } from '../report/report-schema.ts';
import type { ServedResource } from './unit-discovery.ts';

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
