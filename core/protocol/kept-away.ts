import type { FleetSpec } from '../config/types.ts';
import type { ClusterRecord } from '../contracts/items/cluster.ts';
import type { Upgrade } from '../contracts/items/protocol.ts';
import type { FleetControl, Rollout, Wave } from '../contracts/items/rollout.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { FLEET, fleetSpec } from '../policy/applied.ts';
import { clusterRefusals } from '../policy/cluster-tags.ts';
import { itemId, type Table } from '../ports/table.ts';
import { Clusters, Configs, FleetControls, Rollouts, Waves } from '../store/entities.ts';
import { ofKind } from '../store/entity.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { isWatched } from './hop-before.ts';
import { fleetRefusals, haltRefusals, NO_FLEET, rolloutRefusals } from './standing-refusals.ts';

/** An upgrade, or a member that stands for it. */
type Begun = Pick<Upgrade, 'reasons' | 'to' | 'clusterKey' | 'rolloutId' | 'waveIndex'> & { readonly status: string };

/** What the grant of a last look rests on beside its time. */
export interface Orders {
  readonly fleet: FleetSpec | undefined;
  readonly control: FleetControl | undefined;
  readonly rollout: Rollout | undefined;
  readonly wave: Wave | undefined;
  readonly cluster: ClusterRecord | undefined;
}

/**
 * Why nobody looks at a cluster that is watched when its watch is over: orders of people, and the halt of its rollout. Empty where its last look comes by itself,
 * and of whatever is not watched, or was left by an abort (`leftByAbort`). The grant of that look is refused for the same.
 */
export function keptAway(begun: Begun, { fleet, control, rollout, wave, cluster }: Orders): Reason[] {
  if (!isWatched(begun) || rollout?.status === 'Aborted') return [];
  return [
    ...(fleet === undefined ? [NO_FLEET] : fleetRefusals(fleet, control)),
    ...rolloutRefusals(rollout),
    ...haltRefusals(rollout),
    ...(wave?.status === 'Halted' && rollout?.status !== 'Halted'
      ? [reason('WaveHalted', `The wave ${wave.name} is ${wave.status}.`)]
      : []),
    ...(cluster === undefined ? [] : clusterRefusals(cluster, KubeVersion.parse(begun.to), fleet)),
  ];
}

/** The same of several, by what the table says now; where none is watched that takes no reading. */
export async function loadKeptAway(
  table: Pick<Table, 'getAll'>,
  all: readonly Begun[],
): Promise<(one: Begun) => Reason[]> {
  const watched = all.filter(isWatched);
  if (watched.length === 0) return () => [];
  const keys = watched.flatMap(({ clusterKey, rolloutId = '', waveIndex = 0 }) => [
    Clusters.key(clusterKey),
    ...[Rollouts.key(rolloutId), Waves.key(rolloutId, waveIndex)],
  ]);
  const asked = [...keys, Configs.key('Fleet', FLEET), FleetControls.key()].map((key) => [itemId(key), key] as const);
  const items = (await table.getAll([...new Map(asked).values()])).filter((item) => item !== undefined);
  const [fleet] = ofKind(items, Configs).map(fleetSpec);
  const [control] = ofKind(items, FleetControls);
  const [rollouts, waves, clusters] = [ofKind(items, Rollouts), ofKind(items, Waves), ofKind(items, Clusters)];
  return (one) =>
    keptAway(one, {
      ...{ fleet, control },
      rollout: rollouts.find(({ id }) => id === one.rolloutId),
      wave: waves.find(({ rolloutId, index }) => rolloutId === one.rolloutId && index === one.waveIndex),
      cluster: clusters.find(({ clusterKey }) => clusterKey === one.clusterKey),
    });
}
