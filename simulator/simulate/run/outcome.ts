import type { Rollout } from '../../../core/contracts/items/rollout.ts';
import { arnOf } from '../../../core/model/cluster-key.ts';
import { compareTexts } from '../../../core/model/compare-texts.ts';
import type { Table } from '../../../core/ports/table.ts';
import { Upgrades } from '../../../core/store/entities.ts';
import { loadKind } from '../../../core/store/entity.ts';
import { loadAllMembers } from '../../process/load-all-members.ts';
import { bucketOf } from '../../report/bucket.ts';

export type SimulationOutcome = 'Completed' | 'CompletedWithFailures' | 'Halted' | 'Aborted' | 'Unfinished';

/** The result of a whole run: the worst of its rollouts, where one that still runs or waits for a person is `Unfinished`. */
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

/**
 * The final bucket of each cluster of the fleet; a recreated one counts under its ARN (simulation.md, What comes out). Their sum is the number of
 * `arns`.
 */
export async function bucketsOf(table: Table, arns: readonly string[]): Promise<Buckets> {
  const members = Map.groupBy(await loadAllMembers(table), ({ clusterKey }) => arnOf(clusterKey));
  const upgrades = Map.groupBy(await loadKind(table, Upgrades), ({ clusterKey }) => arnOf(clusterKey));
  const buckets = { upgraded: 0, failed: 0, held: 0, excluded: 0 };
  for (const arn of arns) {
    const last = upgrades
      .get(arn)
      ?.toSorted((a, b) => compareTexts(a.startedAt ?? '', b.startedAt ?? ''))
      .at(-1);
    buckets[bucketOf(members.get(arn)?.at(-1), last)] += 1;
  }
  return buckets;
}
