import type { LiftlockEvent } from '../contracts/events.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { ClusterNews, OwnerNews } from '../contracts/items/owner-news.ts';
import { bounded, reason } from '../contracts/step-result.ts';
import { given } from '../model/given.ts';
import { hasPins, isPatchOverdue, type Patches, patchReasons, pinsOf } from '../rollout/candidates.ts';
import type { FollowingNodes } from '../rollout/following-nodes.ts';
import { stoppersOf, toMend } from '../rollout/hop-blockers.ts';
import { type Known, type Readiness, readinessOf } from '../rollout/readiness.ts';
import { namesUnseen } from '../scan/fleet/report-store.ts';
import { ownershipOf } from '../scan/owner/owner.ts';
import { clusterNames } from '../store/change.ts';
import { deadlinesOf } from '../version/cluster-support.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { regionOffer } from '../version/region-calendar.ts';
import type { Announcement } from './announcements.ts';
import type { LookOfHistory } from './readiness-history.ts';

export type Owner = string | null;

/** The result of one look at one cluster: what is kept, the news for owners, and the event for programs. */
export interface ClusterTold {
  readonly kept: ClusterNews;
  readonly news: readonly { readonly owner: Owner; readonly news: OwnerNews }[];
  readonly event?: LiftlockEvent;
  readonly look: LookOfHistory;
}

interface Look extends Omit<Known, 'nodes'> {
  readonly cluster: ClusterRecord;
  /** What was sent before; undefined = nothing. */
  readonly before: ClusterNews | undefined;
  /** When its upgrade begins, if that is news. */
  readonly announcement?: Announcement | undefined;
  readonly follow?: FollowingNodes | undefined;
  /** What its policy wants newer inside its minor. */
  readonly patches?: Patches | undefined;
}

/** The owner of a cluster, by the labels that the Fleet gives to its tags, or by the tags themselves. */
export const ownerOf = ({ labels, tags }: Pick<ClusterRecord, 'labels' | 'tags'>): Owner =>
  ownershipOf({ labels, annotations: tags }).owner ?? null;

/** Who hears of something in a cluster: everybody who has a part in it, or else the cluster's owner. */
export const ownersOf = (
  { owner, owners }: { readonly owner?: string | undefined; readonly owners?: readonly string[] | undefined },
  cluster: ClusterRecord,
): readonly Owner[] => owners ?? [owner ?? ownerOf(cluster)];

/** The most owners that hear of one cluster at once, since their notices are written in one transaction. */
const MOST_OWNERS = 80;

/** The most causes of one cluster in one notice. */
const MOST_TOLD = 3;
const FORCED_DAYS = 30;

/** What is new since the last news; undefined where nothing is. */
export function newsOf(look: Look): ClusterTold | undefined {
  const { before, cluster } = look;
  if (cluster.deletedAt !== undefined) return leftBy(look);
  const known = readinessOf(cluster, look);
  const { verdict } = known;
  const stoppers = stoppersAt(look, known);
  const readiness = readinessNews(look, known, stoppers);
  const forced = forcedNews(look);
  const overdue = overdueNews(look);
  const { announcement } = look;
  const own = [forced, overdue, announcement?.news].flatMap((news) =>
    news === undefined ? [] : [{ owner: ownerOf(cluster), news }],
  );
  const isOld = readiness === undefined && forced === undefined && overdue === undefined && announcement === undefined;
  // A look that could not read everything is no news, and yet may tell that something is gone.
  const incompleteAt = verdict === 'incomplete' && before?.readiness?.isBlocked === true ? known.scannedAt : null;
  const isKept = incompleteAt === null || incompleteAt === before?.incompleteAt;
  if (isOld && isKept && before?.word === verdict) return undefined;
  return {
    kept: {
      ...before,
      clusterKey: cluster.clusterKey,
      ...(readiness && { readiness: readiness.kept }),
      ...(forced && { forcedAt: forced.at }),
      ...(overdue && { patchesDueAt: overdue.at }),
      ...(announcement && { announced: announcement.kept }),
      ...(incompleteAt !== null && { incompleteAt }),
      word: verdict,
    },
    look: { cluster, verdict, causes: causesOf(look, known, stoppers), unseen: unseenIn(look, known) },
    news: [...(readiness?.news ?? []), ...own],
    ...(readiness?.event && { event: readiness.event }),
  };
}

/** A cluster that is gone ends its records, since another one may get its name. That is news only where its upgrade was announced. */
function leftBy({ cluster, before, now }: Look): ClusterTold | undefined {
  if (before?.word === undefined) return undefined;
  const { readiness: _, announced, word: verdict, ...kept } = before;
  const isTakenBack = announced !== undefined && announced.at > now.toISOString();
  const taken = isTakenBack && {
    ...{
      ...clusterNames(cluster.clusterKey),
      what: 'takenBack' as const,
      target: announced.to,
      announcedFor: announced.at,
    },
    reasons: [reason('Gone', `The cluster ${cluster.name} does not exist any more.`)],
  };
  const news = taken ? [{ owner: ownerOf(cluster), news: taken }] : [];
  return { kept, news, look: { cluster, verdict, causes: [] } };
}

type Told = NonNullable<ClusterNews['readiness']>;
const idOf = ({ cause, owner }: Told['stoppers'][number]): string => JSON.stringify([cause, owner]);

/** Only proved verdicts are news: a look that is missing, old or incomplete neither blocks nor frees anybody. */
function readinessNews(
  look: Look,
  readiness: Readiness,
  stoppers: Stoppers,
): (Pick<ClusterTold, 'news' | 'event'> & { readonly kept: Told }) | undefined {
  const { cluster, before, now } = look;
  const { verdict, for: target, scannedAt, reasons: found, waivedUntil } = readiness;
  if (target === null || stoppers === undefined) return undefined;
  const isBlocked = verdict === 'blocked';
  const last = before?.readiness;
  const known = last?.target === target ? last.stoppers : [];
  const unseen = unseenIn(look, readiness);
  const still = known.filter(({ cause }) => unseen.includes(cause));
  const [old, current] = [new Set(known.map(idOf)), new Set([...stoppers, ...still].map(idOf))];
  const added = stoppers.filter((one) => !old.has(idOf(one)));
  const isSame = last?.target === target && last.isBlocked === isBlocked && added.length === 0;
  if (isSame && old.size === current.size) return undefined;

  const owners = [...new Set((isBlocked ? added : known).map(({ owner }) => owner))].slice(0, MOST_OWNERS);
  const isTold = ({ owner }: { readonly owner: Owner }): boolean => owners.includes(owner);
  // An owner beyond the limit hears of it at the next look.
  const heard = isBlocked
    ? [...still, ...stoppers.filter((one) => old.has(idOf(one)) || isTold(one))]
    : known.filter((one) => !isTold(one));
  const kept = {
    ...{ at: now.toISOString(), isBlocked, target },
    stoppers: heard.map(({ cause, owner }) => ({ cause, owner })),
  };
  if (owners.length === 0) return { kept, news: [] };
  const names = clusterNames(cluster.clusterKey);
  const said = `Findings of its last look are waived until ${waivedUntil}, and are there still: liftlock scan cluster ${cluster.name}`;
  const waived = waivedUntil === undefined ? [] : [reason('Waived', said)];
  const reasons = isBlocked ? found : waived;
  const detail = { version: 1 as const, ...names, target, scannedAt: scannedAt ?? kept.at, reasons: bounded(reasons) };
  return {
    kept,
    event: { type: 'ReadinessChanged', detail: { ...detail, verdict: isBlocked ? 'blocked' : 'ready' } },
    news: owners.map((owner) => {
      const blocking = new Set(added.flatMap((one) => (one.owner === owner ? one.reason : [])));
      const own = isBlocked ? [...blocking] : waived;
      const what = isBlocked ? ('blocked' as const) : ('ready' as const);
      return { owner, news: { ...names, what, target, reasons: bounded(own).slice(0, MOST_TOLD) } };
    }),
  };
}

type Stoppers = ReturnType<typeof stoppersAt>;

/** What stops it, for each owner who hears of it; undefined where the last look proves nothing. */
function stoppersAt(look: Look, readiness: Readiness) {
  const { verdict, for: target } = readiness;
  if (verdict === 'stale' || verdict === 'incomplete') return undefined;
  return target === null || verdict !== 'blocked' ? [] : provedBy(look, target);
}

/** What the inventory proves and the last look has found. */
function provedBy({ cluster, scans, follow, now }: Look, target: string) {
  const found = toMend(stoppersOf(cluster, scans, KubeVersion.parse(target), true, undefined, now), follow);
  // What the inventory proves goes by the name that a scan gives it, so that it is the same once a scan has found it.
  const all = found.flatMap(({ scanned, cause, reason, what = scanned && reason.message, ...whose }) =>
    ownersOf(whose, cluster).map((owner) => ({ cause: scanned ?? cause, owner, reason, what })),
  );
  let room = MOST_BYTES;
  const end = all.findIndex(({ cause, owner, what }) => {
    room -= encoder.encode(JSON.stringify([cause, owner, what])).length;
    return room < 0;
  });
  return end === -1 ? all : all.slice(0, end);
}

const encoder = new TextEncoder();
/**
 * So much of what stops a cluster is told and kept, which some four hundred causes and owners take. Owners and causes are other people's text: without
 * a limit one cluster's items outgrow DynamoDB's, and the owners of no other cluster hear of anything.
 */
const MOST_BYTES = 120_000;

/** What the last look can neither find nor call gone, since parts of the cluster could not be read. */
const unseenIn = ({ scans }: Look, { for: target }: Readiness): readonly string[] =>
  scans?.scans.find((one) => one.target === target)?.unseen?.map(({ cause }) => cause) ?? [];

/**
 * What stops it, each since the first of the consecutive looks that found it; undefined where this look proves nothing. One that could not read
 * everything proves that what it would have found is gone.
 */
function causesOf(look: Look, { verdict, for: target }: Readiness, stoppers: Stoppers): LookOfHistory['causes'] {
  if (target === null) return stoppers && [];
  const { scans, now } = look;
  const scan = scans?.scans.find((one) => one.target === target);
  const known = scan?.causes ?? [];
  const isRead = verdict === 'incomplete' && scan !== undefined && namesUnseen(scan);
  const causes = (isRead ? provedBy(look, target) : stoppers)?.map(({ cause, owner, what }) => {
    const since = known.find((one) => one.cause === cause)?.since ?? now.toISOString();
    return { cause, owner, target, since, ...given({ what }) };
  });
  return causes && [...new Map(causes.map((one) => [idOf(one), one])).values()];
}

/** EKS soon moves the control plane by itself; it is reported once for each date. */
function forcedNews({ cluster, region, before, now }: Look): (OwnerNews & { readonly at: string }) | undefined {
  if (region === undefined) return undefined;
  const forced = deadlinesOf(cluster, regionOffer(region), now).find(
    (one) => one.kind !== 'plannedChange' && one.forced && one.daysLeft <= FORCED_DAYS && one.at > now,
  );
  const at = forced?.at.toISOString();
  if (forced === undefined || at === undefined || at === before?.forcedAt) return undefined;
  return { ...clusterNames(cluster.clusterKey), what: 'forcedUpgrade', target: cluster.version, at, reasons: [] };
}

/** The policy's due date for newer images or add-ons has passed; it is reported once for each date. */
function overdueNews({ cluster, patches, before, now }: Look): (OwnerNews & { readonly at: string }) | undefined {
  const at = patches?.dueAt?.toISOString();
  if (patches === undefined || at === undefined || at === before?.patchesDueAt) return undefined;
  if (!isPatchOverdue(patches, now) || !hasPins(pinsOf(patches))) return undefined;
  const reasons = patchReasons(cluster, patches, now);
  return { ...clusterNames(cluster.clusterKey), what: 'patchesOverdue', target: cluster.version, at, reasons };
}
