import type { Baseline } from './baseline.ts';
import { lasting } from './compare-states.ts';
import type { ProbeVerdict, RateVerdict } from './probe-verdict.ts';

/** So many clusters at once do not get worse for causes of their own. */
const CLUSTERS = 3;
/** An alarm that rings for two clusters at once does not tell whose hop is to blame. */
const ONE_ALARM = 2;

/** Whether other clusters may show that its source is broken. Clusters share such sources, while all other probes read the cluster itself. */
export const mayBeBroken = (verdict: ProbeVerdict): boolean =>
  verdict.kind === 'rate'
    ? verdict.result === 'fail'
    : (verdict.probe === 'alarms' || verdict.probe === 'urls') && verdict.figures.worse > 0;

const BROKEN = `Its source is worse for ${CLUSTERS} clusters or more at once: that is a broken source, and no regression of each.`;
const SHARED =
  'it rings for other clusters that are upgraded at the same time as well, so that it proves nothing of any of them. Name an alarm that each cluster has of its own, by {cluster}.';

/**
 * The verdicts of a cluster without broken sources: a URL or rate that is worse for three clusters at once, or an alarm that rings for two, proves
 * nothing about any of them.
 * @param others the verdicts of other clusters from about the same time, and the alarms that clusters share which are in the middle of their hop
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
    const [most, why] = verdict.probe === 'alarms' ? [ONE_ALARM, SHARED] : [CLUSTERS, BROKEN];
    const worseFor = (identity: string): number =>
      others.filter((all) => all.some((one) => one.probe === verdict.probe && names(one, identity))).length + 1;
    const named = verdict.figures.named.filter(({ identity }) => worseFor(identity) < most);
    if (named.length === verdict.figures.named.length) return verdict;
    const excused = verdict.figures.named.filter((one) => !named.includes(one)).map(({ identity }) => identity);
    const left = { ...verdict, figures: { ...verdict.figures, named, worse: named.length, excused } };
    if (lasting(left, now).length > 0) return left;
    const { concludesAt: _, ...rest } = left;
    return { ...rest, result: 'inconclusive', why: `${excused.join(', ')}: ${why}` };
  });
}

/** Metrics with the cluster's name in their dimensions belong to one cluster. The API servers of several clusters count as before. */
const isSameRate = (one: ProbeVerdict, { probe, of }: RateVerdict): boolean =>
  one.kind === 'rate' && one.probe === probe && one.of?.name === of?.name && one.of?.source === of?.source;

/** An object that was excused still counts as worse. Otherwise the first clusters to look would only see each other. */
const names = (verdict: ProbeVerdict, identity: string): boolean =>
  verdict.kind === 'state' &&
  (verdict.figures.named.some((one) => one.identity === identity) ||
    verdict.figures.excused?.includes(identity) === true);

/** The verdict of a cluster in its hop before its comparison: an alarm that was OK before rings for it too, if it rings for another. */
export function sharedAlarms({ takenAt, probes: { alarms } }: Baseline): ProbeVerdict[] {
  const { known = [], unwell = {} } = alarms ?? {};
  const excused = known.filter((identity) => unwell[identity] === undefined);
  const figures = { compared: known.length, unwell: 0, unwellBefore: 0, changed: 0, worse: 0, named: [], excused };
  return [{ probe: 'alarms', kind: 'state', result: 'inconclusive', why: `Not compared since ${takenAt}.`, figures }];
}
