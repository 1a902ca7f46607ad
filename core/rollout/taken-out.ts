import type { Member } from '../contracts/items/rollout.ts';
import type { Reason } from '../contracts/step-result.ts';
import { hopTo } from '../model/hop.ts';
import type { Table, WriteOperation } from '../ports/table.ts';
import { Upgrades } from '../store/entities.ts';
import { load, unchanged } from '../store/entity.ts';
import { KubeVersion } from '../version/kube-version.ts';

/**
 * What a member becomes that is taken out of its wave, and what that rests on. A member that goes no further since the target was lowered has succeeded
 * if its own rollout has brought it to the version that it has reached; otherwise it is excluded, and proves nothing.
 */
export async function takenOutAs(
  table: Pick<Table, 'get'>,
  { clusterKey, rolloutId, from }: Member,
  reasons: readonly Reason[],
): Promise<{ readonly status: 'Succeeded' | 'Excluded'; readonly checks: readonly WriteOperation[] }> {
  if (!reasons.some(({ code }) => code === 'LowerTarget')) return { status: 'Excluded', checks: [] };
  const id = hopTo(KubeVersion.parse(from));
  const hop = await load(table, Upgrades, clusterKey, id);
  const isOwn = hop?.data.status === 'Succeeded' && hop.data.rolloutId === rolloutId;
  return { status: isOwn ? 'Succeeded' : 'Excluded', checks: [unchanged(Upgrades, hop, clusterKey, id)] };
}
