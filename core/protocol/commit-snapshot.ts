import type { ClusterControl, ClusterRecord } from '../contracts/items/cluster.ts';
import type { Epoch, Grant, Upgrade } from '../contracts/items/protocol.ts';
import type { AppliedConfig, FleetControl, Rollout, Wave } from '../contracts/items/rollout.ts';
import { FLEET, fleetSpec } from '../policy/applied.ts';
import type { HopRules } from '../policy/hop-rules.ts';
import { loadedRules } from '../policy/load-rules.ts';
import { readRules } from '../policy/read-rules.ts';
import type { Table, WriteOperation } from '../ports/table.ts';
import {
  ClusterControls,
  Clusters,
  Configs,
  Epochs,
  FleetControls,
  Grants,
  Rollouts,
  Upgrades,
  Waves,
} from '../store/entities.ts';
import { type Entity, load, type Read } from '../store/entity.ts';
import { loadWaves } from '../store/rollout-waves.ts';

/** Everything that could forbid a mutating call, read in one go. */
export interface CommitSnapshot {
  readonly epoch: Read<Epoch> | undefined;
  readonly grant: Read<Grant> | undefined;
  readonly upgrade: Read<Upgrade> | undefined;
  readonly control: Read<FleetControl> | undefined;
  readonly fleet: Read<AppliedConfig> | undefined;
  readonly cluster: Read<ClusterRecord> | undefined;
  readonly clusterControl: Read<ClusterControl> | undefined;
  readonly rollout: Read<Rollout> | undefined;
  readonly wave: Read<Wave> | undefined;
  /** Those before it; none when the first change was made already. */
  readonly earlier: readonly Wave[];
  /** What the policy says of the hop; undefined where no policy selects a cluster that a person upgrades. */
  readonly rules: HopRules | undefined;
  readonly policyAppliedBy: string | undefined;
  /** "All of it is still as read": what the commit's transaction checks besides its own writes. */
  readonly checks: readonly WriteOperation[];
}

/** Reads it strongly consistent. */
export async function readCommitSnapshot(
  table: Pick<Table, 'get' | 'queryPartition'>,
  clusterKey: string,
): Promise<CommitSnapshot> {
  const checks: WriteOperation[] = [];
  async function read<Data, Parts extends readonly unknown[]>(
    entity: Entity<Data, Parts>,
    ...parts: Parts
  ): Promise<Read<Data> | undefined> {
    const found = await load(table, entity, ...parts);
    checks.push({ type: 'check', key: entity.key(...parts), expect: found?.revision ?? 'absent' });
    return found;
  }
  const [epoch, grant, control, fleet, cluster, clusterControl] = await Promise.all([
    read(Epochs),
    load(table, Grants, clusterKey),
    read(FleetControls),
    read(Configs, 'Fleet', FLEET),
    read(Clusters, clusterKey),
    read(ClusterControls, clusterKey),
  ]);
  checks.push({ type: 'check', key: Grants.key(clusterKey), expect: grant?.revision ?? 'absent' });
  const upgrade = grant === undefined ? undefined : await load(table, Upgrades, clusterKey, grant.data.upgradeId);
  const { rolloutId, waveIndex } = upgrade?.data ?? {};
  const rollout = rolloutId === undefined ? undefined : await read(Rollouts, rolloutId);
  let wave: Read<Wave> | undefined;
  let earlier: readonly Read<Wave>[] = [];
  if (rolloutId !== undefined && waveIndex !== undefined) {
    // Later mutations go on in a halted wave (protocol.md rule 7), so only the first one depends on the counters of waves.
    if (upgrade?.data.mutated === true) wave = await load(table, Waves, rolloutId, waveIndex);
    else {
      const waves = await loadWaves(table, rolloutId);
      wave = waves.find(({ data }) => data.index === waveIndex);
      earlier = waves.filter(({ data }) => data.index < waveIndex);
      checks.push({ type: 'check', key: Waves.key(rolloutId, waveIndex), expect: wave?.revision ?? 'absent' });
      for (const { key, revision } of earlier) checks.push({ type: 'check', key, expect: revision });
    }
  }
  const place = rollout && { rollout: rollout.data, wave: wave?.data };
  const {
    rules,
    policyAppliedBy,
    checks: ofRules,
  } = loadedRules(await readRules(table, cluster?.data, fleetSpec(fleet?.data), place));
  checks.push(...ofRules);
  return {
    epoch,
    grant,
    upgrade,
    control,
    fleet,
    cluster,
    clusterControl,
    rollout,
    wave,
    earlier: earlier.map(({ data }) => data),
    rules,
    policyAppliedBy,
    checks,
  };
}
