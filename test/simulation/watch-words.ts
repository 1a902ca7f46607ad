import { MemoryTable } from '../../adapters/memory/table.ts';
import type { ClusterRecord } from '../../core/contracts/items/cluster.ts';
import { kindOf } from '../../core/contracts/reasons.ts';
import type { Reason } from '../../core/contracts/step-result.ts';
import type { AuditItem, StoredItem } from '../../core/ports/table.ts';
import { loadClusterDetail } from '../../core/queries/cluster-detail.ts';
import { type Explanation, explainCluster } from '../../core/queries/explain-cluster.ts';
import { type ListedCluster, listClusters } from '../../core/queries/list-clusters.ts';
import { listUpgrades, type UpgradeView } from '../../core/queries/upgrade-view.ts';
import { loadSnapshot } from '../../core/rollout/load-snapshot.ts';
import type { Violation } from '../../simulator/invariants/history.ts';
import type { World } from '../../simulator/process/world.ts';

const NEXT = 'The next tick of the reconciler, within a minute.';
const TWO_TICKS_MILLISECONDS = 120_000;
const HOUR_MILLISECONDS = 3_600_000;
const TAKEN_UP = ['Granted', 'ClusterRetried', 'VersionObserved', 'ClusterGone'];

/** What lists and explanations both say of a cluster. */
const summaryOf = ({
  state,
  version,
  target,
  policy,
  wave,
}: Record<'state' | 'version', string> & Record<'target' | 'policy' | 'wave', string | null>) =>
  [state, version, target, policy, wave].join();

/** What `describe cluster` tells in the same words as `explain`. */
const TOLD_ALIKE = [
  'readiness',
  'readinessHistory',
  'support',
  'rollback',
  'silences',
  'warnings',
  'tagEffects',
] as const;

/** What `explain` says of a cluster, and what lists say of all. */
interface Said {
  readonly cluster: ClusterRecord;
  readonly explained: Explanation;
  readonly lists: { readonly clusters: readonly ListedCluster[]; readonly running: readonly UpgradeView[] };
}

/**
 * Before a look of the reconciler every cluster is explained, by what the look is about to read: who is granted in it was said to be next, and who is
 * said to be next is granted within two ticks, unless `isDisturbed`: then faults may keep a look from its end. Whose scan has refused the hop is
 * explained by all that it was refused for, until it is taken up again or a look has passed. Lists and descriptions agree with each explanation. Of
 * looks before which nothing was put on record and nobody is next, one in an hour is explained; who is granted in another one is explained by a
 * copy of what it has read. Gives the list that fills up.
 */
export function watchWords(world: World, isDisturbed: boolean): { violations: Violation[]; granted: string[] } {
  const violations: Violation[] = [];
  const granted: string[] = [];
  const { table, clock } = world;
  const said = new Map<string, string>();
  /** Who is said to be next, and since when. */
  const nextSince = new Map<string, number>();
  /** What the scan of the last upgrade has refused it for, until it is tried again or moved by others. */
  const refusedFor = new Map<string, readonly string[]>();
  const note = (message: string) => violations.push({ invariant: 'words', message });
  let looking = 0;
  let explainedAt = { records: -1, time: 0 };
  /** What the look under way has read, where it was not explained. */
  let unexplained: { readonly items: readonly StoredItem[]; readonly now: Date } | undefined;
  const toExplain: { readonly item: AuditItem; readonly seen: NonNullable<typeof unexplained> }[] = [];

  table.onAppend.push((item) => {
    if (item.event === 'UpgradeBlocked') {
      const { reasons } = item.detail as { readonly reasons: readonly Reason[] };
      const against = reasons.filter(({ code }) => kindOf(code) !== 'told');
      refusedFor.set(item.subject, [...new Set(against.map(({ code }) => code))]);
    } else if (TAKEN_UP.includes(item.event)) refusedFor.delete(item.subject);
    // What only undoes is no upgrade of the cluster: one that has ended in this very look may have left something.
    if (item.event !== 'Granted' || looking === 0 || String(item.detail.upgradeId).startsWith('undo-')) return;
    granted.push(item.subject);
    nextSince.delete(item.subject);
    if (unexplained === undefined) compare(item);
    else toExplain.push({ item, seen: unexplained });
  });

  function compare({ subject, at }: AuditItem): void {
    const word = said.get(subject);
    if (word !== NEXT) note(`${subject} was granted at ${at}, and explained by: ${word}`);
  }

  /** Explains those that were granted in a look that was not explained. */
  async function explainGranted(): Promise<void> {
    for (const { item, seen } of toExplain.splice(0)) {
      const before = new MemoryTable();
      before.resetTo(seen.items);
      const ports = { table: before, clock: { ...clock, now: () => seen.now } };
      const snapshot = await loadSnapshot(before, await before.queryActive(), 'fleet');
      const cluster = [...snapshot.clusters.values()].find(({ clusterKey }) => item.subject.endsWith(clusterKey));
      if (cluster !== undefined) sayOf(item.subject, await explainCluster(ports, cluster, snapshot));
      compare(item);
    }
  }

  function sayOf(subject: string, { when, reasons }: Explanation): boolean {
    const isNext = when.condition === NEXT;
    said.set(subject, isNext ? NEXT : `${when.condition} (${reasons.map(({ code }) => code).join()})`);
    return isNext;
  }

  /** What the list, `describe` and the list of upgrades say otherwise than `explain`. */
  async function contradictions({ cluster, explained, lists }: Said): Promise<string[]> {
    const detail = await loadClusterDetail({ table, clock }, cluster);
    const item = lists.clusters.find(({ key }) => key === cluster.clusterKey);
    const { upgrade, rollback, readiness } = explained;
    const isIt = (one: UpgradeView) => one.clusterKey === cluster.clusterKey && one.id === upgrade?.id;
    const here = summaryOf({ ...explained, policy: explained.policy?.name ?? null });
    const pairs: [string, unknown, unknown][] = [
      ['described', summaryOf(detail), here],
      ['describes its upgrade', detail.upgrades.find(isIt) ?? null, upgrade],
      ...TOLD_ALIKE.map((name): [string, unknown, unknown] => [`describes ${name}`, detail[name], explained[name]]),
      ['lists its upgrade', lists.running.find(isIt) ?? upgrade, upgrade],
    ];
    if (item !== undefined)
      pairs.push(
        ['listed', summaryOf(item), here],
        ['lists its readiness', item.readiness, readiness],
        ['lists its way back', item.reversibleUntil, rollback.until],
      );
    return pairs.flatMap(([what, ...both]) => {
      const [there, said] = both.map((one) => JSON.stringify(one));
      return there === said ? [] : [`${what}: ${there}, explained: ${said}`];
    });
  }

  const readLists = async () => ({
    clusters: (await listClusters({ table, clock }, { limit: 100 })).items,
    running: (await listUpgrades(table, { limit: 100 })).items,
  });

  async function explainAll(): Promise<void> {
    const snapshot = await loadSnapshot(table, await query(), 'fleet');
    const lists = await readLists();
    const now = clock.now().getTime();
    for (const cluster of snapshot.clusters.values()) {
      const { clusterKey } = cluster;
      const explained = await explainCluster({ table, clock }, cluster, snapshot);
      const { reasons, foreseen, stoppedBy, scan, scanBlocked } = explained;
      // Steps write beside this, so what differs is read again: words that come from one decision then agree.
      let apart = await contradictions({ cluster, explained, lists });
      for (let tries = 0; tries < 3 && apart.length > 0; tries += 1) {
        const again = await explainCluster({ table, clock }, cluster);
        apart = await contradictions({ cluster, explained: again, lists: await readLists() });
      }
      for (const said of apart) note(`${clusterKey}: ${said}`);
      const told = new Set([...reasons, ...foreseen, ...stoppedBy].map(({ code }) => code));
      // A look that has passed since says that it was mended, or waived.
      if (scan?.verdict === 'pass' && scanBlocked === null) refusedFor.delete(clusterKey);
      const kept = (refusedFor.get(clusterKey) ?? []).filter((code) => !told.has(code));
      if (kept.length > 0) note(`${clusterKey} was refused for ${kept.join()}, and explained by: ${[...told].join()}`);
      const isNext = sayOf(clusterKey, explained);
      if (!isNext) nextSince.delete(clusterKey);
      const since = nextSince.get(clusterKey) ?? now;
      if (isNext) nextSince.set(clusterKey, since);
      if (!isDisturbed && now - since > TWO_TICKS_MILLISECONDS)
        note(
          `${clusterKey} is said to be next since ${new Date(since).toISOString()}, and it is ${new Date(now).toISOString()}`,
        );
    }
  }

  const query = table.queryActive.bind(table);
  let explaining = false;
  table.queryActive = async () => {
    if (looking > 0 && !explaining) {
      const time = clock.now().getTime();
      const records = table.auditTimeline().length;
      const isDue = records !== explainedAt.records || time - explainedAt.time >= HOUR_MILLISECONDS;
      unexplained = isDue || nextSince.size > 0 ? undefined : { items: table.snapshot(), now: clock.now() };
      if (unexplained === undefined) {
        explainedAt = { records, time };
        explaining = true;
        await explainAll().finally(() => {
          explaining = false;
        });
      }
    }
    return query();
  };
  const tick = world.tick.bind(world);
  world.tick = async (event) => {
    looking += 1;
    await tick(event).finally(() => {
      looking -= 1;
    });
    await explainGranted();
  };
  return { violations, granted };
}
