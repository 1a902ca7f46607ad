import type { Rollout } from '../contracts/items/rollout.ts';
import { batchesOf } from '../model/batches.ts';
import { compareTexts } from '../model/compare-texts.ts';
import type { Ports } from '../ports/ports.ts';
import type { AuditItem, Table } from '../ports/table.ts';
import { ownerOf } from '../readiness/owner-news.ts';
import { Clusters, loadMembers, Rollouts, Upgrades, Waves } from '../store/entities.ts';
import { loadKind, ofKind } from '../store/entity.ts';
import { actsOf, clusterWaits, hopOfItem, minutesIn, rolloutWaits, type Spent, timesIn } from './effort.ts';
import { periodStart } from './report-period.ts';

/** What upgrades have cost people, and what the upgrades have waited for. */
export type EffortReport = Awaited<ReturnType<typeof effortReport>>;

const NOT_RECORDED = [
  'How long a wave that has not opened yet has waited for an approval, or for its clusters to be ready.',
  'Whether a wave whose turn had come was shut for readiness or by a pause: both are "shut wave".',
  'Whether a cluster waited for a window or for capacity before its first grant in an open wave: both are "open wave".',
  'Which part of a soak was due to a gate that was not green.',
];

/**
 * Records are read one by one, with everything that their transactions wrote, so only this many clusters are read: first those that rollouts of
 * these periods have begun.
 */
const MOST_CLUSTERS = 500;
const AT_ONCE = 20;

export async function effortReport({ table, clock }: Pick<Ports, 'table' | 'clock'>, sinceText: string) {
  const until = clock.now();
  const since = periodStart(sinceText, until);
  const before = new Date(2 * since.getTime() - until.getTime());
  const { acts, waits, unread } = await readEffort(table, before);
  const periods = [since, until, before, since] as const;
  return {
    ...{ since: since.toISOString(), until: until.toISOString() },
    /** The begin of the period that this one is compared with; it ends where this one begins. */
    before: before.toISOString(),
    /** How often people acted, by the audit's names of their acts. */
    acts: rows(acts, timesIn, periods),
    /** Minutes that each cluster, and each wave as a whole, has waited. */
    waits: rows(waits, minutesIn, periods),
    notRecorded: [...NOT_RECORDED, ...unread],
  };
}

/**
 * Clusters that have an upgrade now, and those that these rollouts have begun, of the newest first, as soon as there are as many as are read. What a
 * person has begun past rollouts and is over has no place in this order, since only all upgrades there ever were would tell it.
 */
async function begunIn(table: Table, rollouts: readonly Rollout[]): Promise<ReadonlySet<string>> {
  const begun = new Set(ofKind(await table.queryActive(), Upgrades).map(({ clusterKey }) => clusterKey));
  for (const { id } of [...rollouts].sort((a, b) => compareTexts(b.createdAt, a.createdAt))) {
    if (begun.size >= MOST_CLUSTERS) break;
    for (const { clusterKey, grantedAt } of await loadMembers(table, id))
      if (grantedAt !== undefined) begun.add(clusterKey);
  }
  return begun;
}

/**
 * What people did and what upgrades waited for, from an instant on, as the records tell. `seen` is given each record that was read. `unread`: what
 * was left out, in sentences.
 */
export async function readEffort(
  table: Table,
  from: Date,
  seen: (items: readonly AuditItem[], subject: string) => void = () => undefined,
) {
  const [rollouts, waves, clusters] = await Promise.all([
    loadKind(table, Rollouts),
    loadKind(table, Waves),
    loadKind(table, Clusters),
  ]);
  const start = from.toISOString();
  const isIn = ({ endedAt }: { readonly endedAt?: string | undefined }): boolean =>
    endedAt === undefined || endedAt >= start;
  const upgraded = clusters.length > MOST_CLUSTERS ? await begunIn(table, rollouts.filter(isIn)) : new Set();
  const ordered = [...clusters].sort((a, b) => Number(upgraded.has(b.clusterKey)) - Number(upgraded.has(a.clusterKey)));
  const teams = new Map(clusters.map((cluster) => [cluster.clusterKey, ownerOf(cluster)]));
  const opened = new Map(waves.map(({ rolloutId, index, openedAt }) => [`${rolloutId} ${index}`, openedAt]));
  const acts: Spent[] = [];
  const waits: Spent[] = [];
  const read = (subjects: readonly string[], take: (items: readonly AuditItem[], subject: string) => void) =>
    inTurn(subjects, async (subject) => {
      const items = await table.auditOf(subject);
      take(items, subject);
      seen(items, subject);
    });
  const teamOf = (key: unknown) => (typeof key === 'string' ? (teams.get(key) ?? null) : null);
  await read(['fleet'], (items) => acts.push(...actsOf(items, () => ({ hop: null, team: null }))));
  const left = new Map<string, string>();
  const targets = new Map(rollouts.filter(isIn).map(({ id, target }) => [`rollout/${id}`, `to ${target}`]));
  await read([...targets.keys()], (items, subject) => {
    const hop = targets.get(subject) ?? null;
    acts.push(...actsOf(items, ({ detail }) => ({ hop, team: teamOf(detail.clusterKey) })));
    waits.push(...rolloutWaits(items, { hop, team: null }));
    for (const { event, at, detail } of items) {
      if (event === 'MemberSkipped') left.set(`${subject} ${detail.clusterKey}`, at);
      if (event === 'RolloutAborted') left.set(subject, at);
    }
  });
  const chosen = ordered.slice(0, MOST_CLUSTERS).map(({ clusterKey }) => clusterKey);
  await read(chosen, (items, key) => {
    const team = teamOf(key);
    acts.push(...actsOf(items, (item) => ({ hop: hopOfItem(item), team })));
    const leftAt = (id: unknown) => left.get(`rollout/${id} ${key}`) ?? left.get(`rollout/${id}`);
    waits.push(...clusterWaits(items, team, (id, index) => opened.get(`${id} ${index}`), leftAt));
  });
  const unread = ordered.length - chosen.length;
  return {
    ...{ acts, waits, clusters },
    unread: unread === 0 ? [] : [`What ${unread} more clusters did: there are too many to be read.`],
  };
}

/** Sums by hop, team and act or cause, the largest first; rows that are empty in both periods are left out. */
function rows(
  all: readonly Spent[],
  measure: typeof minutesIn,
  [since, until, before, end]: readonly [Date, Date, Date, Date],
) {
  const groups = Map.groupBy(all, ({ hop, team, what }) => JSON.stringify([hop, team, what]));
  const sum = (those: readonly Spent[], from: Date, to: Date) =>
    Math.round(those.reduce((total, one) => total + measure(one, from, to), 0));
  return [...groups.values()]
    .flatMap((those) => {
      /** The sum in the period, and in the period of equal length before it. */
      const row = { now: sum(those, since, until), before: sum(those, before, end) };
      return those.slice(0, 1).map(({ hop, team, what }) => ({ hop, team, what, ...row }));
    })
    .filter((row) => row.now + row.before > 0)
    .sort((a, b) => b.now - a.now || b.before - a.before || (a.what < b.what ? -1 : 1));
}

async function inTurn(subjects: readonly string[], work: (subject: string) => Promise<void>): Promise<void> {
  for (const some of batchesOf(subjects, AT_ONCE)) await Promise.all(some.map(work));
}
