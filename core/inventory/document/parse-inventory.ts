import { CORE_SCHEMA, load } from 'js-yaml';
import { fieldOf, listOf } from '../../config/checks/check.ts';
import { deepFreeze } from '../../config/deep-freeze.ts';
import { kindOf } from '../../config/document-kind.ts';
import { type ConfigIssue, type DocumentPath, sortIssues } from '../../config/issue.ts';
import { apiVersion } from '../../config/kinds.ts';
import { unknownRegionWords } from '../../config/known-regions.ts';
import { type ConfigFile, readYaml } from '../../config/read-yaml.ts';
import { parseBySchema } from '../../config/schema-issues.ts';
import type { YamlDocument } from '../../config/yaml-document.ts';
import type { ClusterControl, ClusterRecord } from '../../contracts/items/cluster.ts';
import { clusterKey } from '../../model/cluster-key.ts';
import { given } from '../../model/given.ts';
import { partitionOf } from '../../model/partition.ts';
import { KubeVersion } from '../../version/kube-version.ts';
import { type InventoryCluster, type InventoryDocument, inventorySchema } from './inventory-schema.ts';

/** A fleet as a file tells it. */
export type Inventory = ReturnType<typeof inventoryOf>;

export type ParsedInventory =
  | { readonly inventory: Inventory; readonly errors: readonly [] }
  | { readonly inventory: undefined; readonly errors: readonly ConfigIssue[] };

/** Ten thousand clusters with their node groups and add-ons are some 20 MB. In characters. */
const LARGEST = 128 * 1024 * 1024;

/**
 * Reads an inventory document, YAML or JSON. Never throws on bad input: says everything that is wrong at once, each with its place.
 * Places cost much time, so they are looked for only where something is wrong.
 */
export function parseInventory(file: ConfigFile): ParsedInventory {
  const document = file.text.length > LARGEST ? undefined : quickly(file.text);
  return document === undefined ? withPlaces(file) : { inventory: inventoryOf(document), errors: [] };
}

/** The document where nothing is wrong with it, read without places. Aliases are left to the careful reader, which counts them. */
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
  const { documents, issues } = readYaml(file, LARGEST);
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
    /** Of clusters of which the document tells any. */
    scans: known.flatMap(({ written: { scans }, record }) =>
      scans === undefined ? [] : [{ clusterKey: record.clusterKey, scans }],
    ),
    /** Keys of clusters whose upgrade had not ended when the document was printed. */
    underWay: new Set(known.flatMap(({ written: { state }, record }) => (isUnderWay(state) ? record.clusterKey : []))),
    /** Clusters with which a rollout or an upgrade of their policy had not done when the document was printed, by policy. */
    running: Map.groupBy(clusters.filter(isInRollout), ({ policy }) => policy ?? ''),
    learned,
    /** Every cluster says when it was created: without that, hashes of plans bind nothing (semantics.md, Approval). */
    complete: clusters.every(({ createdAt }) => createdAt !== undefined),
  };
}

const isUnderWay = (state: string | undefined): boolean =>
  ['Upgrading', 'Parked', 'NodesKept', 'Watched'].includes(state ?? '');

/** A member that its rollout has not come to is Waiting; one without a target waits for that alone. */
const isInRollout = ({ state, upgrade, policy, target }: InventoryCluster): boolean =>
  policy != null && (isUnderWay(state) || upgrade != null || (state === 'Waiting' && target != null));

/** Two that are the same cluster: account, Region, name, and creation where it is told (a recreated one is another). */
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

const duplicateIssues = (document: YamlDocument): ConfigIssue[] =>
  duplicates(document.value).map(({ index, first, name }) => {
    const { line } = document.issue('error', ['clusters', first], '');
    const message = `"${name}" of this account and Region stands in the list already, at line ${line}. Remove one of them.`;
    return document.issue('error', ['clusters', index, 'name'], message);
  });

interface Contradiction {
  readonly path: DocumentPath;
  readonly message: string;
}

/** What cannot be true of an inventory though each of its fields has the right form. Reads the plain value, and trusts nothing in it. */
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
    // A Region that an ARN names as well is taken as it is: AWS opens new ones, and an inventory that was printed has ARNs.
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

/** Stands for a creation time that nobody has told: long ago, so that nothing waits for a cluster to grow old. */
const LONG_AGO = '2000-01-01T00:00:00.000Z';

const NO_INSIGHTS = { passing: 0, warning: 0, error: 0, unknown: 0 };
/** What EKS gives a cluster unless somebody says otherwise. */
const ENDPOINT = { publicAccess: true, privateAccess: false, publicAccessCidrs: ['0.0.0.0/0'] };

/** A cluster of an inventory document as the inventory itself would have it; what is not written is as ordinary as can be. */
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

/** The hold on a cluster of an inventory document, where it has one. */
const recordedHold = (key: string, { held }: InventoryCluster): ClusterControl | undefined =>
  held === undefined ? undefined : { clusterKey: key, held };

const unreachableSince = (message: string, at: string): ClusterRecord['conditions'][number] => ({
  type: 'Reachable',
  status: 'False',
  reason: 'Unreachable',
  message,
  lastTransitionTime: at,
});

/** The ARN of a cluster of which only account, Region and name are known. */
function derivedArn(cluster: { readonly accountId: string; readonly region: string; readonly name: string }) {
  const { accountId, region, name } = cluster;
  return `arn:${partitionOf(region).name}:eks:${region}:${accountId}:cluster/${name}`;
}
