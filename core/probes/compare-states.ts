import { given } from '../model/given.ts';
import { type Baseline, MOST_KEPT, type Observed, type Reading } from './baseline.ts';
import { STATE_PROBES, type StateProbe, type StateVerdict, type Unwell, type Worsened } from './probe-verdict.ts';

/** What is worse in one reading may be passing; what is in all of so many minutes is not. */
const LASTS_MINUTES = 5;
/** By name in the record of an upgrade, each: what is worse, for longest first, and what somebody has changed. */
const MOST_NAMED = 20;

const RANKS = { well: 0, degraded: 1, down: 2 } as const;

interface Before {
  readonly baseline: Baseline;
  /** What the reading before this one said; nothing where this is the first one. */
  readonly verdicts: readonly StateVerdict[];
}

/**
 * What was well before the hop and is not, thing by thing. What was no better before is not blamed, nor is what somebody has made or changed since:
 * a deploy in the middle of a hop fails for reasons of its own. A thing fails when two readings five minutes apart, and all between them, found it worse.
 */
export function compareStates({ baseline, verdicts }: Before, reading: Reading, now: Date): StateVerdict[] {
  return STATE_PROBES.flatMap((probe) => {
    const seen = reading[probe];
    if (seen === undefined) return [];
    const earlier = verdicts.find((one) => one.probe === probe)?.figures.named ?? [];
    return [compareOne(probe, baseline, seen, new Map(earlier.map((one) => [one.identity, one.since])), now)];
  });
}

function compareOne(
  probe: StateProbe,
  { takenAt, probes }: Baseline,
  seen: readonly Observed[],
  since: ReadonlyMap<string, string>,
  now: Date,
): StateVerdict {
  const before = probes[probe];
  const ill = seen.filter((one): one is Observed & { is: Unwell } => one.is !== undefined);
  const wasOf = ({ identity }: Observed): keyof typeof RANKS => before?.unwell[identity] ?? 'well';
  const [noBetter, others] = split(ill, (one) => RANKS[wasOf(one)] >= RANKS[one.is]);
  // What the policy names only since is no better known than what was made since.
  const isNew = ({ identity, writtenAt = takenAt }: Observed): boolean =>
    Date.parse(writtenAt) > Date.parse(takenAt) || before?.known?.includes(identity) === false;
  const [changed, blamed] = split(others, isNew);
  const worse = blamed.flatMap(({ identity, is, said, owner, ...one }): Worsened[] => {
    const was = wasOf({ identity, said, ...one });
    const first = since.get(identity) ?? now.toISOString();
    return was === 'down' ? [] : [{ identity, was, is, said, ...given({ owner }), since: first }];
  });
  worse.sort((a, b) => (a.since === b.since ? (a.identity < b.identity ? -1 : 1) : a.since < b.since ? -1 : 1));
  const counts = { compared: seen.length, unwell: ill.length, unwellBefore: noBetter.length };
  const whose = changed.map(({ identity, owner }) => (owner === undefined ? identity : `${identity} (owner ${owner})`));
  const few = whose.length === 0 ? {} : { changedNamed: whose.sort().slice(0, MOST_NAMED) };
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
  const [first] = worse;
  if (first === undefined) return { ...verdict, ...awaited(seen, now) };
  const concludes = Date.parse(first.since) + LASTS_MINUTES * 60_000;
  if (now.getTime() >= concludes) return { ...verdict, result: 'fail' };
  const why = 'One reading found it worse; another one decides whether that lasts.';
  return { ...verdict, result: 'inconclusive', concludesAt: new Date(concludes).toISOString(), why };
}

/** Nothing is worse: a pass, once something is known of each. */
function awaited(seen: readonly Observed[], now: Date): Pick<StateVerdict, 'result' | 'why' | 'concludesAt'> {
  const open = seen.filter(({ awaitedUntil }) => awaitedUntil !== undefined);
  if (open.length === 0) return { result: 'pass' };
  const [concludesAt = ''] = open
    .map(({ awaitedUntil = '' }) => awaitedUntil)
    .toSorted()
    .toReversed();
  const why = `${open.map(({ identity, said }) => `${identity}: ${said}`).join('; ')}.`;
  return { result: 'inconclusive', why, ...(concludesAt > now.toISOString() && { concludesAt }) };
}

function split<Item>(items: readonly Item[], isFirst: (item: Item) => boolean): [Item[], Item[]] {
  return [items.filter(isFirst), items.filter((item) => !isFirst(item))];
}

/** What is worse for as long as it takes, of a verdict that fails. */
export const lasting = ({ figures }: StateVerdict, now: Date): Worsened[] =>
  figures.named.filter(({ since }) => now.getTime() - Date.parse(since) >= LASTS_MINUTES * 60_000);
