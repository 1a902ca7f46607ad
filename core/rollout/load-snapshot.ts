import type { Upgrade } from '../contracts/items/protocol.ts';
import type { AppliedConfig, Member } from '../contracts/items/rollout.ts';
import { BATCH_KEYS, KIND_SHARDS } from '../contracts/table-schema.ts';
import { channelSpec, FLEET, fleetSpec, upgradePolicy } from '../policy/applied.ts';
import { compiledCalendar } from '../policy/load-rules.ts';
import type { ItemKey, StoredItem, Table } from '../ports/table.ts';
import { batched } from '../store/batched.ts';
import {
  ClusterControls,
  Clusters,
  Epochs,
  FleetControls,
  Grants,
  Ledgers,
  Members,
  ReconcileMarkers,
  Regions,
  Rollouts,
  Upgrades,
  Waves,
} from '../store/entities.ts';
import { dataOf, type Entity, load, loadAll } from '../store/entity.ts';
import { configsOf, everyConfig } from './load-configs.ts';
import { loadHistory } from './load-history.ts';
import type { FleetSnapshot } from './snapshot.ts';

/**
 * How much is read. `motion`: what is not at rest, with the clusters that it is about; `fleet`: every cluster, and what Regions offer;
 * `history`: also every rollout that ever was.
 */
export type SnapshotScope = 'motion' | 'fleet' | 'history';

/** With more clusters than this, reading all of a kind takes fewer requests than reading them by key. */
const MOST_BY_KEY = KIND_SHARDS * BATCH_KEYS;

/** Reads what the reconciler decides from; `active` is the sparse index, which the caller has read. */
export async function loadSnapshot(
  table: Table,
  active: readonly StoredItem[],
  scope: SnapshotScope,
): Promise<FleetSnapshot> {
  const grants = of(active, Grants);
  const rollouts = of(active, Rollouts);
  const members = of(active, Members);
  const upgrades = of(active, Upgrades);
  const waves = of(active, Waves);
  const moving = new Set([...members, ...upgrades].filter(isDecidedAbout).map(({ clusterKey }) => clusterKey));
  const indexed = new Set(active.filter(({ kind }) => kind === Upgrades.kind || kind === Waves.kind).map(idOf));
  const reader = batched(table);
  const everything = scope !== 'motion';
  const listed =
    everything || moving.size > MOST_BY_KEY ? of(await table.queryKind(Clusters.kind), Clusters) : undefined;
  const keys = listed === undefined ? [...moving] : listed.map(({ clusterKey }) => clusterKey);
  const reading = listed === undefined ? loadAll(reader, Clusters, keys.map(Clusters.key)) : Promise.resolve(listed);
  const [configs, regions, history, epoch, control, ledger, controls, clusters, ended, passed] = await Promise.all([
    everything || upgrades.some(waitsByHand) ? everyConfig(table) : configsOf(reader, rollouts, reading),
    everything ? table.queryPartition('VERSIONS') : [],
    scope === 'history' ? loadHistory(table, reader, keys.length <= MOST_BY_KEY ? keys : undefined) : undefined,
    load(reader, Epochs),
    load(reader, FleetControls),
    load(reader, Ledgers),
    keys.length <= MOST_BY_KEY
      ? loadAll(reader, ClusterControls, keys.map(ClusterControls.key))
      : table.queryKind(ClusterControls.kind).then((items) => of(items, ClusterControls)),
    reading,
    // An upgrade that has ended left the index, but the grant that it had may still be open.
    loadAll(
      reader,
      Upgrades,
      grants
        .map(({ clusterKey, upgradeId }) => Upgrades.key(clusterKey, upgradeId))
        .filter((key) => !indexed.has(idOf(key))),
    ),
    // Waves that have ended matter too: their order, and their stragglers.
    loadAll(
      reader,
      Waves,
      rollouts
        .flatMap(({ id, waves: names }) => [...names.keys()].map((index) => Waves.key(id, index)))
        .filter((key) => !indexed.has(idOf(key))),
    ),
  ]);
  return {
    epoch: epoch?.data,
    fleet: fleetSpec(configs.find(({ kind, name }) => kind === 'Fleet' && name === FLEET)),
    control: control?.data,
    policies: named(configs, 'UpgradePolicy', (config) => {
      const policy = upgradePolicy(config);
      return policy && { policy, revision: config.revision, appliedBy: config.appliedBy };
    }),
    calendars: named(configs, 'Calendar', compiledCalendar),
    channels: named(configs, 'Channel', channelSpec),
    learned: of(active, ReconcileMarkers)[0]?.learned,
    gateReadings: new Map(),
    clusters: new Map(clusters.map((cluster) => [cluster.clusterKey, cluster])),
    controls: new Map(controls.map((one) => [one.clusterKey, one])),
    regions: new Map(of(regions, Regions).map((region) => [region.region, region])),
    ledger: ledger?.data ?? { counts: {} },
    grants,
    upgrades: [...upgrades, ...ended],
    rollouts,
    waves: [...waves, ...passed],
    members,
    ...(history === undefined ? {} : { history }),
  };
}

/** Under which policy it goes on is asked of all policies. */
const waitsByHand = (upgrade: Upgrade): boolean => isDecidedAbout(upgrade) && upgrade.rolloutId === undefined;

/** What runs is watched by its grant; nothing is decided about its cluster before it ends. */
const isDecidedAbout = ({ status }: Member | Upgrade): boolean => status !== 'Running';

const idOf = ({ pk, sk }: ItemKey): string => `${pk} ${sk}`;

/** What this version can read of one kind, by name. */
function named<Value>(
  configs: readonly AppliedConfig[],
  kind: AppliedConfig['kind'],
  read: (config: AppliedConfig) => Value | undefined,
): Map<string, Value> {
  const values = new Map<string, Value>();
  for (const config of configs) {
    const value = config.kind === kind ? read(config) : undefined;
    if (value !== undefined) values.set(config.name, value);
  }
  return values;
}

function of<Data, Parts extends readonly unknown[]>(items: readonly StoredItem[], entity: Entity<Data, Parts>): Data[] {
  return items.filter(({ kind }) => kind === entity.kind).map((item) => dataOf(entity, item));
}
