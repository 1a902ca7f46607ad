import { lasting } from './compare-states.ts';
import type { ProbeVerdict, RateVerdict } from './probe-verdict.ts';

/** So many clusters at once do not get worse for causes of their own. */
const CLUSTERS = 3;

/** Whether other clusters may say that its source is broken: one that clusters share, while each other probe reads the cluster itself. */
export const mayBeBroken = (verdict: ProbeVerdict): boolean =>
  verdict.kind === 'rate'
    ? verdict.result === 'fail'
    : (verdict.probe === 'alarms' || verdict.probe === 'urls') && verdict.figures.worse > 0;

const BROKEN = `Its source is worse for ${CLUSTERS} clusters or more at once: that is a broken source, and no regression of each.`;

/**
 * The verdicts of a cluster without what a broken source says: an alarm, URL or rate that is worse for three clusters at once proves nothing of any of them.
 *
 * @param others what the comparisons of other clusters say that were made at about the same time
 */
export function withoutBrokenSources(
  verdicts: readonly ProbeVerdict[],
  others: readonly (readonly ProbeVerdict[])[],
  now: Date,
): ProbeVerdict[] {
  return verdicts.map((verdict) => {
    if (!mayBeBroken(verdict)) return verdict;
    if (verdict.kind === 'rate') {
      const hasFailed = (one: ProbeVerdict) => one.result === 'fail' || one.isExcused === true;
      const failing = others.filter((all) => all.some((one) => hasFailed(one) && isSameRate(one, verdict)));
      if (failing.length + 1 < CLUSTERS) return verdict;
      return { ...verdict, result: 'inconclusive', why: BROKEN, isExcused: true };
    }
    const worseFor = (identity: string): number =>
      others.filter((all) => all.some((one) => one.probe === verdict.probe && names(one, identity))).length + 1;
    const named = verdict.figures.named.filter(({ identity }) => worseFor(identity) < CLUSTERS);
    if (named.length === verdict.figures.named.length) return verdict;
    const excused = verdict.figures.named.filter((one) => !named.includes(one)).map(({ identity }) => identity);
    const left = { ...verdict, figures: { ...verdict.figures, named, worse: named.length, excused } };
    if (lasting(left, now).length > 0) return left;
    const { concludesAt: _, ...rest } = left;
    return { ...rest, result: 'inconclusive', why: BROKEN };
  });
}

/** Metrics whose dimensions have the cluster's name in them are each cluster's own; the API servers of several clusters count as ever. */
const isSameRate = (one: ProbeVerdict, { probe, of }: RateVerdict): boolean =>
  one.kind === 'rate' && one.probe === probe && one.of?.name === of?.name && one.of?.source === of?.source;

/** Whom others have excused is worse for it all the same: without that the first ones to look would only see each other. */
const names = (verdict: ProbeVerdict, identity: string): boolean =>
  verdict.kind === 'state' &&
  (verdict.figures.named.some((one) => one.identity === identity) ||
    verdict.figures.excused?.includes(identity) === true);
