import { parseJson } from '../../model/parse-json.ts';
import { apiRow } from '../data/api-table.ts';
import { BUDGETS } from '../drain/note-drain-facts.ts';
import { isMapping, type Mapping, mappingOf, mappingsOf, textOf, textsOf } from '../manifest/manifest-object.ts';
import { apiVersionText, groupVersion } from '../observe/api-version.ts';
import type { ServedResource } from '../observe/live-object.ts';
import { readOf, unreadOf } from '../report/coverage.ts';
import type { Coverage, Source } from '../report/report-schema.ts';
import { type LiveScanState, TITLES, type Unit } from './keep.ts';
import { servedKey } from './observe-live-object.ts';
import { type Answer, ask, deadOf, gapStatus, type ScanTools, type UnitResult } from './request.ts';

const NOT_TOLD = 'the API server gave something that is no discovery';

/**
 * Discovers what the cluster serves: in two requests where the server supports that, else in one for each group and version. Adds the lists to read.
 */
export async function discover(state: LiveScanState, tools: ScanTools): Promise<UnitResult> {
  const told: Discovered[] = [];
  for (const path of ['/api', '/apis']) {
    const answer = await ask(tools.reader, { path, accept: AGGREGATED }, tools);
    if (answer.status !== 'ok') return { next: 'done', coverage: [gap(answer)], ...deadOf(answer) };
    const body = parseJson(answer.text);
    const versions = readGroups(body);
    const one = readAggregated(body) ?? (versions === undefined ? undefined : await discoverEach(versions, tools));
    if (one === undefined) return { next: 'done', coverage: [gap({ status: 'failed', why: NOT_TOLD })] };
    told.push(one);
  }
  const resources = told.flatMap((one) => one.resources);
  const failed = told.flatMap((one) => one.failed);
  if (resources.length === 0) {
    const detail = 'The API server lists nothing that it serves.';
    return { next: 'done', coverage: [unreadOf(TITLES.discovery, null, 'error', detail)] };
  }
  state.served = resources.map(servedKey);
  const [own, ...rest] = state.units;
  if (own !== undefined) state.units = [own, ...resourcesToList(resources, state.skip), ...rest];
  return {
    next: 'done',
    coverage: [
      readOf(TITLES.discovery, null, resources.length),
      ...(state.skip.includes('object')
        ? []
        : leftOutOf(resources).map((what) => unreadOf(what, 'object', 'skipped', NOT_LISTED))),
      ...failed.map(({ what, why }) => failedGroup(what, why, state.skip)),
    ],
  };
}

async function discoverEach(versions: readonly string[], tools: ScanTools): Promise<Discovered> {
  const resources: ServedResource[] = [];
  const failed: { what: string; why: string }[] = [];
  for (const version of versions) {
    const path = version.includes('/') ? `/apis/${version}` : `/api/${version}`;
    const answer = await ask(tools.reader, { path }, tools);
    const listed = answer.status === 'ok' ? readResources(groupVersion(version), parseJson(answer.text)) : undefined;
    if (listed === undefined) failed.push({ what: version, why: answer.status === 'ok' ? NOT_TOLD : answer.why });
    else resources.push(...listed);
  }
  return { resources, failed };
}

/** Groups that only compute their objects need no scan, nor those of which nothing is asked; the APIServices report their failure. */
function failedGroup(what: string, why: string, skip: readonly Source[]): Coverage {
  const group = groupVersion(what).group;
  const isAsked =
    !skip.includes('object') ||
    Object.entries(FULL_KINDS).some(
      ([kind, sources]) => kind.split('/')[0] === group && sources.some((source) => !skip.includes(source)),
    );
  const detail = `What it serves is not known: ${why}.`;
  return unreadOf(
    `resources of ${what}`,
    'object',
    COMPUTED_GROUPS.has(group) || !isAsked ? 'skipped' : 'error',
    detail,
  );
}

const NOT_LISTED =
  'To list them would itself be counted as a use of a deprecated API. Mirrors of them and the metrics tell of their use.';

const gap = (answer: Exclude<Answer, { status: 'ok' }>): Coverage =>
  unreadOf(TITLES.discovery, null, gapStatus(answer), `Nothing can be listed without it: ${answer.why}.`);

const DEFINITIONS = 'apiextensions.k8s.io/customresourcedefinitions';

/**
 * Kinds that are read whole, because the problem is in their spec or status, with the sources that need it. All others are read as metadata only.
 * `docs/scan.md` lists them.
 */
export const FULL_KINDS: Readonly<Record<string, readonly Source[]>> = {
  '/nodes': ['node', 'drain'],
  '/pods': ['workload', 'drain'],
  '/namespaces': ['drain'],
  '/persistentvolumes': ['workload', 'drain'],
  '/persistentvolumeclaims': ['drain'],
  '/replicationcontrollers': ['workload', 'drain'],
  'apps/deployments': ['workload', 'drain'],
  'apps/replicasets': ['workload', 'drain'],
  'apps/statefulsets': ['workload', 'drain'],
  [BUDGETS]: ['drain'],
  '/services': ['workload'],
  'apps/daemonsets': ['workload'],
  'batch/cronjobs': ['workload'],
  'batch/jobs': ['workload'],
  'networking.k8s.io/networkpolicies': ['workload'],
  'autoscaling/horizontalpodautoscalers': ['reference'],
  'storage.k8s.io/storageclasses': ['reference'],
  'rbac.authorization.k8s.io/roles': ['reference'],
  'rbac.authorization.k8s.io/clusterroles': ['reference'],
  'rbac.authorization.k8s.io/rolebindings': ['reference'],
  'rbac.authorization.k8s.io/clusterrolebindings': ['reference'],
  [DEFINITIONS]: ['reference'],
  'apiregistration.k8s.io/apiservices': ['reference'],
  'admissionregistration.k8s.io/validatingwebhookconfigurations': ['reference'],
  'admissionregistration.k8s.io/mutatingwebhookconfigurations': ['reference'],
  'admissionregistration.k8s.io/validatingadmissionpolicies': ['reference'],
  'admissionregistration.k8s.io/mutatingadmissionpolicies': ['reference'],
};

/** Whether nodes can be drained depends on every object of these lists, so each must be read completely. */
export const DRAIN_KINDS = Object.keys(FULL_KINDS).filter((kind) => FULL_KINDS[kind]?.includes('drain'));

/** The cluster makes these objects itself, by the thousand, and most end within an hour. No client has written them. */
const NOISE = new Set([
  '/events',
  'events.k8s.io/events',
  'coordination.k8s.io/leases',
  'coordination.k8s.io/leasecandidates',
  '/componentstatuses',
]);

/** Secrets never had another version, and listing them reads their content. Helm has a unit of its own. */
const CONFIDENTIAL = '/secrets';

/** The API server computes these objects on request, so no client has written them. The last one serves the metrics of EKS's own control plane. */
const COMPUTED_GROUPS = new Set([
  'metrics.k8s.io',
  'custom.metrics.k8s.io',
  'external.metrics.k8s.io',
  'metrics.eks.amazonaws.com',
]);

/**
 * One list for each resource, at the version that the server prefers among those that are not deprecated: a request for a deprecated version would
 * itself count as its use (facts: deprecated-apis.md §0.6). CustomResourceDefinitions come first, because custom resources are judged by them.
 */
export function resourcesToList(resources: readonly ServedResource[], skip: readonly Source[]): Unit[] {
  const chosen = new Map<string, ServedResource>();
  for (const one of resources) {
    const key = `${one.group}/${one.resource}`;
    if (!one.verbs.includes('list') || NOISE.has(key) || key === CONFIDENTIAL || COMPUTED_GROUPS.has(one.group))
      continue;
    const known = chosen.get(key);
    if (known === undefined || (rowOf(known) !== undefined && rowOf(one) === undefined)) chosen.set(key, one);
  }
  for (const [key, one] of chosen) if (isWarnedOf(one)) chosen.delete(key);
  const units = [...chosen].flatMap(([key, resource]): Extract<Unit, { type: 'list' }>[] => {
    const wanted = FULL_KINDS[key] ?? [];
    // Custom resources are judged by their definitions.
    const needed = key === DEFINITIONS && !skip.includes('object');
    const full = needed || wanted.some((source) => !skip.includes(source));
    if (!full && skip.includes('object')) return [];
    return [{ type: 'list', full, ...resource }];
  });
  const place = ({ group, resource }: Pick<ServedResource, 'group' | 'resource'>) => {
    const at = FIRST.indexOf(`${group}/${resource}`);
    return at === -1 ? FIRST.length : at;
  };
  return units.sort((a, b) => place(a) - place(b));
}

/** Definitions decide about custom resources, and budgets decide which pods are kept. */
const FIRST = [DEFINITIONS, BUDGETS];

/** The resources that are not listed, because listing would count as their use. A component's status belongs to no user. */
export function leftOutOf(resources: readonly ServedResource[]): string[] {
  const left = resources.filter((one) => isWarnedOf(one) && !NOISE.has(`${one.group}/${one.resource}`));
  return [...new Set(left.map(({ resource, group }) => (group === '' ? resource : `${resource}.${group}`)))];
}

const rowOf = ({ group, version, kind }: ServedResource) => apiRow(group, version, kind);

/**
 * Kinds that are deprecated at their only version and that no release removes. They cannot break, and a request would count as their use. Hand-made
 * Endpoints are found by their mirrors (observe-live-object.ts).
 */
function isWarnedOf(resource: ServedResource): boolean {
  const row = rowOf(resource);
  return row !== undefined && row.deprecated !== null && row.removed === null;
}

/** The result of discovery. The first version of a group is the preferred one of the server. */
interface Discovered {
  readonly resources: readonly ServedResource[];
  /** Groups or versions that could not be discovered, with the reason: their backends do not answer. */
  readonly failed: readonly { readonly what: string; readonly why: string }[];
}

/** Accepts aggregated discovery in the form that is stable since 1.30; v2beta1 is removed from 1.35 on (facts: deprecated-apis.md §3). */
const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json';

/** Reads an `APIGroupDiscoveryList`; undefined when the server answered in the old form. */
export function readAggregated(body: unknown): Discovered | undefined {
  const list = mappingOf(body);
  if (list.kind !== 'APIGroupDiscoveryList' || !Array.isArray(list.items)) return undefined;
  const resources: ServedResource[] = [];
  const failed: { what: string; why: string }[] = [];
  for (const group of list.items.filter(isMapping)) {
    const name = textOf(mappingOf(group.metadata).name) ?? '';
    for (const version of mappingsOf(group.versions)) {
      const text = textOf(version.version) ?? '';
      const what = apiVersionText({ group: name, version: text });
      if (version.freshness === 'Stale') failed.push({ what, why: 'the server behind it does not answer' });
      for (const resource of mappingsOf(version.resources)) {
        const served = fromAggregated(name, text, resource);
        if (served !== undefined) resources.push(served);
      }
    }
  }
  return { resources, failed };
}

function fromAggregated(group: string, version: string, resource: Mapping): ServedResource | undefined {
  const name = textOf(resource.resource);
  const kind = textOf(mappingOf(resource.responseKind).kind);
  if (name === undefined || kind === undefined) return undefined;
  return {
    group,
    version,
    resource: name,
    kind,
    namespaced: resource.scope === 'Namespaced',
    verbs: textsOf(resource.verbs),
  };
}

/** The versions of an `APIGroupList` or `APIVersions`, the preferred one first: `['apps/v1']`; undefined for any other body. */
export function readGroups(body: unknown): string[] | undefined {
  const list = mappingOf(body);
  if (list.kind === 'APIVersions' && Array.isArray(list.versions)) return textsOf(list.versions);
  if (list.kind !== 'APIGroupList' || !Array.isArray(list.groups)) return undefined;
  return mappingsOf(list.groups).flatMap((group) => {
    const versions = mappingsOf(group.versions).flatMap((version) => textOf(version.groupVersion) ?? []);
    const preferred = textOf(mappingOf(group.preferredVersion).groupVersion);
    return preferred === undefined ? versions : [preferred, ...versions.filter((version) => version !== preferred)];
  });
}

/** Reads an `APIResourceList` of one group and version; undefined for any other body. Subresources are left out. */
export function readResources(
  groupVersion: { group: string; version: string },
  body: unknown,
): ServedResource[] | undefined {
  const { kind, resources } = mappingOf(body);
  if (kind !== 'APIResourceList' || !Array.isArray(resources)) return undefined;
  return mappingsOf(resources).flatMap((resource): ServedResource[] => {
    const [name, kind] = [textOf(resource.name), textOf(resource.kind)];
    if (name === undefined || kind === undefined || name.includes('/')) return [];
    return [
      {
        ...groupVersion,
        resource: name,
        kind,
        namespaced: resource.namespaced === true,
        verbs: textsOf(resource.verbs),
      },
    ];
  });
}
