import type { Upgrade } from '../../../core/contracts/items/protocol.ts';
import type { Member, Rollout } from '../../../core/contracts/items/rollout.ts';
import type { Table } from '../../../core/ports/table.ts';
import { Members, Rollouts, Upgrades } from '../../../core/store/entities.ts';
import { decode, type Entity } from '../../../core/store/entity.ts';
import { bucketOf } from '../../report/bucket.ts';

export type SimulationOutcome = 'Completed' | 'CompletedWithFailures' | 'Halted' | 'Aborted' | 'Unfinished';

/** How a whole run ended: the worst of its rollouts, where one that is still under way or waits for a person is `Unfinished`. */
export function outcomeOf(rollouts: readonly Rollout[]): SimulationOutcome {
  const statuses = new Set(rollouts.map((rollout) => rollout.status));
  for (const status of ['Planned', 'Running', 'Paused'] as const) if (statuses.has(status)) return 'Unfinished';
  for (const status of ['Aborted', 'Halted', 'CompletedWithFailures'] as const) if (statuses.has(status)) return status;
  return 'Completed';
}

export interface Buckets {
  readonly upgraded: number;
  readonly failed: number;
  readonly held: number;
  readonly excluded: number;
}

/** Where each cluster of the fleet ended (protocol.md, simulate buckets). They sum to the number of `arns`. */
export async function bucketsOf(table: Table, arns: readonly string[]): Promise<Buckets> {
  const members = Map.groupBy(await all<Member>(table, Members), ({ clusterKey }) => arnOf(clusterKey));
  const upgrades = Map.groupBy(await all<Upgrade>(table, Upgrades), ({ clusterKey }) => arnOf(clusterKey));
  const buckets = { upgraded: 0, failed: 0, held: 0, excluded: 0 };
  for (const arn of arns) {
    const last = upgrades
      .get(arn)
      ?.toSorted((a, b) => compare(a.startedAt ?? '', b.startedAt ?? ''))
      .at(-1);
    buckets[bucketOf(members.get(arn)?.at(-1), last)] += 1;
  }
  return buckets;
}

export const rolloutsOf = (table: Table): Promise<Rollout[]> => all<Rollout>(table, Rollouts);

const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** A cluster key is the ARN, `@`, and when the cluster was created: one that was recreated counts under its ARN. */
const arnOf = (clusterKey: string): string => clusterKey.slice(0, clusterKey.lastIndexOf('@'));

async function all<Data>(table: Table, entity: Entity<Data, never>): Promise<Data[]> {
  return (await table.queryKind(entity.kind)).map((item) => decode(entity, item).data);
}
