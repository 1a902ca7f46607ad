import { lasting } from './compare-states.ts';
import type { ProbeVerdict, StateVerdict } from './probe-verdict.ts';

/** So many clusters at once do not get worse for causes of their own. */
const CLUSTERS = 3;

/** Sources that clusters share: each other probe reads the cluster itself. */
const isShared = (verdict: ProbeVerdict): verdict is StateVerdict =>
  verdict.probe === 'alarms' || verdict.probe === 'urls';

/**
 * The verdicts of a cluster without what a broken source says: an alarm or URL that is worse for three clusters at once proves nothing of any of them.
 *
 * @param others what the comparisons of other clusters say that were made at about the same time
 */
export function withoutBrokenSources<Verdict extends ProbeVerdict>(
  verdicts: readonly Verdict[],
  others: readonly (readonly ProbeVerdict[])[],
  now: Date,
): (Verdict | StateVerdict)[] {
  return verdicts.map((verdict) => {
    if (!isShared(verdict)) return verdict;
    const worseFor = (identity: string): number =>
      others.filter((all) => all.some((one) => one.probe === verdict.probe && names(one, identity))).length + 1;
    const named = verdict.figures.named.filter(({ identity }) => worseFor(identity) < CLUSTERS);
    if (named.length === verdict.figures.named.length) return verdict;
    const left = { ...verdict, figures: { ...verdict.figures, named, worse: named.length } };
    if (lasting(left, now).length > 0) return left;
    const { concludesAt: _, ...rest } = left;
    const why = `Its source is worse for ${CLUSTERS} clusters or more at once: that is a broken source, and no regression of each.`;
    return { ...rest, result: 'inconclusive', why };
  });
}

const names = (verdict: ProbeVerdict, identity: string): boolean =>
  verdict.kind === 'state' && verdict.figures.named.some((one) => one.identity === identity);
