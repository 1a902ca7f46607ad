import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import { batchesOf } from '../model/batches.ts';
import { idOfKey, shortId } from '../model/cluster-key.ts';
import { compareTexts } from '../model/compare-texts.ts';
import { given } from '../model/given.ts';
import type { Table } from '../ports/table.ts';
import { comparisonOf } from '../probes/probe-verdict.ts';
import { loadReasonsNow } from '../protocol/kept-away.ts';
import { ClusterNames, Upgrades, upgradesOf } from '../store/entities.ts';
import { loadKind, ofKind } from '../store/entity.ts';
import { PAGE_LIMIT, type Page, type PageRequest, pageOf } from './page.ts';

/** One upgrade of one cluster: a hop, or one step that was started by hand. */
export type UpgradeView = ReturnType<typeof upgradeView>;

/** The upgrades as they stand. For an upgrade that waits in a rollout, what became of the rollout counts as well. */
export async function upgradeViews(
  table: Pick<Table, 'getAll'>,
  upgrades: readonly Upgrade[],
  cluster?: ClusterRecord,
): Promise<UpgradeView[]> {
  const reasonsNow = await loadReasonsNow(table, upgrades);
  return upgrades.map((one) => {
    const reasons = [...reasonsNow(one)];
    // The time to look again belongs to the reason that the upgrade parked for, and says nothing where something else is in the way now.
    const resumeAt = reasons[0] === one.reasons[0] ? one.resumeAt : undefined;
    return upgradeView({ ...one, reasons, resumeAt }, cluster);
  });
}

/** The view of an upgrade. What its steps keep for each other (`detail`) is left out, except what the smoke check has compared. */
function upgradeView(upgrade: Upgrade, cluster: ClusterRecord | undefined) {
  const steps = Object.entries(upgrade.steps).map(([step, { status, reasons, startedAt, endedAt }]) => ({
    step,
    status,
    reasons,
    startedAt,
    endedAt: endedAt ?? null,
  }));
  return {
    id: upgrade.id,
    cluster: cluster === undefined ? idOfKey(upgrade.clusterKey) : shortId(cluster),
    clusterKey: upgrade.clusterKey,
    machine: upgrade.machine,
    from: upgrade.from,
    to: upgrade.to,
    status: upgrade.status,
    mutated: upgrade.mutated,
    requestedBy: upgrade.requestedBy,
    /** Why the person asked; null where nothing was said. */
    requestReason: upgrade.requestReason ?? null,
    rollout: upgrade.rolloutId ?? null,
    steps: steps.sort((a, b) => (a.startedAt < b.startedAt ? -1 : 1)),
    /** How the cluster then compared with before the hop, probe by probe; null before the smoke check has looked. */
    comparison: comparisonOf(upgrade) ?? null,
    reasons: upgrade.reasons,
    resumeAt: upgrade.resumeAt ?? null,
    startedAt: upgrade.startedAt ?? null,
    endedAt: upgrade.endedAt ?? null,
  };
}

/** The upgrades of all clusters; without `all` only those that run or are parked. */
export async function listUpgrades(
  table: Table,
  filter: PageRequest & { readonly all?: boolean | undefined },
): Promise<Page<UpgradeView>> {
  const { upgrades, next } =
    filter.all === true
      ? await loadWithEnded(table, filter)
      : { upgrades: ofKind(await table.queryActive(), Upgrades), next: undefined };
  return { ...given({ next }), ...pageOf(await upgradeViews(table, upgrades), placeIn, filter) };
}

const placeIn = (upgrade: Pick<UpgradeView, 'cluster' | 'id' | 'clusterKey'>): string =>
  `${upgrade.cluster}/${upgrade.id}@${upgrade.clusterKey}`;

/** How many names of clusters are read at once, and for one page. */
const AT_ONCE = 20;
const MOST_NAMES = 1000;

/**
 * The upgrades for a page, ended ones too. These are kept for ever, so that only those of the clusters that the page is about are read. `next`: where
 * the page ends though it is not full, since many clusters have none.
 */
async function loadWithEnded(
  table: Table,
  { limit = PAGE_LIMIT, after = '' }: PageRequest,
): Promise<{ readonly upgrades: readonly Upgrade[]; readonly next: string | undefined }> {
  const keys = (await loadKind(table, ClusterNames)).map(({ clusterKey }) => clusterKey);
  const from = after.slice(0, after.indexOf('/') + 1);
  const named = [...Map.groupBy(keys, (key) => `${idOfKey(key)}/`)]
    .filter(([id]) => compareTexts(id, from) >= 0)
    .sort(([a], [b]) => compareTexts(a, b));
  const isAfter = ({ clusterKey, id }: Upgrade): boolean =>
    compareTexts(placeIn({ cluster: idOfKey(clusterKey), id, clusterKey }), after) > 0;
  const upgrades: Upgrade[] = [];
  // All that have one name are read together, since their upgrades stand between each other's.
  for (const some of batchesOf(named.slice(0, MOST_NAMES), AT_ONCE)) {
    const read = await Promise.all(some.flatMap(([, of]) => of.map((key) => upgradesOf(table, key))));
    upgrades.push(...read.flat().filter(isAfter));
    if (upgrades.length > limit) return { upgrades, next: undefined };
  }
  const [last] = named[MOST_NAMES - 1] ?? [];
  // No id of an upgrade begins with this mark or with anything behind it.
  return { upgrades, next: named.length > MOST_NAMES && last !== undefined ? `${last}~` : undefined };
}
