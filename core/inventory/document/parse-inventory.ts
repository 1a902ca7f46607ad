import { CORE_SCHEMA, load } from 'js-yaml';
import { listOf } from '../../config/checks/check.ts';
import { deepFreeze } from '../../config/deep-freeze.ts';
import { kindOf } from '../../config/document-kind.ts';
import { type ConfigDocument, type ConfigIssue, type DocumentPath, sortIssues } from '../../config/issue.ts';
import { apiVersion } from '../../config/kinds.ts';
import { unknownRegionWords } from '../../config/known-regions.ts';
import { type ConfigFile, NOT_UTF8, readConfigYaml } from '../../config/read-yaml.ts';
import { parseBySchema } from '../../config/schema-issues.ts';
import { fieldOf } from '../../config/sound-fields.ts';
import type { ClusterControl, ClusterRecord } from '../../contracts/items/cluster.ts';
import { clusterKey } from '../../model/cluster-key.ts';
import { given } from '../../model/given.ts';
import { partitionOf } from '../../model/partition.ts';
import { KubeVersion } from '../../version/kube-version.ts';
import { type InventoryCluster, type InventoryDocument, inventorySchema } from './inventory-schema.ts';

/** The fleet of an inventory file. */
export type Inventory = ReturnType<typeof inventoryOf>;

export type ParsedInventory =
  | { readonly inventory: Inventory; readonly errors: readonly [] }
  | { readonly inventory: undefined; readonly errors: readonly ConfigIssue[] };

/** In characters. Ten thousand clusters with their node groups and add-ons take some 20 MB. */
const LARGEST = 128 * 1024 * 1024;

/**
 * Reads an inventory document, YAML or JSON. It never throws on bad input: it reports all problems at once, each with its place. Places take much
 * time, so they are computed only where there is a problem.
 */
export function parseInventory(file: ConfigFile): ParsedInventory {
  const document = file.text.length > LARGEST || file.text.includes(NOT_UTF8) ? undefined : quickly(file.text);
  return document === undefined ? withPlaces(file) : { inventory: inventoryOf(document), errors: [] };
}

/** Reads a valid document without places; undefined where anything is wrong. Aliases are left to the careful reader, which counts them. */
function quickly(text: string): InventoryDocument | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    if (/[\s,[:-]\*[^\s*]/.test(text)) return undefined;
    try {
      value = load(text, { schema: CORE_SCHEMA });
    } catch {
      return undefined;
    }
  }
  const { success, data } = inventorySchema.safeParse(value);
  return success && duplicates(data).length === 0 && contradictions(data).length === 0 ? data : undefined;
}

const FORM = `An inventory is a map: write "apiVersion: ${apiVersion}", "kind: Inventory" and "clusters:" with the list of clusters below it, as liftlock get clusters -o yaml prints it.`;

function withPlaces(file: ConfigFile): ParsedInventory {
  const { documents, issues } = readConfigYaml(file, LARGEST);
  const errors: ConfigIssue[] = [...issues];
  const [document, second] = documents;
  if (document === undefined) {
    const message = 'this file has no document; an inventory is what liftlock get clusters -o yaml prints.';
    if (errors.length === 0) errors.push({ severity: 'error', file: file.path, line: 1, column: 1, path: '', message });
    return { inventory: undefined, errors };
  }
  if (second !== undefined)
    errors.push(second.issue('error', [], 'an inventory is one document; put all clusters into its list.'));
  if (typeof document.value !== 'object' || Array.isArray(document.value)) {
    errors.push(document.issue('error', [], Array.isArray(document.value) ? `this is a list alone. ${FORM}` : FORM));
    return { inventory: undefined, errors };
  }
  const { kind, issues: unknown } = kindOf(document, ['Inventory']);
  errors.push(...unknown);
  if (kind === undefined) return { inventory: undefined, errors };
  const parsed = parseBySchema(inventorySchema, document);
  errors.push(...parsed.issues);
  errors.push(...duplicateIssues(document));
  errors.push(...contradictions(document.value).map(({ path, message }) => document.issue('error', path, message)));
  if (errors.length > 0 || parsed.value === undefined)
    return { inventory: undefined, errors: sortIssues(errors, [file.path]) };
  return { inventory: inventoryOf(parsed.value), errors: [] };
}

function inventoryOf({ clusters, learned }: InventoryDocument) {
  const known = clusters.map((written) => ({ written, record: deepFreeze(recordedCluster(written)) }));
  return {
    clusters: known.map(({ record }) => record),
    controls: known.flatMap(({ written, record }) => recordedHold(record.clusterKey, written) ?? []),
    /** The scans of clusters for which the document has any. */
    scans: known.flatMap(({ written: { scans }, record }) =>
      scans === undefined ? [] : [{ clusterKey: record.clusterKey, scans }],
    ),
    /** Keys of clusters whose upgrade had not ended when the document was printed. */
    underWay: new Set(known.flatMap(({ written: { state }, record }) => (isUnderWay(state) ? record.clusterKey : []))),
    /** Clusters, by policy, whose rollout or upgrade had not ended when the document was printed. */
    running: Map.groupBy(clusters.filter(isInRollout), ({ policy }) => policy ?? ''),
    learned,
    /** Whether every cluster has its creation time: without it the hash of a plan is bound to nothing (plan.md, Inventory). */
    complete: clusters.every(({ createdAt }) => createdAt !== undefined),
  };
}

const isUnderWay = (state: string | undefined): boolean =>
  ['Upgrading', 'Parked', 'NodesKept', 'Watched'].includes(state ?? '');

/** A member that its rollout has not reached is Waiting. A cluster without a target is Waiting too, and is in no rollout. */
const isInRollout = ({ state, upgrade, policy, target }: InventoryCluster): boolean =>
  policy != null && (isUnderWay(state) || upgrade != null || (state === 'Waiting' && target != null));

/** Entries for the same cluster: the same account, Region, name and, where it is given, creation time, since a recreated cluster is another one. */
function duplicates(document: unknown): { readonly index: number; readonly first: number; readonly name: string }[] {
  const clusters = fieldOf(document, 'clusters');
  const known = new Map<string, number>();
  return (Array.isArray(clusters) ? clusters : []).flatMap((cluster: unknown, index) => {
    const [name, ...rest] = ['name', 'accountId', 'region', 'createdAt'].map((key) => fieldOf(cluster, key));
    if (typeof name !== 'string') return [];
    const key = JSON.stringify([name, ...rest]);
    const first = known.get(key);
    if (first === undefined) known.set(key, index);
    return first === undefined ? [] : [{ index, first, name }];
  });
}

const duplicateIssues = (document: ConfigDocument): ConfigIssue[] =>
  duplicates(document.value).map(({ index, first, name }) => {
    const { line } = document.issue('error', ['clusters', first], '');
    const message = `"${name}" of this account and Region stands in the list already, at line ${line}. Remove one of them.`;
    return document.issue('error', ['clusters', index, 'name'], message);
  });

interface Contradiction {
  readonly path: DocumentPath;
  readonly message: string;
}

/** Contradictions of an inventory whose fields are all valid. It reads the plain value and cannot trust its shape. */
function contradictions(document: unknown): Contradiction[] {
  return [
    ...listOf(fieldOf(document, 'clusters')).flatMap((cluster, index) => ofCluster(cluster, ['clusters', index])),
    ...ofLearned(fieldOf(document, 'learned')),
  ];
}

const ARN = /^arn:[a-z-]+:eks:([a-z0-9-]+):(\d{12}):cluster\/(.+)$/;

function ofCluster(cluster: unknown, path: DocumentPath): Contradiction[] {
  const text = (field: string): string | undefined => {
    const value = fieldOf(cluster, field);
    return typeof value === 'string' ? value : undefined;
  };
  const [arn, region] = [text('arn'), text('region')];
  const parts = ARN.exec(arn ?? '');
  if (parts === null) {
    // A Region that the ARN names too is accepted, since AWS opens new ones and a printed inventory has ARNs.
    const unknown = unknownRegionWords(region ?? '');
    if (unknown === undefined) return [];
    return [{ path: [...path, 'region'], message: `${unknown} Where it is right, give the arn as well.` }];
  }
  const [, inRegion, inAccount, named] = parts;
  const told = [
    ['region', inRegion],
    ['accountId', inAccount],
    ['name', named],
  ] as const;
  const others = told.filter(([field, said]) => text(field) !== undefined && text(field) !== said);
  if (others.length === 0) return [];
  const which = others.map(([field, said]) => `${field} is "${text(field)}" and not "${said}"`).join(', ');
  const message = `"${arn}" is another cluster: here ${which}. Correct one of the two, or leave arn out.`;
  return [{ path: [...path, 'arn'], message }];
}

function ofLearned(learned: unknown): Contradiction[] {
  const [half, nine] = [fieldOf(learned, 'p50'), fieldOf(learned, 'p90')];
  if (typeof half !== 'number' || typeof nine !== 'number' || nine >= half) return [];
  const message = `${nine} is less than p50 (${half}), and nine of ten hops cannot have ended before half of them had. Write at least ${half}, or leave learned out.`;
  return [{ path: ['learned', 'p90'], message }];
}

/** Replaces a creation time that is not given. It is long ago, so that no cluster counts as too young. */
const LONG_AGO = '2000-01-01T00:00:00.000Z';

const NO_INSIGHTS = { passing: 0, warning: 0, error: 0, unknown: 0 };
/** EKS gives a cluster this endpoint by default. */
const ENDPOINT = { publicAccess: true, privateAccess: false, publicAccessCidrs: ['0.0.0.0/0'] };

/** The inventory record of a cluster in an inventory document; members that are not written get ordinary values. */
export function recordedCluster(written: InventoryCluster): ClusterRecord {
  const { name, accountId, region, labels, tags, status, autoMode, nodegroups, otherNodes, fargateProfiles, addons } =
    written;
  const arn = written.arn ?? derivedArn(written);
  const createdAt = written.createdAt === undefined ? LONG_AGO : new Date(written.createdAt).toISOString();
  const { platformVersion, supportType, authenticationMode, unsupported, unreachable, managedBy, plannedChanges } =
    written;
  return {
    clusterKey: clusterKey(arn, new Date(createdAt)),
    arn,
    createdAt,
    account: accountId,
    region,
    name,
    version: KubeVersion.parse(written.kubernetesVersion).toString(),
    status,
    endpoint: written.endpoint ?? ENDPOINT,
    autoMode,
    ...given({ platformVersion, supportType, authenticationMode, unsupported, otherNodes, plannedChanges }),
    nodegroups: nodegroups.map((group) => ({ ...group })),
    fargateProfiles,
    addons,
    insights: written.insights ?? NO_INSIGHTS,
    tags,
    labels,
    managedBy,
    conditions: unreachable === undefined ? [] : [unreachableSince(unreachable, createdAt)],
    unreadable: [],
    versionObservedAt: createdAt,
    lastSeenAt: written.lastSeenAt ?? createdAt,
    ...given({ deletedAt: written.deletedAt ?? undefined }),
  };
}

/** The hold on a cluster of an inventory document; undefined where it has none. */
const recordedHold = (key: string, { held }: InventoryCluster): ClusterControl | undefined =>
  held === undefined ? undefined : { clusterKey: key, held };

const unreachableSince = (message: string, at: string): ClusterRecord['conditions'][number] => ({
  type: 'Reachable',
  status: 'False',
  reason: 'Unreachable',
  message,
  lastTransitionTime: at,
});

/** The ARN of a cluster, derived from its account, Region and name. */
function derivedArn(cluster: { readonly accountId: string; readonly region: string; readonly name: string }) {
  const { accountId, region, name } = cluster;
  return `arn:${partitionOf(region).name}:eks:${region}:${accountId}:cluster/${name}`;
}
