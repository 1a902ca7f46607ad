import type { Member } from '../contracts/items/rollout.ts';
import type { Reason } from '../contracts/step-result.ts';
import { isSame } from '../model/is-same.ts';
import { loadAppliedConfigs, loadFleetInForce } from '../policy/applied.ts';
import { tagProblems } from '../policy/cluster-tags.ts';
import type { Table } from '../ports/table.ts';
import { Clusters } from '../store/entities.ts';
import { loadAll } from '../store/entity.ts';

/**
 * The reasons of members as they are true now: a cluster that left its rollout for want of a Calendar does not come back into it, and its reason would
 * still ask people for a Calendar that they have applied since. It reads nothing where no member left for its tags.
 */
export async function loadWhyTheyLeft(
  table: Pick<Table, 'get' | 'getAll' | 'queryPartition'>,
  members: readonly Member[],
): Promise<(member: Member) => readonly Reason[]> {
  const left = members.filter(
    ({ status, reasons }) => status === 'Excluded' && reasons.some(({ code }) => code === 'BadTag'),
  );
  if (left.length === 0) return ({ reasons }) => reasons;
  const [fleet, applied, clusters] = await Promise.all([
    loadFleetInForce(table),
    loadAppliedConfigs(table, 'Calendar'),
    loadAll(
      table,
      Clusters,
      left.map(({ clusterKey }) => Clusters.key(clusterKey)),
    ),
  ]);
  const names = new Set(applied.map(({ name }) => name));
  const tagsOf = new Map(clusters.map(({ clusterKey, tags }) => [clusterKey, tags]));
  return (member) => {
    const tags = tagsOf.get(member.clusterKey);
    if (tags === undefined) return member.reasons;
    const problems = (calendars: { has(name: string): boolean }) =>
      tagProblems(tags, fleet?.tagPrefix ?? '', calendars);
    const isSaid = (by: ReturnType<typeof problems>, one: Reason) => by.some(({ problem }) => isSame(problem, one));
    const [asIfNoneWere, now] = [problems({ has: () => false }), problems(names)];
    return member.reasons.map((one) =>
      isSaid(asIfNoneWere, one) && !isSaid(now, one)
        ? { code: one.code, message: `It left for this, which is over: ${one.message}` }
        : one,
    );
  };
}
