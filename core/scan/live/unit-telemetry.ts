import { isMetricsText, requestedDeprecatedApis } from '../telemetry/metrics-text.ts';
import type { ScanTools, UnitResult } from './advance.ts';
import { keep } from './keep.ts';
import type { LiveScanState } from './live-scan-state.ts';
import { ask, deadOf, gapStatus } from './request.ts';

const WHAT = 'metrics of the API server';

/** Behind one endpoint there are several API servers, and each counts for itself: several looks meet more of them. */
const LOOKS = 3;

/** Which deprecated APIs somebody asked this cluster for since its API servers started. Who it was, the gauge does not say. */
export async function telemetry(state: LiveScanState, { reader, wait }: ScanTools): Promise<UnitResult> {
  let read = 0;
  const found = new Map<string, ReturnType<typeof requestedDeprecatedApis>[number]>();
  for (let look = 0; look < LOOKS; look += 1) {
    const answer = await ask(reader, { path: '/metrics', accept: 'text/plain', newConnection: true }, { wait });
    if (answer.status !== 'ok' || !isMetricsText(answer.text)) {
      const status = gapStatus(answer);
      const why = answer.status === 'ok' ? 'the API server gave something that is no metrics' : answer.why;
      // Another API server behind the same endpoint may have counted what the first one did not.
      const detail = `It was not read${read === 0 ? '' : ` after ${read} of ${LOOKS} looks`}: ${why}.`;
      keep(state, [...found.values()]);
      return {
        next: 'done',
        coverage: [{ what: WHAT, source: 'telemetry', status, detail, count: found.size }],
        ...deadOf(answer),
      };
    }
    read += 1;
    for (const one of requestedDeprecatedApis(answer.text)) found.set(one.cause, one);
  }
  keep(state, [...found.values()]);
  return {
    next: 'done',
    coverage: [{ what: WHAT, source: 'telemetry', status: 'read', detail: '', count: found.size }],
  };
}
