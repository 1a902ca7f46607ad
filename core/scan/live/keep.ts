import type { Observation } from '../judge/observation.ts';
import type { Coverage } from '../report/report-schema.ts';
import type { LiveScanState } from './live-scan-state.ts';

/** So many of one sort are kept by name: what writes them is repaired once. Traces change nothing, and fewer will do. */
const MOST_OF_A_SORT = 100;
const MOST_TRACES = 20;
/** In all. Memory has to be enough for every cluster. */
const MOST = 10_000;

/** Keeps observations, and counts those that many others stand for already. */
export function keep(state: LiveScanState, observations: readonly Observation[]): void {
  for (const one of observations) {
    const sort = sortOf(one);
    const count = (state.sorts[sort] ?? 0) + 1;
    state.sorts[sort] = count;
    if (count <= mostOf(one) && state.observations.length < MOST) state.observations.push(one);
  }
}

/** What was counted only, one entry for each sort. */
export function furtherOnes({ sorts, observations }: LiveScanState): Coverage[] {
  const kept = Object.groupBy(observations, sortOf);
  return Object.entries(sorts).flatMap(([sort, count]): Coverage[] => {
    const [first, ...others] = kept[sort] ?? [];
    const further = count - others.length - (first === undefined ? 0 : 1);
    if (further === 0) return [];
    const detail = `${further} more like those that are listed: ${sort}. What writes them is repaired once.`;
    return [{ what: `further ones: ${sort}`, source: first?.source ?? null, status: 'skipped', detail, count: 0 }];
  });
}

/** What is repaired together: `object policy/v1beta1 PodDisruptionBudget manager:terraform`. */
function sortOf(one: Observation): string {
  const { apiVersion = '', kind = '' } = one.subject;
  const what = one.type === 'rule' ? one.rule : one.type === 'problem' ? one.reason : '';
  const trace = isTrace(one) ? 'stale' : '';
  return [one.source, apiVersion, kind, what, one.cause, trace].filter((part) => part !== '').join(' ');
}

const isTrace = (one: Observation): boolean => one.type === 'api' && one.stale === true;
const mostOf = (one: Observation): number => (isTrace(one) ? MOST_TRACES : MOST_OF_A_SORT);
