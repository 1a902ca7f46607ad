import { given } from '../../model/given.ts';
import { parseJson } from '../../model/parse-json.ts';
import { apiRows } from '../data/api-rows.ts';
import { apiRow, apiVersionsGivenUp } from '../data/api-table.ts';
import type { ApiUse, Observation } from '../judge/observation.ts';
import type { KindList } from '../listed/kind-list.ts';
import { type Mapping, mappingOf, textOf } from '../manifest/manifest-object.ts';
import { groupVersion } from '../observe/api-version.ts';
import type { LiveObject, ServedResource } from '../observe/live-object.ts';
import { listedUses } from '../observe/uses-of.ts';
import { type Ownership, ownershipOf } from '../owner/owner.ts';
import type { ClusterFacts } from '../reference/cluster-facts.ts';

export interface Surroundings {
  readonly facts: ClusterFacts;
  /** `group/version/resource` of what is served. */
  readonly served: ReadonlySet<string>;
  readonly lists?: readonly KindList[];
}

/**
 * Finds who writes one live object at which API version. The version that the object arrives in says nothing, because the API server converts to the
 * version that was requested. Most objects are dropped after a check of their apiVersions.
 */
export function observeLiveObject(
  { resource, metadata, name, namespace }: LiveObject,
  { facts, served, lists = [] }: Surroundings,
): Observation[] {
  const mirrored = mirroredEndpoints(resource, metadata);
  if (mirrored !== undefined) return [mirrored];
  const crd = facts.crds[`${resource.group}/${resource.kind}`];
  if (crd === undefined && lists.length === 0 && !mayBeGivenUp(metadata)) return [];
  const found: Observation[] = [];
  let ownership: Ownership | undefined;
  for (const statement of statementsOf(resource.kind, metadata)) {
    const { group, version } = groupVersion(statement.apiVersion);
    ownership ??= ownershipOf(metadata);
    const base = baseOf(statement, ownership, given({ name, namespace }));
    found.push(...listedUses(statement, lists).map((use) => ({ ...base, ...use, stale: statement.stale })));
    const row = apiRow(group, version, statement.kind);
    if (row !== undefined) {
      const isServed = served.has(`${group}/${version}/${row.resource}`);
      found.push({ type: 'api', ...base, stale: statement.stale, served: isServed });
      continue;
    }
    const known = crd?.versions.find(({ name }) => name === version);
    if (crd === undefined || group !== resource.group || statement.stale) continue;
    if (known === undefined || !known.served) found.push(unservedVersion(base, resource));
    else if (known.deprecated) found.push(deprecatedVersion(base, resource, known.warning));
  }
  return found;
}

/** Kinds with a deprecated or removed version whose name is neither alpha nor beta. */
const STABLE_KINDS = new Set(apiRows.filter(({ stability }) => stability === 'stable').map(({ kind }) => kind));

/**
 * Whether the text of an object may contain a deprecated or removed version. Those are alphas and betas, except for a few kinds. Custom resources are
 * judged by their definitions, so each of them may.
 */
export function mayMatter(text: string, resource: ServedResource, { facts, lists = [] }: Surroundings): boolean {
  if (text.includes('beta') || text.includes('alpha') || STABLE_KINDS.has(resource.kind)) return true;
  if (hasOldVersions(resource) || lists.length > 0) return true;
  if (resource.kind === 'EndpointSlice' && text.includes(MIRRORING)) return true;
  return facts.crds[`${resource.group}/${resource.kind}`] !== undefined;
}

/** Checks the text of versions first, because that is cheap. */
function mayBeGivenUp(metadata: Mapping): boolean {
  const { managedFields, annotations } = metadata;
  if (Array.isArray(managedFields)) {
    for (const field of managedFields) if (apiVersionsGivenUp.has(mappingOf(field).apiVersion as string)) return true;
  }
  const applied = mappingOf(annotations)[APPLIED];
  if (typeof applied !== 'string') return false;
  const version = /"apiVersion"\s*:\s*"([^"]{1,200})"/.exec(applied)?.[1];
  return version === undefined || apiVersionsGivenUp.has(version);
}

const CONFIDENCE = { Apply: 'high', Update: 'medium', annotation: 'low' } as const;

function baseOf(statement: Statement, { owner, cause }: Ownership, name: { name?: string; namespace?: string }) {
  const { manager, operation, time, subresource, apiVersion, kind } = statement;
  const when = time === '' ? '' : ` at ${time}`;
  const part = subresource === '' ? '' : ` (its ${subresource})`;
  const evidence =
    operation === 'annotation'
      ? `Its annotation last-applied-configuration holds ${apiVersion}.`
      : `${manager} last wrote it${part} with ${operation} as ${apiVersion}${when}.`;
  return {
    source: 'object',
    subject: { apiVersion, kind, ...name },
    owner: owner ?? `manager ${manager}`,
    cause: cause ?? `manager:${manager}`,
    evidence: [evidence],
    confidence: subresource === '' ? CONFIDENCE[operation] : 'medium',
  } as const satisfies Omit<ApiUse, 'type'>;
}

function unservedVersion(base: ReturnType<typeof baseOf>, { group, kind }: ServedResource): Observation {
  return {
    type: 'problem',
    ...base,
    reason: 'unserved-version',
    severity: 'warning',
    message: `${base.subject.apiVersion} ${kind} is not served by its CustomResourceDefinition any more.`,
    fix: `Let its writer use a version that the CustomResourceDefinition of ${group} serves.`,
  };
}

function deprecatedVersion(base: ReturnType<typeof baseOf>, { kind }: ServedResource, warning?: string): Observation {
  const said = warning === undefined ? '' : ` It says: ${warning.slice(0, 200)}`;
  return {
    type: 'problem',
    ...base,
    reason: 'deprecated',
    severity: 'warning',
    message: `${base.subject.apiVersion} ${kind} is marked as deprecated by its CustomResourceDefinition.${said}`,
    fix: 'Let its writer use the newest version that the CustomResourceDefinition serves.',
  };
}

/** `apps/v1/deployments` */
export const servedKey = (resource: Pick<ServedResource, 'group' | 'version' | 'resource'>): string =>
  `${resource.group}/${resource.version}/${resource.resource}`;

/** The controller that copies hand-made Endpoints into EndpointSlices. */
const MIRRORING = 'endpointslicemirroring-controller.k8s.io';

/** EKS puts this Service without a selector into every cluster, for the metrics of its scheduler and controller manager; nobody can mend its Endpoints. */
const OF_EKS = 'kube-system/eks-extension-metrics-api';

/** Finds hand-made Endpoints by their mirror, because listing Endpoints themselves is deprecated. */
function mirroredEndpoints({ group, kind }: ServedResource, metadata: Mapping): ApiUse | undefined {
  const labels = mappingOf(metadata.labels);
  if (group !== 'discovery.k8s.io' || kind !== 'EndpointSlice') return undefined;
  if (labels['endpointslice.kubernetes.io/managed-by'] !== MIRRORING) return undefined;
  const [namespace, name] = [textOf(metadata.namespace), textOf(labels['kubernetes.io/service-name'])];
  if (`${namespace}/${name}` === OF_EKS) return undefined;
  // The mirror has the labels and annotations of the Endpoints.
  const { owner, cause = `endpoints:${namespace}/${name}` } = ownershipOf(metadata);
  return {
    type: 'api',
    source: 'object',
    subject: { apiVersion: 'v1', kind: 'Endpoints', ...given({ namespace, name }) },
    ...given({ owner }),
    cause,
    evidence: [
      `EndpointSlice ${textOf(metadata.name) ?? '?'} is a mirror of it: no controller of the cluster keeps it.`,
    ],
    confidence: 'high',
    served: true,
  };
}

/** A change of such a workload may mean that a client was replaced. */
const WORKLOADS = new Set(['apps/deployments', 'apps/daemonsets', 'apps/statefulsets']);

/** Whether clients may use a deprecated or removed version of this kind, so that its writers at good versions matter. */
const hasOldVersions = ({ group, kind }: Pick<ServedResource, 'group' | 'kind'>): boolean =>
  kindsWithOldVersions.has(`${group}/${kind}`);

const kindsWithOldVersions: ReadonlySet<string> = new Set(apiRows.map(({ group, kind }) => `${group}/${kind}`));

/**
 * Notes when each manager last wrote an object of a kind at a version that stays, and when each workload last changed. This separates a client that
 * was repaired from one that was not seen for a while (facts: deprecated-apis.md §1.6).
 */
export function noteChanges({ resource, metadata }: LiveObject, facts: ClusterFacts): void {
  const isWorkload = WORKLOADS.has(`${resource.group}/${resource.resource}`);
  if (!isWorkload && !hasOldVersions(resource)) return;
  const statements = statementsOf(resource.kind, metadata);
  if (isWorkload) {
    const name = textOf(metadata.name) ?? '';
    for (const { subresource, time } of statements) {
      if (subresource === '')
        note(facts, { name, time, what: `${resource.kind} ${textOf(metadata.namespace) ?? ''}/${name} was changed` });
    }
  }
  if (!hasOldVersions(resource)) return;
  for (const { apiVersion, kind, manager, time, operation } of statements) {
    const { group, version } = groupVersion(apiVersion);
    if (operation === 'annotation' || apiRow(group, version, kind) !== undefined) continue;
    note(facts, { name: manager, time, what: `wrote ${kind} objects at ${apiVersion}`, kind });
  }
}

function note(facts: ClusterFacts, change: ClusterFacts['changes'][string]): void {
  const key = `${change.name} ${change.what}`;
  const known = facts.changes[key];
  if (change.time !== '' && (known === undefined || change.time > known.time)) facts.changes[key] = change;
}

/** One writer's record of the API version that it writes an object at. */
interface Statement {
  readonly apiVersion: string;
  /** It differs from the object's own kind where kubectl was given another one. */
  readonly kind: string;
  readonly manager: string;
  readonly operation: 'Apply' | 'Update' | 'annotation';
  readonly subresource: string;
  /** RFC 3339; empty where no time was recorded. */
  readonly time: string;
  /** True when the object has been written since. */
  readonly stale: boolean;
}

/**
 * Parts of the control plane write at the version that they were built with, and are updated with it (facts: deprecated-apis.md §3). The first ones
 * maintain whole objects; the others change objects of all users.
 */
const MAINTAINERS = /^(?:kube-apiserver|eks|eks-internal|eks\.[\w.-]+|api-priority-and-fairness-config-.*)$/;
const CONTROLLERS = /^(?:kube-controller-manager|kube-scheduler|cloud-controller-manager|kubelet)$/;
/** Kinds whose specs the API server writes again at every start where this annotation says so. */
const KEPT_BY_API_SERVER = new Set(['FlowSchema', 'PriorityLevelConfiguration']);
const KEEPS = 'apf.kubernetes.io/autoupdate-spec';

const KUBECTL = /^kubectl(?:-client-side-apply|-create|-edit|-replace|-patch)?$/;
const APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

interface Entry extends Omit<Statement, 'stale'> {
  /** It wrote labels, annotations or the status only, so the other writer still writes the rest. */
  readonly partial: boolean;
}

/**
 * Finds who wrote an object at which version. `Apply` entries hold the last version exactly; `Update` entries stay, so only the newest of each
 * manager counts. The newest of all will be written again. An older one is a trace when the object was written at another version since, and so is
 * kubectl's annotation once another client has written the object (facts: deprecated-apis.md §3).
 */
export function statementsOf(kind: string, metadata: Mapping): Statement[] {
  const annotations = mappingOf(metadata.annotations);
  if (KEPT_BY_API_SERVER.has(kind) && annotations[KEEPS] === 'true') return [];
  const entries = newestPerManager(Array.isArray(metadata.managedFields) ? metadata.managedFields : [], kind);
  const statements = entries
    .filter(({ manager }) => !MAINTAINERS.test(manager))
    .map(({ partial, ...entry }) => ({
      ...entry,
      stale: entries.some((other) => supersedes(other, { ...entry, partial })),
    }));
  const annotation = annotationStatement(annotations[APPLIED], kind, entries);
  return annotation === undefined ? statements : [...statements, annotation];
}

/** An entry without a time is not known to be older than any other. */
const supersedes = (other: Entry, entry: Entry): boolean =>
  entry.time !== '' &&
  (!other.partial || entry.partial) &&
  other.time > entry.time &&
  other.subresource === entry.subresource &&
  other.apiVersion !== entry.apiVersion;

function newestPerManager(fields: readonly unknown[], kind: string): Entry[] {
  const entries = fields.flatMap((field) => entryOf(mappingOf(field), kind) ?? []);
  return entries.filter(
    (entry) =>
      !entries.some(
        (other) => other.manager === entry.manager && other.operation === entry.operation && supersedes(other, entry),
      ),
  );
}

function entryOf(field: Mapping, kind: string): Entry | undefined {
  const [apiVersion, manager = 'unknown'] = [textOf(field.apiVersion), textOf(field.manager)];
  if (apiVersion === undefined || manager === 'ancient-changes' || CONTROLLERS.test(manager)) return undefined;
  const operation = field.operation === 'Apply' ? 'Apply' : 'Update';
  return {
    ...{ apiVersion, kind, manager, operation },
    ...{ subresource: textOf(field.subresource) ?? '', time: textOf(field.time) ?? '' },
    partial: isPartial(mappingOf(field.fieldsV1)),
  };
}

function isPartial(fields: Mapping): boolean {
  const names = Object.keys(fields).filter((name) => name !== '.');
  return names.length > 0 && names.every((name) => name === 'f:metadata' || name === 'f:status');
}

/** The annotation has no time of its own. It is as old as kubectl's own entry, and outdated when another writer came later. */
function annotationStatement(annotation: unknown, kind: string, written: readonly Entry[]): Statement | undefined {
  if (typeof annotation !== 'string') return undefined;
  const applied = headOf(annotation);
  if (applied === undefined) return undefined;
  const main = written.filter(({ subresource, partial }) => subresource === '' && !partial);
  // kubectl's own entry says the same, with a time.
  if (main.some((entry) => KUBECTL.test(entry.manager) && entry.apiVersion === applied.apiVersion)) return undefined;
  const statement = {
    ...applied,
    kind: applied.kind ?? kind,
    manager: 'kubectl',
    operation: 'annotation',
    subresource: '',
  } as const;
  return { ...statement, time: '', stale: main.length > 0 };
}

/** The apiVersion and kind of a configuration; nothing else is kept, since it may hold secrets. */
function headOf(text: string): { apiVersion: string; kind?: string } | undefined {
  const value = mappingOf(parseJson(text));
  const [apiVersion, kind] = [textOf(value.apiVersion), textOf(value.kind)];
  return apiVersion === undefined ? undefined : { apiVersion, ...given({ kind }) };
}
