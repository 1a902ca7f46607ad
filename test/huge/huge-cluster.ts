import { apiRowsOfResource } from '../../core/scan/data/api-table.ts';
import { apiVersionOf, qualifiedName, type ResourceType } from '../../simulator/kubernetes/resource-types.ts';
import { servedBuiltIns } from '../../simulator/kubernetes/resources/served-built-ins.ts';
import { byPriority } from '../../simulator/kubernetes/resources/version-priority.ts';
import { customTypes } from '../../simulator/kubernetes/served-types.ts';
import { type Cycle, countIn } from './planted.ts';
import { widgetDefinition } from './widget-definition.ts';

/** All objects of one resource: they are numbered from 0, and follow from their number. */
export interface HugeResource {
  /** At its preferred version. */
  readonly type: ResourceType;
  readonly count: number;
  /** A version that is deprecated or gone, which some objects were written at; absent: none were. */
  readonly old?: OldWrites;
}

export interface OldWrites {
  /** `policy/v1beta1` */
  readonly apiVersion: string;
  readonly cycle: Cycle;
}

export interface HugeCluster {
  /** `1.33` */
  readonly minor: string;
  /** Every version of every resource that is served. */
  readonly types: readonly ResourceType[];
  /** By `storage` of their types. */
  readonly resources: ReadonlyMap<string, HugeResource>;
}

/** What was planted, for whoever looks for it. */
export interface Planted {
  /** Objects whose newest writer used a version that is deprecated or gone. */
  readonly planted: number;
  /** Objects that were written at such a version, and at a present one since. */
  readonly stale: number;
  /** `planted` by resource: `poddisruptionbudgets.policy`. */
  readonly plantedByResource: Readonly<Record<string, number>>;
}

const shares: Readonly<Record<string, number>> = { '/configmaps': 0.4, '/pods': 0.3, 'example.com/widgets': 0.15 };

/** What people write by hand or by a tool, at versions that were once served by default. */
const oldKinds = [
  ...['daemonsets', 'deployments', 'statefulsets', 'cronjobs', 'horizontalpodautoscalers', 'poddisruptionbudgets'],
  ...['ingresses', 'ingressclasses', 'roles', 'rolebindings', 'clusterroles', 'clusterrolebindings', 'flowschemas'],
  ...['prioritylevelconfigurations', 'priorityclasses', 'storageclasses', 'csidrivers', 'runtimeclasses'],
  ...['mutatingwebhookconfigurations', 'validatingwebhookconfigurations'],
];
const oldShare = 0.1;

/** A cluster with so many objects, all kinds of them, without any being kept. @throws Error for fewer than 1,000. */
export function hugeCluster(objects: number, minor = '1.33'): HugeCluster {
  if (!Number.isInteger(objects) || objects < 1_000) throw new Error(`At least 1000 objects, not ${objects}.`);
  const types = [...servedBuiltIns(minor, []), ...customTypes([widgetDefinition])];
  const preferred = [...new Map([...types].reverse().map((type) => [type.storage, type])).values()].reverse();
  const old = preferred.filter(({ resource }) => oldKinds.includes(resource));
  const others = preferred.filter(
    (type) => shares[type.storage] === undefined && fixedCount(type) === undefined && !old.includes(type),
  );
  const otherShare = 1 - oldShare - Object.values(shares).reduce((sum, share) => sum + share, 0);
  const countOf = (type: ResourceType): number => {
    const share = shares[type.storage];
    if (share !== undefined) return Math.floor(objects * share);
    if (old.includes(type)) return Math.floor((objects * oldShare) / old.length);
    return fixedCount(type) ?? Math.floor((objects * otherShare) / others.length);
  };
  const counts = new Map(preferred.map((type) => [type.storage, countOf(type)]));
  // What rounding leaves over.
  const rest = objects - [...counts.values()].reduce((sum, count) => sum + count, 0);
  counts.set('/configmaps', (counts.get('/configmaps') ?? 0) + rest);
  const resources = new Map(
    preferred.map((type) => {
      const written = oldWrites(type);
      const count = counts.get(type.storage) ?? 0;
      return [type.storage, { type, count, ...(written === undefined ? {} : { old: written }) }];
    }),
  );
  return { minor, types, resources };
}

/** Of whatever is deprecated even at its preferred version there is nothing, or every object would be a finding. */
function fixedCount({ kind, version, deprecation }: ResourceType): number | undefined {
  if (kind === 'CustomResourceDefinition') return 1;
  return deprecation !== undefined || !/^v\d+$/.test(version) || kind === 'APIService' ? 0 : undefined;
}

function oldWrites({ group, resource, custom }: ResourceType): OldWrites | undefined {
  if (custom === true) return { apiVersion: `${group}/v1beta1`, cycle: { length: 10, planted: 3, stale: 7 } };
  if (!oldKinds.includes(resource)) return undefined;
  const found = apiRowsOfResource(group, resource)
    .filter(({ removed, servedByDefault }) => removed !== null && servedByDefault)
    .toSorted((one, other) => byPriority(one.version, other.version))[0];
  if (found === undefined) return undefined;
  return { apiVersion: apiVersionOf({ group, version: found.version }), cycle: { length: 4, planted: 1, stale: 2 } };
}

/** How many objects a scan must find, before any is read. */
export function plantedInCluster({ resources }: HugeCluster): Planted {
  const old = [...resources.values()].flatMap(({ type, count, old }) =>
    old === undefined ? [] : [{ type, count, ...old }],
  );
  const sum = (writing: 'planted' | 'stale') =>
    old.reduce((total, { count, cycle }) => total + countIn(count, cycle, writing), 0);
  return {
    planted: sum('planted'),
    stale: sum('stale'),
    plantedByResource: Object.fromEntries(
      old.map(({ type, count, cycle }) => [qualifiedName(type), countIn(count, cycle, 'planted')]),
    ),
  };
}
