import { apiRowsOfGroup } from '../data/api-table.ts';
import type { ApiUse } from '../judge/observation.ts';
import { apiVersionText } from '../observe/api-version.ts';
import { type ScanTools, TITLES, type UnitResult } from './advance.ts';
import { keep } from './keep.ts';
import type { LiveScanState } from './live-scan-state.ts';
import { ask, notRead, readOf } from './request.ts';

/** Behind one endpoint there are several API servers, and each counts for itself: several looks meet more of them. */
const LOOKS = 3;

/** Which deprecated APIs somebody asked this cluster for since its API servers started. Who it was, the gauge does not say. */
export async function readTelemetry(state: LiveScanState, { reader, wait }: ScanTools): Promise<UnitResult> {
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
 * The deprecated APIs in the metrics of an API server. The gauge is 1 once anybody asked, the garbage collector included, and stays until a
 * restart; so it proves that there is a caller and nothing more (facts: deprecated-apis.md §1.5).
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

/** Whether it is metrics of an API server, to their end: comments and samples, the last one with its end of line. */
export const isMetricsText = (text: string): boolean =>
  text.startsWith('#') && text.endsWith('\n') && /^# TYPE \w+ \w+$/m.test(text.slice(0, 10_000));

/** `{group="policy",version="v1beta1"} 1` → its labels; undefined when it is no sample, or its value is 0. */
function labelsOf(sample: string): Record<string, string> | undefined {
  const match = /^\{([^}]*)\} (\d\S*)/.exec(sample);
  if (match === null || Number(match[2]) === 0) return undefined;
  const pairs = (match[1] ?? '').matchAll(/(\w{1,60})="([^"]{0,200})"/g);
  return Object.fromEntries([...pairs].map(([, name, value]) => [name, value]));
}
