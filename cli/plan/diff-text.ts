import { visible } from '../../core/model/visible.ts';
import type { Moved, PlanDiff } from '../../core/plan/diff/plan-diff.ts';
import { section } from '../output/facts.ts';
import { table } from '../output/table.ts';

/** What moved, for people: the whole first, then waves, then clusters. */
export function diffLines(diff: PlanDiff): string[] {
  if (diff.plan.length + diff.waves.length + diff.clusters.length === 0)
    return [`Nothing has moved between ${diff.before} and ${diff.after}.`];
  const waves = diff.waves.map(({ policy, wave, change, moved }) => [`${policy}/${wave}`, change, words(moved)]);
  const clusters = diff.clusters.map(({ name, accountId, region, policy, wave, change, moved }) => [
    name,
    accountId,
    region,
    `${policy}/${wave}`,
    change,
    words(moved),
  ]);
  return [
    `From the plan of ${diff.before} to that of ${diff.after}:`,
    ...diff.plan.map((one) => visible(`  ${words([one])}`)),
    ...section('Waves', rows(['WAVE', 'CHANGE', 'WHAT'], waves)),
    ...section('Clusters', rows(['NAME', 'ACCOUNT', 'REGION', 'WAVE', 'CHANGE', 'WHAT'], clusters)),
  ];
}

const rows = (headers: readonly string[], cells: readonly (readonly string[])[]): string[] =>
  cells.length === 0
    ? []
    : table(
        headers,
        cells.map((row) => row.map(visible)),
      )
        .trimEnd()
        .split('\n');

/** Hashes are long and say nothing to people but that they differ. */
const words = (moved: readonly Moved[]): string =>
  moved
    .map(({ field, before, after }) => (field === 'hash' ? 'hash' : `${field} ${before ?? '-'} → ${after ?? '-'}`))
    .join(', ');
