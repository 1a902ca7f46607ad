import { isDeepStrictEqual } from 'node:util';
import type { Explanation } from '../../core/queries/explain-cluster.ts';

const MINUTE = 60_000;

/** What people were told of a cluster, and what they are told some hours later, when nobody has done anything meanwhile. */
export interface Told {
  readonly before: Explanation;
  readonly after: Explanation;
  /** The instants at which an upgrade of the cluster has begun. */
  readonly begun: readonly string[];
  readonly from: Date;
  readonly until: Date;
}

/**
 * What was promised and has not come: what happens within the hour is not still to happen hours later; nothing begins sooner than said; and once all
 * calendars are open, which was all that a cluster waited for, it goes.
 */
export function brokenPromise({ before, after, begun, from, until }: Told): string | undefined {
  const { at, condition } = before.when;
  const said = `${before.cluster} (${before.state}) was told at ${from.toISOString()}: ${JSON.stringify(before.when)} ${codesOf(before)}`;
  const since = begun.filter((instant) => new Date(instant) > from);
  const goneOn = !isDeepStrictEqual(before.upgrade, after.upgrade);
  const isSame = after.when.condition === condition && codesOf(after) === codesOf(before) && !goneOn;
  if (/^The next (?:tick|full look) /.test(condition ?? '') && isSame && since.length === 0)
    return `${said}\n  and is told the same at ${until.toISOString()}`;
  if (at === null || before.upgrade?.status === 'Parked') return undefined;
  const early = since.find((instant) => new Date(instant).getTime() < new Date(at).getTime() - MINUTE);
  if (early !== undefined && /^(?:Not sooner|Once )/.test(condition ?? '')) return `${said}\n  and began at ${early}`;
  const isDue = new Date(at).getTime() + 30 * MINUTE < until.getTime();
  if (isDue && condition === 'Once its calendars are open.' && isSame && since.length === 0)
    return `${said}\n  and is told at ${until.toISOString()}: ${JSON.stringify(after.when)}`;
  return undefined;
}

const codesOf = ({ reasons }: Explanation): string => reasons.map(({ code }) => code).join(', ');
