import type { UpgradePolicy, Wave as WaveSpec } from '../config/types.ts';
import type { Wave } from '../contracts/items/rollout.ts';
import { loadFleetInForce } from '../policy/applied.ts';
import { labeled } from '../policy/cluster-labels.ts';
import { rulingWave, waveNamed } from '../policy/wave-of.ts';
import type { Table } from '../ports/table.ts';
import { Clusters, loadMembers } from '../store/entities.ts';
import { loadAll } from '../store/entity.ts';
import { ENDED_WELL } from './place-of.ts';

/**
 * The waves of the policy by which the members of a wave begin, as each grant asks: the wave of the same name, or else those that take its clusters
 * now. A wave that has not begun, and whose name the policy has given up, has no members any more.
 */
export async function rulingWaves(
  table: Pick<Table, 'get' | 'getAll' | 'queryPartition'>,
  policy: UpgradePolicy | undefined,
  { rolloutId, index, name, status }: Wave,
): Promise<readonly WaveSpec[]> {
  const named = waveNamed(policy, name);
  if (named !== undefined) return [named];
  if (policy === undefined || status === 'Pending') return [];
  const fleet = await loadFleetInForce(table);
  const members = (await loadMembers(table, rolloutId)).filter((member) => member.waveIndex === index);
  const toGo = members.filter((member) => !ENDED_WELL.includes(member.status));
  const keys = toGo.map(({ clusterKey }) => Clusters.key(clusterKey));
  const clusters = await loadAll(table, Clusters, keys);
  const ruling = clusters.map((one) => rulingWave(policy, labeled(one, fleet), name, fleet?.tagPrefix ?? '').wave);
  return policy.spec.waves.filter((one) => ruling.includes(one));
}
