import { given } from '../model/given.ts';
import { type Baseline, isInBaseline, MOST_KEPT, NAMED_BY_POLICY, type Observed, type Reading } from './baseline.ts';
import { STATE_PROBES, type StateProbe, type StateVerdict, type Unwell, type Worsened } from './probe-verdict.ts';

/** What is worse in one reading may pass. What is worse in all readings of this many minutes does not. */
const LASTS_MINUTES = 5;
/** The record of an upgrade has this many names of each: worse objects, the longest first, and changed ones. */
const MOST_NAMED = 20;

const RANKS = { well: 0, degraded: 1, down: 2 } as const;

interface Before {
  readonly baseline: Baseline;
  /** The verdicts of the previous reading; empty for the first one. */
  readonly verdicts: readonly StateVerdict[];
}

/**
 * Compares every object with the time before the hop. An object that was no better before is not blamed on the hop, and neither is one that somebody
 * has created or changed since: a deployment during a hop fails for reasons of its own. An object fails when two readings five minutes apart, and all
 * between them, found it worse. A test fails when two consecutive runs failed, because a run that has ended stays the same in each reading.
 */
export function compareStates({ baseline, verdicts }: Before, reading: Reading, now: Date): StateVerdict[] {
  return STATE_PROBES.flatMap((probe) => {
    const seen = reading[probe];
    if (seen === undefined) return [];
    const earlier = verdicts.find((one) => one.probe === probe)?.figures.named ?? [];
    return [compareOne(probe, baseline, seen, new Map(earlier.map((one) => [one.identity, one])), now)];
  });
}

function compareOne(
  probe: StateProbe,
  baseline: Baseline,
  seen: readonly Observed[],
  earlier: ReadonlyMap<string, Worsened>,
  now: Date,
): StateVerdict {
  const { takenAt, probes } = baseline;
  const before = probes[probe];
  const ill = seen.filter((one): one is Observed & { is: Unwell } => one.is !== undefined);
  const wasOf = ({ identity }: Observed): keyof typeof RANKS => before?.unwell[identity] ?? 'well';
  const [noBetter, others] = split(ill, (one) => RANKS[wasOf(one)] >= RANKS[one.is]);
  const idle = new Set(Object.values(probes).flatMap((one) => one.idle ?? []));
  // An object that the policy names only since is as unknown as one that was created since, or had no pods then.
  const isNew = ({ identity, writtenAt = takenAt, isUndated = NAMED_BY_POLICY.has(probe) }: Observed): boolean =>
    Date.parse(writtenAt) > Date.parse(takenAt) ||
    (isUndated && before !== undefined && !isInBaseline(baseline, probe, identity)) ||
    idle.has(identity);
  const [changed, blamed] = split(others, isNew);
  const worse = blamed.flatMap(({ identity, is, said: text, owner, runs, isStarting, ...one }): Worsened[] => {
    const said = isStarting ? `${text}, just starting` : text;
    const was = wasOf({ identity, said, ...one });
    const { since = now.toISOString(), failedRuns } = (isStarting ? undefined : earlier.get(identity)) ?? {};
    const inARow = runs && failedInARow(runs, failedRuns);
    return was === 'down' ? [] : [{ identity, was, is, said, ...given({ owner, failedRuns: inARow }), since }];
  });
  worse.sort((a, b) => (a.since === b.since ? (a.identity < b.identity ? -1 : 1) : a.since < b.since ? -1 : 1));
  const counts = { compared: seen.length, unwell: ill.length, unwellBefore: noBetter.length };
  const namesOf = (some: readonly Observed[]) =>
    some.length === 0 ? undefined : some.map(withOwner).sort().slice(0, MOST_NAMED);
  // Its nodes have lost the label that it selects, or were scaled to none. Which of these it is, and whether that is intended, cannot be told.
  const isEmptied = (one: Observed): boolean =>
    before?.idle !== undefined && one.isIdle === true && one.identity.startsWith('DaemonSet ') && !isNew(one);
  const few = given({ changedNamed: namesOf(changed), emptied: namesOf(seen.filter(isEmptied)) });
  const figures = {
    ...counts,
    changed: changed.length,
    ...few,
    worse: worse.length,
    named: worse.slice(0, MOST_NAMED),
  };
  const verdict = { probe, kind: 'state', figures } as const;
  if (before === undefined)
    return {
      ...verdict,
      result: 'inconclusive',
      why: 'Nobody has read it before the hop, so there is nothing to compare with.',
    };
  if (before.count > MOST_KEPT)
    return {
      ...verdict,
      result: 'inconclusive',
      why: `${before.count} were not well before the hop, more than are kept.`,
    };
  if (worse.some((one) => lasts(one, now))) return { ...verdict, result: 'fail' };
  const [first] = worse;
  if (first === undefined || first.failedRuns !== undefined) return { ...verdict, ...awaited(seen, worse, now) };
  const concludes = Date.parse(first.since) + LASTS_MINUTES * 60_000;
  const why = 'One reading found it worse; another one decides whether that lasts.';
  return { ...verdict, result: 'inconclusive', concludesAt: new Date(concludes).toISOString(), why };
}

/** When the last two runs began that failed without a successful one between them. A CronJob keeps one failed run, so earlier readings count. */
function failedInARow(runs: NonNullable<Observed['runs']>, before: readonly string[] = []): string[] {
  const wellAt = runs.findLast(({ hasFailed }) => !hasFailed)?.begunAt ?? '';
  const failed = [...before, ...runs.flatMap(({ begunAt, hasFailed }) => (hasFailed ? begunAt : []))];
  return [...new Set(failed)]
    .filter((begunAt) => begunAt > wellAt)
    .sort()
    .slice(-2);
}

const ONE_RUN =
  'One run failed, and no other one that began after it has ended. Run it again: two in a row fail a hop, and one alone never does.';

/** Nothing lasts: a pass, once every object is known and every failed test has another run. */
function awaited(
  seen: readonly Observed[],
  worse: readonly Worsened[],
  now: Date,
): Pick<StateVerdict, 'result' | 'why' | 'concludesAt'> {
  const once = new Set(worse.map(({ identity }) => identity));
  const open = seen.filter((one) => one.awaitedUntil !== undefined && (one.is === undefined || once.has(one.identity)));
  if (open.length + once.size === 0) return { result: 'pass' };
  const [concludesAt = ''] = open
    .map(({ awaitedUntil = '' }) => awaitedUntil)
    .toSorted()
    .toReversed();
  const unknown = open.filter(({ is }) => is === undefined).map(({ identity, said }) => `${identity}: ${said}`);
  const why = [once.size > 0 ? ONE_RUN : [], unknown.length > 0 ? `${unknown.join('; ')}.` : []].flat().join(' ');
  return { result: 'inconclusive', why, ...(concludesAt > now.toISOString() && { concludesAt }) };
}

const withOwner = ({ identity, owner }: Observed): string =>
  owner === undefined ? identity : `${identity} (owner ${owner})`;

function split<Item>(items: readonly Item[], isFirst: (item: Item) => boolean): [Item[], Item[]] {
  return [items.filter(isFirst), items.filter((item) => !isFirst(item))];
}

function lasts({ since, failedRuns }: Worsened, now: Date): boolean {
  return failedRuns === undefined ? now.getTime() - Date.parse(since) >= LASTS_MINUTES * 60_000 : failedRuns.length > 1;
}

/** The objects of a failed verdict that have been worse for long enough. */
export const lasting = ({ figures }: StateVerdict, now: Date): Worsened[] =>
  figures.named.filter((one) => lasts(one, now));
