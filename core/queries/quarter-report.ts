import type { ClusterRecord, RegionVersions } from '../contracts/items/cluster.ts';
import type { UPGRADE_STATUSES } from '../contracts/items/protocol.ts';
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
import { shortId } from './find-cluster.ts';
import { periodEnd, periodStart } from './report-period.ts';

/** How upgrades may end; each end stands in the record of its cluster. */
const ENDS = [
  'Succeeded',
  'Failed',
  'RolledBack',
  'Blocked',
  'Canceled',
] as const satisfies readonly (typeof UPGRADE_STATUSES)[number][];

interface Count {
  readonly what: string;
  readonly count: number;
}

/** What a quarter, or any other period, came to: for whoever answers for a fleet. */
export interface QuarterReport {
  readonly since: string;
  readonly until: string;
  /** How many lived at its end, and how many went at least one minor up. */
  readonly clusters: { readonly atEnd: number; readonly moved: number };
  readonly minorsMoved: number;
  /** Upgrades by how they ended, the tries of one upgrade each. */
  readonly ended: Readonly<Record<(typeof ENDS)[number], number>>;
  /** Beyond standard support: hours of all clusters together, and their dollars at list price. */
  readonly late: { readonly hours: number; readonly dollars: number; readonly clusters: readonly LateCluster[] };
  readonly acts: readonly Count[];
  /** Minutes, of each cluster that waits and of each wave as a whole. */
  readonly waits: readonly Count[];
  readonly approvals: readonly Approval[];
  readonly notRecorded: readonly string[];
}

interface LateCluster {
  readonly cluster: string;
  readonly hours: number;
  readonly dollars: number;
}

interface Approval {
  readonly at: string;
  readonly by: string;
  readonly rollout: string;
  readonly wave: string;
  readonly decision: string;
  readonly planHash: string;
  readonly clusters: number | null;
}

const NOT_RECORDED = [
  'How late a cluster was before Liftlock first saw it.',
  'What a cluster was billed: hours are reckoned by the versions that were observed and the support type that it has now, dollars at list price.',
];

export async function quarterReport(
  { table, clock }: Pick<Ports, 'table' | 'clock'>,
  sinceText: string,
  untilText?: string,
): Promise<QuarterReport> {
  const until = periodEnd(untilText, clock.now());
  const since = periodStart(sinceText, until);
  const records = new Map<string, readonly AuditItem[]>();
  const { acts, waits, clusters, unread } = await readEffort(table, since, (items, subject) =>
    records.set(subject, items),
  );
  const regions = new Map((await loadKind(table, Regions)).map((region) => [region.region, region]));
  const items = [...records.values()].flat().filter(({ at }) => timesIn({ from: at }, since, until) > 0);
  // Steps that were started by hand, and what was undone after them, are no hops.
  const ended = items.filter(
    (item) => item.event === 'UpgradeRolledBack' || (hopOfItem(item) ?? '') === item.detail.upgradeId,
  );
  const moved = ended.filter(({ event, detail: { from, to } }) => event === 'UpgradeSucceeded' && from !== to);
  const known = clusters.filter(({ clusterKey }) => records.has(clusterKey));
  const late = known.map((cluster) =>
    latenessOf(cluster, records.get(cluster.clusterKey) ?? [], regions.get(cluster.region), since, until),
  );
  const unknown = late.filter(({ unknownHours }) => unknownHours > 0).length;
  const lateOnes = late.filter(({ hours }) => hours > 0).sort((a, b) => b.hours - a.hours);
  return {
    ...{ since: since.toISOString(), until: until.toISOString() },
    clusters: {
      atEnd: clusters.filter((cluster) => livesAt(cluster, until)).length,
      moved: new Set(moved.map(({ subject }) => subject)).size,
    },
    minorsMoved: moved.length,
    ended: Object.fromEntries(
      ENDS.map((status) => [status, ended.filter(({ event }) => event === `Upgrade${status}`).length]),
    ) as QuarterReport['ended'],
    late: {
      hours: Math.round(lateOnes.reduce((sum, { hours }) => sum + hours, 0)),
      dollars: cents(lateOnes.reduce((sum, { dollars }) => sum + dollars, 0)),
      clusters: lateOnes.map(({ cluster, hours, dollars }) => ({
        cluster,
        hours: Math.round(hours),
        dollars: cents(dollars),
      })),
    },
    acts: countsOf(acts, (one) => timesIn(one, since, until)),
    waits: countsOf(waits, (one) => minutesIn(one, since, until)),
    approvals: items
      .filter(({ event }) => event === 'WaveApproved' || event === 'WaveRejected')
      .map(approvalOf)
      .sort((a, b) => (a.at < b.at ? -1 : 1)),
    notRecorded: [
      ...NOT_RECORDED,
      ...(unknown === 0
        ? []
        : [
            `Whether ${counted(unknown, 'cluster')} with versions of which no dates are known ${unknown === 1 ? 'was' : 'were'} late.`,
          ]),
      ...unread,
    ],
  };
}

const cents = (dollars: number): number => Math.round(dollars * 100) / 100;

/** One that was deleted is not there from then on. */
const livesAt = ({ createdAt, deletedAt }: ClusterRecord, at: Date): boolean =>
  createdAt <= at.toISOString() && (deletedAt === undefined || deletedAt > at.toISOString());

function countsOf(all: readonly Spent[], measure: (one: Spent) => number): Count[] {
  const sums = Map.groupBy(all, ({ what }) => what);
  return [...sums]
    .map(([what, those]) => ({ what, count: Math.round(those.reduce((sum, one) => sum + measure(one), 0)) }))
    .filter(({ count }) => count > 0)
    .sort((a, b) => b.count - a.count || (a.what < b.what ? -1 : 1));
}

function approvalOf({ at, principal, subject, detail: { wave, decision, planHash, clusters } }: AuditItem): Approval {
  return {
    ...{
      at,
      by: principal,
      rollout: subject.replace(/^rollout\//, ''),
      wave: String(wave),
      decision: String(decision),
    },
    ...{ planHash: String(planHash), clusters: typeof clusters === 'number' ? clusters : null },
  };
}

/** How long a cluster was at versions past their standard support, in a period, from when it was first seen. */
function latenessOf(
  cluster: ClusterRecord,
  items: readonly AuditItem[],
  region: RegionVersions | undefined,
  since: Date,
  until: Date,
) {
  const { supportType, deletedAt } = cluster;
  const seen = items.filter(({ event, detail }) => SEEN.includes(event) && typeof detail.version === 'string');
  const perDay = latenessPerDay('extended', supportType) ?? 0;
  const calendar = regionCalendar(region);
  let [hours, unknownHours] = [0, 0];
  for (const [index, { at, detail }] of seen.entries()) {
    const end = seen[index + 1]?.at ?? deletedAt ?? until.toISOString();
    const version = KubeVersion.tryParse(String(detail.version));
    const last = new Date(Math.min(Date.parse(end), until.getTime()));
    const support = version === undefined ? undefined : calendar.supportStatus(version, last, supportType);
    const inPeriod = (from: string): number => minutesIn({ from, to: end }, since, until) / 60;
    if (support === undefined || support.state === 'unknown') unknownHours += inPeriod(at);
    else if (support.endOfStandardSupport === undefined) hours += support.state === 'standard' ? 0 : inPeriod(at);
    else hours += inPeriod(new Date(Math.max(Date.parse(at), support.endOfStandardSupport.getTime())).toISOString());
  }
  return { cluster: shortId(cluster), hours, dollars: (hours / 24) * perDay, unknownHours };
}

/** What says at which version a cluster is from then on. */
const SEEN = ['ClusterDiscovered', 'VersionObserved'];
