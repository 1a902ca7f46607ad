import { parseJson } from '../../model/parse-json.ts';
import { ClusterAccessError } from '../../ports/cluster-access.ts';
import { KubeVersion } from '../../version/kube-version.ts';
import { apiRowsOfGroup } from '../data/api-table.ts';
import { rulesOf } from '../data/break-rules.ts';
import type { ApiUse, Observation } from '../judge/observation.ts';
import { isMapping, mappingOf, mappingsOf, textOf } from '../manifest/manifest-object.ts';
import { apiVersionText } from '../observe/api-version.ts';
import { inspectObject } from '../observe/inspect-object.ts';
import type { CalledService } from '../reference/cluster-facts.ts';
import { readOf, unreadOf } from '../report/coverage.ts';
import type { Coverage, Source } from '../report/report-schema.ts';
import { keep, type LiveScanState, TITLES, titleOf, type Unit } from './keep.ts';
import { ask, gapStatus, notRead, readPage, type ScanTools, type UnitResult } from './request.ts';
import { discover } from './unit-discovery.ts';
import { readHelmReleases } from './unit-helm.ts';
import { listPage } from './unit-list.ts';

/**
 * Reads one page, or one other small thing, and adds what it found to the state. Only one request is in flight at a time. Returns false when
 * everything has been read, or reported as unreadable.
 */
export async function advance(state: LiveScanState, tools: ScanTools): Promise<boolean> {
  const [unit] = state.units;
  if (unit === undefined) return false;
  if (state.dead !== undefined) {
    state.coverage.push(...state.units.map((left) => unread(left, state.dead ?? '')));
    state.units = [];
    return false;
  }
  const { next, coverage = [], dead } = await run(unit, state, tools);
  state.coverage.push(...coverage);
  if (dead !== undefined && !(await answers(tools))) state.dead = dead;
  // Units that were added meanwhile come after the one that ran.
  if (next === 'done') state.units = state.units.slice(1);
  return state.units.length > 0;
}

/** Whether the API server answers and accepts the credentials. A single list that always fails is no reason to give up the others. */
async function answers({ reader }: ScanTools): Promise<boolean> {
  try {
    const { status } = await reader.get({ path: '/version' });
    return status !== 401;
  } catch (error) {
    if (error instanceof ClusterAccessError) return false;
    throw error;
  }
}

function run(unit: Unit, state: LiveScanState, tools: ScanTools): Promise<UnitResult> {
  switch (unit.type) {
    case 'version':
      return serverVersion(state, tools);
    case 'discovery':
      return discover(state, tools);
    case 'list':
      return listPage(unit, state, tools);
    case 'kube-proxy-config':
      return readKubeProxyConfig(state, tools);
    case 'helm':
      return readHelmReleases(unit.storage, state, tools);
    case 'telemetry':
      return readTelemetry(state, tools);
    case 'references':
      return readReferences(state, tools);
  }
}

/** The coverage of a unit that was not read. */
export const unread = (unit: Unit, why: string): Coverage =>
  unreadOf(titleOf(unit), SOURCES[unit.type], 'error', `It was not read: ${why}.`);

const SOURCES: Readonly<Record<Unit['type'], Source | null>> = {
  version: null,
  discovery: null,
  list: 'object',
  'kube-proxy-config': 'node',
  helm: 'helm',
  telemetry: 'telemetry',
  references: 'reference',
};

/** Reads the running version. It needs no permission, so a refusal means that the API server rejects the credentials. */
async function serverVersion(state: LiveScanState, { reader, wait }: ScanTools): Promise<UnitResult> {
  const what = TITLES.version;
  const answer = await ask(reader, { path: '/version' }, { wait });
  const version = answer.status === 'ok' ? readVersion(answer.text) : undefined;
  if (version !== undefined) {
    state.serverVersion = version;
    return { next: 'done', coverage: [readOf(what, null, 1)] };
  }
  return notRead({ what, source: null }, answer, 'it gave no version');
}

/** `GET /version` → `v1.35.2-eks-abc`; undefined for any other answer. */
function readVersion(text: string): string | undefined {
  const version = textOf(mappingOf(parseJson(text)).gitVersion);
  return version !== undefined && KubeVersion.tryParse(version) !== undefined ? version : undefined;
}

/**
 * Reads the only ConfigMap that is read whole: EKS keeps kube-proxy's configuration in it. Other ConfigMaps may hold anything, so they are not read.
 */
async function readKubeProxyConfig(state: LiveScanState, { reader, wait }: ScanTools): Promise<UnitResult> {
  const what = TITLES['kube-proxy-config'];
  const path = '/api/v1/namespaces/kube-system/configmaps/kube-proxy-config';
  const answer = await ask(reader, { path }, { wait });
  // A 404 that does not name the ConfigMap comes from a proxy on the way.
  if (answer.status === 'missing' && answer.why.includes('not found'))
    return { next: 'done', coverage: [readOf(what, 'node', 0, 'There is none.')] };
  const value = answer.status === 'ok' ? parseJson(answer.text) : undefined;
  if (!isMapping(value))
    return notRead({ what, source: 'node' }, answer, 'the API server gave something that is no object');
  const object = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    namespace: 'kube-system',
    name: 'kube-proxy-config',
    value,
    path: [],
  };
  keep(state, inspectObject(object, { cause: 'addon:kube-proxy', owner: 'EKS add-on kube-proxy', evidence: [] }));
  return { next: 'done', coverage: [readOf(what, 'node', 1)] };
}

const WHAT = 'services behind webhooks';

/** Checks whether the Services that the API server itself calls have ready endpoints, and what only all lists together show. */
async function readReferences(state: LiveScanState, tools: ScanTools): Promise<UnitResult> {
  if (state.skip.includes('reference')) return { next: 'done' };
  const byService = Map.groupBy(state.facts.services, ({ namespace, name }) => `${namespace}/${name}`);
  const gaps: Coverage[] = [];
  for (const [service, callers] of byService) {
    const ready = await readyBehind(service, tools);
    if (typeof ready !== 'number') gaps.push(ready);
    else if (ready === 0)
      keep(
        state,
        callers.map((caller) => nobodyBehind(caller, service)),
      );
  }
  keep(state, storageClasses(state));
  return { next: 'done', coverage: [readOf(WHAT, 'reference', byService.size - gaps.length), ...gaps] };
}

/** The number of ready endpoints, or what could not be read. */
async function readyBehind(service: string, { reader, wait }: ScanTools): Promise<number | Coverage> {
  const [namespace = '', name = ''] = service.split('/');
  const selector = encodeURIComponent(`kubernetes.io/service-name=${name}`);
  const path = `/apis/discovery.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/endpointslices?labelSelector=${selector}`;
  const answer = await ask(reader, { path }, { wait });
  const page = answer.status === 'ok' ? readPage(answer.text) : undefined;
  if (page === undefined) {
    const why = answer.status === 'ok' ? 'the API server gave something that is no list' : answer.why;
    const detail = `Whether anybody is behind it is not known: ${why}.`;
    return unreadOf(`endpoints of Service ${service}`, 'reference', gapStatus(answer), detail);
  }
  const endpoints = page.items.flatMap(({ endpoints: list }) => mappingsOf(list));
  return endpoints.filter(({ conditions }) => mappingOf(conditions).ready !== false).length;
}

function nobodyBehind(caller: CalledService, service: string): Observation {
  const { kind, object, owner, cause, failsClosed, about } = caller;
  return {
    type: 'problem',
    source: 'reference',
    subject: { kind, name: object },
    ...(owner === undefined ? {} : { owner }),
    cause,
    evidence: [`The Service ${service} has no ready endpoint. It is asked about ${about}.`],
    confidence: 'high',
    reason: 'unavailable',
    severity: failsClosed ? 'error' : 'warning',
    message: failsClosed
      ? `${kind} ${object} fails closed and nobody is behind its Service ${service}: requests for ${about} are refused.`
      : `Nobody is behind the Service ${service} of ${kind} ${object}: it is ${kind === DEFINITION ? 'called only where an object is asked for in another version than the one it is stored in, and that fails' : 'passed over'}.`,
    fix: `Bring back what serves ${service}, or delete ${kind} ${object}.${failsClosed ? ' Nodes that are drained may not be filled again meanwhile.' : ''}`,
  };
}

const DEFINITION = 'CustomResourceDefinition';

function storageClasses({ facts, coverage }: LiveScanState): Observation[] {
  const listed = coverage.some(({ what, status }) => what === 'storageclasses.storage.k8s.io' && status === 'read');
  const classes = Object.values(facts.storageClasses);
  if (!listed || classes.includes(true)) return [];
  return rulesOf('no-default-storage-class').map((rule) => ({
    type: 'rule',
    rule: rule.id,
    source: 'reference',
    subject: { kind: 'StorageClass' },
    cause: 'storage-classes',
    evidence: [`None of ${classes.length} StorageClasses is the default one.`],
    confidence: 'high',
  }));
}

/** An endpoint has several API servers, and each counts for itself, so several requests reach more of them. */
const LOOKS = 3;

/** The deprecated APIs that clients requested since the API servers started. The gauge does not name the clients. */
async function readTelemetry(state: LiveScanState, { reader, wait }: ScanTools): Promise<UnitResult> {
  const found = new Map<string, ReturnType<typeof requestedDeprecatedApis>[number]>();
  for (let look = 0; look < LOOKS; look += 1) {
    const answer = await ask(reader, { path: '/metrics', accept: 'text/plain', newConnection: true }, { wait });
    if (answer.status !== 'ok' || !isMetricsText(answer.text)) {
      // Another API server behind the same endpoint may have counted what the first one did not.
      const after = look === 0 ? '' : ` after ${look} of ${LOOKS} looks`;
      keep(state, [...found.values()]);
      const own = { what: TITLES.telemetry, source: 'telemetry', count: found.size } as const;
      return notRead(own, answer, 'the API server gave something that is no metrics', after);
    }
    for (const one of requestedDeprecatedApis(answer.text)) found.set(one.cause, one);
  }
  keep(state, [...found.values()]);
  return { next: 'done', coverage: [readOf(TITLES.telemetry, 'telemetry', found.size)] };
}

const GAUGE = 'apiserver_requested_deprecated_apis';

/**
 * The deprecated APIs in the metrics of an API server. The gauge is 1 once any client asked, the garbage collector included, and stays so until a
 * restart. So it proves only that there is a caller (facts: deprecated-apis.md §1.5).
 */
export function requestedDeprecatedApis(metrics: string): ApiUse[] {
  const found = new Map<string, ApiUse>();
  for (let at = metrics.indexOf(GAUGE); at !== -1; at = metrics.indexOf(GAUGE, at + 1)) {
    if (at > 0 && metrics[at - 1] !== '\n') continue;
    const end = metrics.indexOf('\n', at);
    const labels = labelsOf(metrics.slice(at + GAUGE.length, Math.min(end === -1 ? metrics.length : end, at + 4_000)));
    if (labels === undefined) continue;
    const { group = '', version = '', resource = '', subresource = '' } = labels;
    const row = apiRowsOfGroup(group).find((one) => one.version === version && one.resource === resource);
    const apiVersion = apiVersionText({ group, version });
    const part = subresource === '' ? '' : `/${subresource}`;
    const cause = `requests:${apiVersion}/${resource}`;
    found.set(cause, {
      type: 'api',
      source: 'telemetry',
      subject: { apiVersion, kind: row?.kind ?? resource },
      cause,
      evidence: [`Somebody asked for ${apiVersion} ${resource}${part} since the API server started.`],
      confidence: 'medium',
      served: true,
      fix: 'Find the caller: the upgrade insights of Amazon EKS name user agents, the audit log names users. Update it.',
    });
  }
  return [...found.values()];
}

/** Whether the text is complete metrics of an API server: comments and samples, and the last line ends. */
export const isMetricsText = (text: string): boolean =>
  text.startsWith('#') && text.endsWith('\n') && /^# TYPE \w+ \w+$/m.test(text.slice(0, 10_000));

/** `{group="policy",version="v1beta1"} 1` → its labels; undefined for other text and for the value 0. */
function labelsOf(sample: string): Record<string, string> | undefined {
  const match = /^\{([^}]*)\} (\d\S*)/.exec(sample);
  if (match === null || Number(match[2]) === 0) return undefined;
  const pairs = (match[1] ?? '').matchAll(/(\w{1,60})="([^"]{0,200})"/g);
  return Object.fromEntries([...pairs].map(([, name, value]) => [name, value]));
}
