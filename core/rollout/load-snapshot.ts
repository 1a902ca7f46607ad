import type { z } from 'zod';
import { channelSpec, FLEET, fleetSpec, upgradePolicy } from '../policy/applied.ts';
import { compiledCalendar } from '../policy/load-rules.ts';
import type { StoredItem, Table } from '../ports/table.ts';
import {
  Accounts,
  ClusterControls,
  Clusters,
  Configs,
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
import { decode, type Entity, load } from '../store/entity.ts';
import { LatestScanItems } from '../store/scan-entities.ts';
import { isServed, servedKey } from './automatic-rollouts.ts';
import type { FleetSnapshot } from './snapshot.ts';

/** Reads what the reconciler decides from; `active` is the sparse index, which the caller has read. */
export async function loadSnapshot(table: Table, active: readonly StoredItem[], full: boolean): Promise<FleetSnapshot> {
  const [epoch, fleet, control, ledger, configs, calendars, channels, clusters, controls, regions] = await Promise.all([
    load(table, Epochs),
    load(table, Configs, 'Fleet', FLEET),
    load(table, FleetControls),
    load(table, Ledgers),
    table.queryPartition('CONFIG', 'UpgradePolicy#'),
    table.queryPartition('CONFIG', 'Calendar#'),
    table.queryPartition('CONFIG', 'Channel#'),
    table.queryKind(Clusters.kind),
    table.queryKind(ClusterControls.kind),
    table.queryPartition('VERSIONS'),
  ]);
  const grants = of(active, Grants);
  const upgrades = new Map(of(active, Upgrades).map((upgrade) => [`${upgrade.clusterKey}/${upgrade.id}`, upgrade]));
  for (const grant of grants) {
    // An upgrade that has ended left the index, but the grant that it had may still be open.
    if (upgrades.has(`${grant.clusterKey}/${grant.upgradeId}`)) continue;
    const ended = await load(table, Upgrades, grant.clusterKey, grant.upgradeId);
    if (ended !== undefined) upgrades.set(`${grant.clusterKey}/${grant.upgradeId}`, ended.data);
  }
  const waves = new Map(of(active, Waves).map((wave) => [`${wave.rolloutId}/${wave.index}`, wave]));
  const rollouts = of(active, Rollouts);
  for (const rollout of rollouts) {
    // Waves that have ended matter too: their order, and their stragglers.
    for (let index = 0; index < rollout.waves.length; index += 1) {
      if (waves.has(`${rollout.id}/${index}`)) continue;
      const wave = await load(table, Waves, rollout.id, index);
      if (wave !== undefined) waves.set(`${rollout.id}/${index}`, wave.data);
    }
  }
  const applied = configs.flatMap((item) => {
    const config = decode(Configs, item).data;
    const policy = upgradePolicy(config);
    return policy === undefined
      ? []
      : [[config.name, { policy, revision: config.revision, appliedBy: config.appliedBy }] as const];
  });
  return {
    epoch: epoch?.data,
    fleet: fleetSpec(fleet?.data),
    control: control?.data,
    policies: new Map(applied),
    calendars: new Map(
      of(calendars, Configs).flatMap((config) => {
        const compiled = compiledCalendar(config);
        return compiled === undefined ? [] : [[config.name, compiled] as const];
      }),
    ),
    channels: new Map(
      of(channels, Configs).flatMap((config) => {
        const spec = channelSpec(config);
        return spec === undefined ? [] : [[config.name, spec] as const];
      }),
    ),
    learned: of(active, ReconcileMarkers)[0]?.learned,
    gateReadings: new Map(),
    clusters: new Map(of(clusters, Clusters).map((cluster) => [cluster.clusterKey, cluster])),
    controls: new Map(of(controls, ClusterControls).map((one) => [one.clusterKey, one])),
    regions: new Map(of(regions, Regions).map((region) => [region.region, region])),
    ledger: ledger?.data ?? { counts: {} },
    grants,
    upgrades: [...upgrades.values()],
    rollouts,
    waves: [...waves.values()],
    members: of(active, Members),
    ...(full ? { history: await loadHistory(table) } : {}),
  };
}

async function loadHistory(table: Table): Promise<NonNullable<FleetSnapshot['history']>> {
  const rollouts = of(await table.queryKind(Rollouts.kind), Rollouts);
  const policyOf = new Map(rollouts.map((rollout) => [rollout.id, rollout.policy]));
  const served = new Set<string>();
  const underWay = new Set(rollouts.filter((rollout) => Rollouts.active(rollout)).map((rollout) => rollout.id));
  const members = of(await table.queryKind(Members.kind), Members);
  for (const member of members) {
    if (isServed(member)) served.add(servedKey(policyOf.get(member.rolloutId) ?? '', member.to, member.clusterKey));
  }
  const accounts = of(await table.queryPartition('ACCOUNTS'), Accounts);
  const waves = of(await table.queryKind(Waves.kind), Waves);
  const findings = new Map<string, readonly string[]>();
  for (const { clusterKey, scans } of of(await table.queryKind(LatestScanItems.kind), LatestScanItems)) {
    const [newest] = scans;
    const blocking = (newest?.causes ?? []).filter(({ severity }) => severity === 'error');
    if (blocking.length > 0)
      findings.set(
        clusterKey,
        blocking.map(({ cause }) => `${clusterKey} ${newest?.target} ${cause}`),
      );
  }
  return {
    rollouts,
    waves,
    members: members.filter((member) => underWay.has(member.rolloutId)),
    findings,
    served,
    accounts,
  };
}

function of<Schema, Parts extends readonly unknown[]>(
  items: readonly StoredItem[],
  entity: Entity<Schema, Parts>,
): z.output<z.ZodType<Schema>>[] {
  return items.filter((item) => item.kind === entity.kind).map((item) => decode(entity, item).data);
}
