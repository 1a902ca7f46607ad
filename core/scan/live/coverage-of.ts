import type { Coverage } from '../report/report-schema.ts';
import { furtherOnes } from './keep.ts';
import type { LiveScanState } from './live-scan-state.ts';

/** What was read of a cluster and what was not. `forgiven`: whether findings can be waived or known already. */
export function coverageOf(state: LiveScanState, { forgiven = false } = {}): Coverage[] {
  return [...foldDenied(state.coverage), ...furtherOnes(state, { forgiven })];
}

/** Whoever may list nothing at all has one thing to do about it: one sentence instead of as many as there are resources. */
function foldDenied(coverage: readonly Coverage[]): readonly Coverage[] {
  const denied = coverage.filter(({ status }) => status === 'denied');
  const lists = denied.filter(({ source }) => source === 'object');
  const others = coverage.filter(({ status }) => status !== 'denied');
  if (lists.length < 2 || others.some(({ source, status }) => source === 'object' && status === 'read'))
    return coverage;
  const detail = `None of these ${denied.length} may be read with these credentials: bind the ClusterRole liftlock-scan of examples/rbac/liftlock-scan.yaml to them, as docs/scan.md says under "Permissions"; in a fleet, apply what liftlock access manifest prints.`;
  return [{ what: 'everything in the cluster', source: 'object', status: 'denied', detail, count: 0 }, ...others];
}
