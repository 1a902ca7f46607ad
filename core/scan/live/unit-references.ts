import { rulesOf } from '../data/break-rules.ts';
import type { Observation } from '../judge/observation.ts';
import { mappingOf, mappingsOf } from '../manifest/manifest-object.ts';
import type { CalledService } from '../reference/cluster-facts.ts';
import type { Coverage } from '../report/report-schema.ts';
import type { ScanTools, UnitResult } from './advance.ts';
import { keep } from './keep.ts';
import type { LiveScanState } from './live-scan-state.ts';
import { ask, gapStatus, readOf, readPage } from './request.ts';

const WHAT = 'services behind webhooks';

/** Whether anybody is behind the Services that the API server itself calls, and what only all lists together can tell. */
export async function readReferences(state: LiveScanState, tools: ScanTools): Promise<UnitResult> {
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

/** How many endpoints are ready, or what could not be read. */
async function readyBehind(service: string, { reader, wait }: ScanTools): Promise<number | Coverage> {
  const [namespace = '', name = ''] = service.split('/');
  const selector = encodeURIComponent(`kubernetes.io/service-name=${name}`);
  const path = `/apis/discovery.k8s.io/v1/namespaces/${encodeURIComponent(namespace)}/endpointslices?labelSelector=${selector}`;
  const answer = await ask(reader, { path }, { wait });
  const page = answer.status === 'ok' ? readPage(answer.text) : undefined;
  if (page === undefined) {
    const why = answer.status === 'ok' ? 'the API server gave something that is no list' : answer.why;
    const status = gapStatus(answer);
    const detail = `Whether anybody is behind it is not known: ${why}.`;
    return { what: `endpoints of Service ${service}`, source: 'reference', status, detail, count: 0 };
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
      : `Nobody is behind the Service ${service} of ${kind} ${object}: it is passed over.`,
    fix: `Bring back what serves ${service}, or delete ${kind} ${object}. Nodes that are drained cannot be filled again meanwhile.`,
  };
}

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
