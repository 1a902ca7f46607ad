import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { UndoEntry } from '../contracts/items/protocol.ts';
import type { Ports } from '../ports/ports.ts';
import { isOpen, silencesIn, undoEntriesOf } from '../protocol/undo.ts';
import { loadSnapshot } from '../rollout/load-snapshot.ts';
import { asUpgraded } from '../rollout/snapshot.ts';
import { latestScansOf } from '../scan/fleet/report-store.ts';
import { ReadinessHistories, upgradesOf } from '../store/entities.ts';
import { load, type Read } from '../store/entity.ts';
import { clusterPolicy, loadRollbackIn } from './cluster-policy.ts';
import { clusterWarnings, tagEffects } from './cluster-warnings.ts';
import { clusterGlass } from './glass-standing.ts';
import { readinessView } from './list-clusters.ts';
import { openSilences, rangSilently } from './open-silences.ts';
import { summaryOf } from './place-of.ts';
import { scanHistory } from './scan-history.ts';
import { upgradeViews } from './upgrade-view.ts';

/** Everything that Liftlock knows of one cluster. */
export type ClusterDetail = Awaited<ReturnType<typeof loadClusterDetail>>;

const SCANS = 10;

export async function loadClusterDetail(ports: Pick<Ports, 'table' | 'clock'>, recorded: ClusterRecord) {
  const snapshot = await loadSnapshot(ports.table, await ports.table.queryActive(), 'fleet');
  const cluster = asUpgraded(snapshot, recorded);
  const now = ports.clock.now();
  const upgrades = await upgradesOf(ports.table, cluster.clusterKey);
  const scans = await latestScansOf(ports.table, [cluster.clusterKey]);
  const journal = await undoEntriesOf(ports.table, cluster.clusterKey);
  const open = journal.filter(isOpen);
  const { held, breakGlass } = snapshot.controls.get(cluster.clusterKey) ?? {};
  const summary = await summaryOf(ports.table, snapshot, cluster, now);
  const { policy, placement } = clusterPolicy(snapshot, cluster, now);
  const { createdAt, autoMode, endpoint, nodegroups, fargateProfiles, addons, insights, tags } = cluster;
  return {
    ...summary,
    readiness: readinessView(snapshot, cluster, scans.get(cluster.clusterKey), now),
    readinessHistory: (await load(ports.table, ReadinessHistories, cluster.clusterKey))?.data ?? null,
    createdAt,
    deletedAt: cluster.deletedAt ?? null,
    platformVersion: cluster.platformVersion ?? null,
    supportType: cluster.supportType ?? null,
    authenticationMode: cluster.authenticationMode ?? null,
    autoMode,
    endpoint,
    nodegroups: nodegroups.map((group) => withSettings(group, open)),
    /** Alarms whose actions Liftlock silences now, and when each silence ends by itself. */
    silences: openSilences(open),
    /** Alarms that rang while they were silenced, as told when the silence was lifted. */
    rangSilently: rangSilently(silencesIn(journal)),
    /** Nodes outside managed groups, as they were last seen; null where nobody has read the nodes. */
    otherNodes: cluster.otherNodes ?? null,
    fargateProfiles,
    addons,
    insights,
    tags,
    tagEffects: tagEffects(cluster, snapshot.fleet?.tagPrefix ?? '', snapshot.calendars, placement),
    managedBy: cluster.managedBy,
    conditions: cluster.conditions,
    held: held === undefined ? null : { ...held, upgradeId: held.upgradeId ?? null },
    /** A person's order to pass windows, in force or only asked for: `status` says which. */
    breakGlass:
      breakGlass === undefined ? null : { ...breakGlass, ...clusterGlass(breakGlass, policy?.spec.breakGlass, now) },
    rollback: await loadRollbackIn(ports.table, snapshot, { cluster, upgrades, spec: policy?.spec }, now),
    /** What AWS Health announces that AWS will do, the next change first. */
    plannedChanges: cluster.plannedChanges ?? [],
    warnings: clusterWarnings(cluster, journal, upgrades),
    /** Newest first. */
    upgrades: await upgradeViews(ports.table, upgrades, cluster),
    /** The last ten, newest first. */
    scans: await scanHistory(ports.table, cluster, SCANS),
  };
}

/** The update settings that a group has now, and its own ones, which differ while Liftlock rolls the group. Null where nobody has read them. */
function withSettings(
  { updateSettings: seen, ...group }: ClusterRecord['nodegroups'][number],
  open: readonly Read<UndoEntry>[],
) {
  const [set] = open.flatMap(({ data }) => (data.effect === 'updateConfig' && data.subject === group.name ? data : []));
  return { ...group, updateSettings: set?.ours ?? seen ?? null, ownUpdateSettings: set?.former ?? seen ?? null };
}
