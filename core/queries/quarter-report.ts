import type { ClusterRecord, RegionVersions } from '../contracts/items/cluster.ts';
import type { UPGRADE_STATUSES } from '../contracts/items/protocol.ts';
import { shortId } from '../model/cluster-key.ts';
import { rollbackId } from '../model/hop.ts';
import { WAVE_WORDS } from '../model/last-words.ts';
import { counted } from '../model/words.ts';
import type { Ports } from '../ports/ports.ts';
import type { AuditItem } from '../ports/table.ts';
import { Regions } from '../store/entities.ts';
import { loadKind } from '../store/entity.ts';
import { latenessPerDay } from '../version/cluster-support.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { regionCalendar } from '../version/region-calendar.ts';
import { hopOfItem, minutesIn, type Spent, timesIn } from './effort.ts';
import { readEffort } from './effort-report.ts';
import { periodEnd, periodStart } from './report-period.ts';

/** The ways in which upgrades end; each end is in the record of its cluster. */
const ENDS = [
  'Succeeded',
  'Failed',
  'RolledBack',
  'Blocked',
  'Canceled',
] as const satisfies readonly (typeof UPGRADE_STATUSES)[number][];

const NOT_RECORDED = [
  'How late a cluster was before Liftlock first saw it.',
  'What a cluster was billed: hours are reckoned by the versions that were observed and the support type that it has now, dollars at list price.',
];

/** Events that say whether a hop has moved its cluster for good. */
const STANDS = ['UpgradeSucceeded', 'UpgradeRolledBack'];

/** What a quarter, or any other period, came to, for people who are responsible for a fleet. */
export type QuarterReport = Awaited<ReturnType<typeof quarterReport>>;

export async function quarterReport(
  { table, clock }: Pick<Ports, 'table' | 'clock'>,
  sinceText: string,
  untilText?: string,
) {
  const until = periodEnd(untilText, clock.now());
  const since = periodStart(sinceText, until);
  const records = new Map<string, readonly AuditItem[]>();
  const { acts, waits, clusters, unread } = await readEffort(table, since, (items, subject) =>
    records.set(subject, items),
  );
  const regions = new Map((await loadKind(table, Regions)).map((region) => [region.region, region]));
  const items = [...records.values()].flat().filter(({ at }) => timesIn({ from: at }, since, until) > 0);
  const all = items.filter(isOfHop);
  const movedBy = (item: AuditItem) => ({ ...item.detail, ...finishedBy(item, records.get(item.subject) ?? []) });
  const hopOf = (item: AuditItem): string => `${item.subject} ${movedBy(item).from}-${item.detail.to}`;
  // A rollback whose check failed and that was asked for again has taken one hop back, not two.
  const last = new Map<string, string>();
  const ends = all.filter((item) => {
    const isAgain = item.event === 'UpgradeRolledBack' && last.get(hopOf(item)) === item.event;
    last.set(hopOf(item), item.event);
    return !isAgain;
  });
  // A hop that was taken back before the end of the period has not moved its cluster.
  const stands = new Map(ends.filter(({ event }) => STANDS.includes(event)).map((one) => [hopOf(one), one]));
  const moved = [...stands.values()].filter((one) => one.event === STANDS[0] && movedBy(one).from !== one.detail.to);
  const ended = ENDS.map((status) => [status, ends.filter(({ event }) => event === `Upgrade${status}`).length]);
  // Every end of a hop is counted, and a rollback that succeeded is an end of its hop; rollbacks that failed are counted apart.
  const brokenOff = items.filter(
    ({ event, detail: { upgradeId, from, to, mutated } }) =>
      (event === 'UpgradeFailed' && upgradeId === rollbackId(String(from), String(to))) ||
      (event === 'RollbackGivenUp' && mutated === true),
  ).length;
  const known = clusters.filter(({ clusterKey }) => records.has(clusterKey));
  const lateness = known.map((cluster) =>
    latenessOf(cluster, records.get(cluster.clusterKey) ?? [], regions.get(cluster.region), since, until),
  );
  const late = lateness.filter(({ hours }) => hours > 0).sort((a, b) => b.hours - a.hours);
  const unknown = lateness.filter(({ unknownHours }) => unknownHours > 0).length;
  const voices = items.filter(({ event }) => WAVE_WORDS.includes(event));
  const sum = (name: 'hours' | 'dollars') => late.reduce((total, one) => total + one[name], 0);
  return {
    ...{ since: since.toISOString(), until: until.toISOString() },
    /** How many clusters existed at the end of the period, and how many went at least one minor up and stayed there. */
    clusters: {
      atEnd: clusters.filter((cluster) => livesAt(cluster, until)).length,
      moved: new Set(moved.map(({ subject }) => subject)).size,
    },
    minorsMoved: moved.length,
    /** How often tries ended in each way; an upgrade that was taken back after its end counts in both. */
    ended: Object.fromEntries(ended) as Record<(typeof ENDS)[number], number>,
    /** Rollbacks that failed, or that somebody gave up half-way: node groups that had gone back by then may be a minor behind their control plane. */
    rollbacksFailed: brokenOff,
    /** Time past standard support. */
    late: {
      ...{ hours: Math.round(sum('hours')), dollars: cents(sum('dollars')) },
      clusters: late.map((one) => ({
        cluster: one.cluster,
        hours: Math.round(one.hours),
        dollars: cents(one.dollars),
      })),
    },
    acts: countsOf(acts, (one) => timesIn(one, since, until)),
    /** Minutes that each cluster, and each wave as a whole, has waited. */
    waits: countsOf(waits, (one) => minutesIn(one, since, until)),
    approvals: voices
      .map(({ at, principal: by, subject, detail: { wave, decision, planHash, clusters: count, comment } }) => ({
        ...{ at, by, rollout: subject.replace(/^rollout\//, ''), wave: String(wave), decision: String(decision) },
        ...{ planHash: String(planHash), clusters: typeof count === 'number' ? count : null },
        comment: typeof comment === 'string' ? comment : null,
      }))
      .sort((a, b) => (a.at < b.at ? -1 : 1)),
    notRecorded: [
      ...NOT_RECORDED,
      ...(unknown === 0
        ? []
        : [`How late ${counted(unknown, 'cluster')} with versions of which no dates are known was.`]),
      ...unread,
    ],
  };
}

/** Steps that were started by hand, and undos after them, are no hops. */
const isOfHop = (item: AuditItem): boolean =>
  item.event === 'UpgradeRolledBack' || (hopOfItem(item) ?? '') === item.detail.upgradeId;

/** Where the hop began that had moved its cluster and failed, if this upgrade has finished that hop; otherwise undefined. */
function finishedBy(item: AuditItem, record: readonly AuditItem[]): { readonly from: unknown } | undefined {
  const { from, to } = item.detail;
  if (item.event !== STANDS[0] || from !== to) return undefined;
  // An upgrade that failed to finish the hop says nothing of the hop itself.
  const ends = record.filter(
    ({ event, detail }) =>
      detail.to === to && (STANDS.includes(event) || (event === 'UpgradeFailed' && detail.from !== to)),
  );
  const last = ends.filter(isOfHop).findLast(({ sequence }) => sequence < item.sequence);
  return last?.event === 'UpgradeFailed' && last.detail.mutated === true ? { from: last.detail.from } : undefined;
}

const cents = (dollars: number): number => Math.round(dollars * 100) / 100;

/** A deleted cluster does not exist from its deletion on. */
const livesAt = ({ createdAt, deletedAt }: ClusterRecord, at: Date): boolean =>
  createdAt <= at.toISOString() && (deletedAt === undefined || deletedAt > at.toISOString());

function countsOf(all: readonly Spent[], measure: (one: Spent) => number) {
  return [...Map.groupBy(all, ({ what }) => what)]
    .map(([what, those]) => ({ what, count: Math.round(those.reduce((sum, one) => sum + measure(one), 0)) }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count || (a.what < b.what ? -1 : 1));
}

/** Events that tell which version a cluster has from then on. */
const SEEN = ['ClusterDiscovered', 'VersionObserved'];

/** How long a cluster was at versions past their standard support, in a period, from when Liftlock first saw it. */
function latenessOf(
  cluster: ClusterRecord,
  items: readonly AuditItem[],
  region: RegionVersions | undefined,
  since: Date,
  until: Date,
) {
  const { supportType, deletedAt } = cluster;
  const seen = items.filter(({ event }) => SEEN.includes(event));
  let [hours, unknownHours] = [0, 0];
  for (const [index, { at, detail }] of seen.entries()) {
    const to = seen[index + 1]?.at ?? deletedAt ?? until.toISOString();
    const version = KubeVersion.tryParse(String(detail.version));
    const last = new Date(Math.min(Date.parse(to), until.getTime()));
    const support = version && regionCalendar(region).supportStatus(version, last, supportType);
    const hoursFrom = (from: string): number => minutesIn({ from, to }, since, until) / 60;
    const end = support?.endOfStandardSupport?.getTime() ?? 0;
    if (support === undefined || support.state === 'unknown') unknownHours += hoursFrom(at);
    else hours += hoursFrom(new Date(Math.max(end, Date.parse(at))).toISOString());
  }
  const perDay = latenessPerDay('extended', supportType) ?? 0;
  return { cluster: shortId(cluster), hours, dollars: (hours / 24) * perDay, unknownHours };
}
