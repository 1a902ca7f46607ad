import type { Ports } from '../ports/ports.ts';
import type { AuditItem } from '../ports/table.ts';
import { ownerOf } from '../readiness/owner-news.ts';
import { Clusters, Rollouts, Upgrades, Waves } from '../store/entities.ts';
import { loadKind } from '../store/entity.ts';
import { type Act, actsOf, clusterWaits, hopOfItem, minutesIn, rolloutWaits, type Wait } from './effort.ts';
import { periodStart } from './report-period.ts';

interface Row {
  readonly hop: string | null;
  readonly team: string | null;
  /** In the period, and in the one of equal length before it. */
  readonly now: number;
  readonly before: number;
}

/** What upgrades have cost people, and what they have waited for. */
export interface EffortReport {
  readonly since: string;
  readonly until: string;
  /** Where the period begins that this one is compared with; it ends where this one begins. */
  readonly before: string;
  /** Counts; acts by the names that the audit gives them. */
  readonly acts: readonly (Row & { readonly act: string })[];
  /** Minutes, of each cluster that waits and of each wave as a whole. */
  readonly waits: readonly (Row & { readonly cause: string })[];
  readonly notRecorded: readonly string[];
  /** Clusters whose record was not read, since there are too many. */
  readonly unread: number;
}

const NOT_RECORDED = [
  'How long an approval was waited for that nobody has given yet.',
  'Whether a cluster waited for a window or for capacity before its first grant in an open wave: both are "open wave".',
  'Which part of a soak was due to a gate that was not green.',
];

/** Records are read one by one, with all that their transactions wrote: clusters that were upgraded in these periods come first. */
const MOST_CLUSTERS = 500;
const AT_ONCE = 20;

export async function effortReport(
  { table, clock }: Pick<Ports, 'table' | 'clock'>,
  sinceText: string,
): Promise<EffortReport> {
  const until = clock.now();
  const since = periodStart(sinceText, until);
  const before = new Date(2 * since.getTime() - until.getTime());
  const [rollouts, waves, clusters, upgrades] = await Promise.all([
    loadKind(table, Rollouts),
    loadKind(table, Waves),
    loadKind(table, Clusters),
    loadKind(table, Upgrades),
  ]);
  const start = before.toISOString();
  const isIn = ({ endedAt }: { readonly endedAt?: string | undefined }): boolean =>
    endedAt === undefined || endedAt >= start;
  const upgraded = new Set(upgrades.filter(isIn).map(({ clusterKey }) => clusterKey));
  const ordered = [...clusters].sort((a, b) => Number(upgraded.has(b.clusterKey)) - Number(upgraded.has(a.clusterKey)));
  const teams = new Map(clusters.map((cluster) => [cluster.clusterKey, ownerOf(cluster)]));
  const opened = new Map(waves.map(({ rolloutId, index, openedAt }) => [`${rolloutId} ${index}`, openedAt]));
  const acts: Act[] = [];
  const waits: Wait[] = [];
  const read = (subjects: readonly string[], take: (items: readonly AuditItem[], subject: string) => void) =>
    inTurn(subjects, async (subject) => take(await table.auditOf(subject), subject));
  const teamOf = (key: unknown) => (typeof key === 'string' ? (teams.get(key) ?? null) : null);
  await read(['fleet'], (items) => acts.push(...actsOf(items, () => ({ hop: null, team: null }))));
  const targets = new Map(rollouts.filter(isIn).map(({ id, target }) => [`rollout/${id}`, `to ${target}`]));
  await read([...targets.keys()], (items, subject) => {
    const hop = targets.get(subject) ?? null;
    acts.push(...actsOf(items, ({ detail }) => ({ hop, team: teamOf(detail.clusterKey) })));
    waits.push(...rolloutWaits(items, { hop, team: null }));
  });
  const chosen = ordered.slice(0, MOST_CLUSTERS).map(({ clusterKey }) => clusterKey);
  await read(chosen, (items, key) => {
    const team = teamOf(key);
    acts.push(...actsOf(items, (item) => ({ hop: hopOfItem(item), team })));
    waits.push(...clusterWaits(items, team, (id, index) => opened.get(`${id} ${index}`)));
  });
  const within = (at: string, from: Date, to: Date): number =>
    Number(at > from.toISOString() && at <= to.toISOString());
  return {
    ...{ since: since.toISOString(), until: until.toISOString(), before: start },
    acts: rows(acts, 'act', ({ at }, from, to) => within(at, from, to), [before, since, until]),
    waits: rows(waits, 'cause', minutesIn, [before, since, until]),
    notRecorded: NOT_RECORDED,
    unread: ordered.length - chosen.length,
  };
}

/** Sums by hop, team and what they are of, the most first; what is nothing in both periods is left out. */
function rows<Name extends 'act' | 'cause', One extends Pick<Act, 'hop' | 'team'> & Record<Name, string>>(
  all: readonly One[],
  name: Name,
  measure: (one: One, from: Date, to: Date) => number,
  [before, since, until]: readonly [Date, Date, Date],
): (Row & Record<Name, string>)[] {
  const groups = Map.groupBy(all, (one) => JSON.stringify([one.hop, one.team, one[name]]));
  const sum = (those: readonly One[], from: Date, to: Date) =>
    Math.round(those.reduce((total, one) => total + measure(one, from, to), 0));
  return [...groups.values()]
    .flatMap((those) => {
      const [one] = those;
      if (one === undefined) return [];
      const { hop, team } = one;
      const counts = { now: sum(those, since, until), before: sum(those, before, since) };
      const row = { hop, team, [name]: one[name], ...counts } as Row & Record<Name, string>;
      return counts.now + counts.before === 0 ? [] : [row];
    })
    .sort((a, b) => b.now - a.now || b.before - a.before || (a[name] < b[name] ? -1 : 1));
}

async function inTurn(subjects: readonly string[], work: (subject: string) => Promise<void>): Promise<void> {
  for (let at = 0; at < subjects.length; at += AT_ONCE) await Promise.all(subjects.slice(at, at + AT_ONCE).map(work));
}
