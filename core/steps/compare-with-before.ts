import { type Reason, wait } from '../contracts/step-result.ts';
import type { Ports } from '../ports/ports.ts';
import { type Baseline, baselineOf, type Reading } from '../probes/baseline.ts';
import { compareStates, lasting } from '../probes/compare-states.ts';
import { isWorse, type Worse } from '../probes/is-worse.ts';
import { comparisonOf, type ProbeVerdict, type RateVerdict, type StateVerdict } from '../probes/probe-verdict.ts';
import { Members, rolloutPartition, Upgrades } from '../store/entities.ts';
import { loadAll, ofKind } from '../store/entity.ts';
import { baselineFor } from './baseline-for.ts';
import type { StepContext } from './context.ts';
import type { StepOutcome } from './run-step.ts';

/** Moved workloads need some time to come back. A fault that lasts longer than this is a failure. */
export const SETTLE_MINUTES = 15;

/**
 * Waits for a fault that may pass by itself; undefined: it has lasted for too long. That counts from the first of the looks that have met it, one after
 * the other, since the execution may have waited for something else for longer. Without an upgrade nothing is kept, so its beginning counts.
 * @param step under which the upgrade keeps the step's state
 */
export function waitForFault(
  { clock }: Pick<Ports, 'clock'>,
  { upgrade, startedAt }: Pick<StepContext, 'upgrade' | 'startedAt'>,
  step: string,
  seconds: number,
  ...why: readonly Reason[]
): StepOutcome | undefined {
  const now = clock.now();
  const known = upgrade?.steps[step];
  const lasts = known?.status === 'running' && known.reasons.some((one) => why.some(({ code }) => code === one.code));
  const since = lasts ? known.detail?.faultSince : undefined;
  const isKnown = typeof since === 'string' && since >= startedAt.toISOString();
  const begun = upgrade === undefined ? startedAt : isKnown ? new Date(since) : now;
  if (now.getTime() >= begun.getTime() + SETTLE_MINUTES * 60_000) return undefined;
  const waits = wait(seconds, ...why);
  return isKnown ? waits : { ...waits, detail: { ...known?.detail, faultSince: now.toISOString() } };
}

/** The comparisons of this execution so far. A reading of an earlier one does not count, since nobody has seen what was between them. */
export const comparedBefore = (context: StepContext): readonly ProbeVerdict[] =>
  hasCompared(context) ? (comparisonOf(context.upgrade)?.verdicts ?? []) : [];

export function hasCompared({ upgrade, startedAt }: StepContext): boolean {
  const { comparedAt = '' } = comparisonOf(upgrade) ?? {};
  return Date.parse(comparedAt) >= startedAt.getTime();
}

/** Whether something was worse by an instant, in milliseconds since 1970. */
export const beganBy = (verdict: ProbeVerdict, instant: number): boolean =>
  verdict.kind === 'state' && verdict.figures.named.some(({ since }) => Date.parse(since) <= instant);

/** The verdicts without sources that are broken for others as well, and whether the cluster is worse. */
export async function judgeCompared(
  ports: Pick<Ports, 'table' | 'clock'>,
  context: StepContext,
  compared: readonly ProbeVerdict[],
): Promise<Worse & { readonly verdicts: ProbeVerdict[] }> {
  const now = ports.clock.now();
  const verdicts = compared.some(mayBeBroken)
    ? withoutBrokenSources(compared, await comparedByOthers(ports, context, now), now)
    : [...compared];
  return { verdicts, ...isWorse(verdicts) };
}

/** What is worse than in the baseline of this upgrade's scan; empty where it has none. */
export async function compareWithBefore(
  ports: Pick<Ports, 'table' | 'clock'>,
  context: StepContext,
  reading: Reading,
): Promise<StateVerdict[]> {
  const baseline = await baselineFor(ports, context);
  if (baseline === undefined) return [];
  const verdicts = comparedBefore(context).filter((one) => one.kind === 'state');
  return compareStates({ baseline, verdicts }, reading, ports.clock.now());
}

/**
 * What the comparisons of other clusters in the same rollout have found within the last half hour. For alarms it also includes what they have read
 * since this cluster was scanned, and the alarms that rang for them before they began to move.
 */
async function comparedByOthers(
  { table }: Pick<Ports, 'table'>,
  { upgrade, clusterKey }: StepContext,
  now: Date,
): Promise<ProbeVerdict[][]> {
  const { rolloutId } = upgrade ?? {};
  if (rolloutId === undefined) return [];
  const running = ofKind(await table.queryPartition(rolloutPartition(rolloutId)), Members).filter(
    (one) => one.upgradeId !== undefined && one.clusterKey !== clusterKey,
  );
  const upgrades = await loadAll(
    table,
    Upgrades,
    running.map((one) => Upgrades.key(one.clusterKey, one.upgradeId ?? '')),
  );
  const scannedAt = baselineOf(upgrade)?.takenAt ?? now.toISOString();
  return upgrades.map((one) => {
    const { comparedAt = '', verdicts = [] } = comparisonOf(one) ?? {};
    const isRecent = now.getTime() - Date.parse(comparedAt) <= 30 * 60_000;
    const heard = verdicts.filter(({ probe }) => isRecent || (probe === 'alarms' && comparedAt > scannedAt));
    const before = one.status === 'Running' && one.mutated ? baselineOf(one) : undefined;
    return before === undefined ? heard : [...heard, ...sharedAlarms(before)];
  });
}

/** So many clusters at once do not get worse for causes of their own. */
const CLUSTERS = 3;
/** An alarm that rings for two clusters at once does not tell whose hop is to blame. */
const ONE_ALARM = 2;

/** Whether other clusters may show that its source is broken. Clusters share such sources, while all other probes read the cluster itself. */
const mayBeBroken = (verdict: ProbeVerdict): boolean =>
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
