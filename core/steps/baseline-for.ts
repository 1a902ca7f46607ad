import { hopId, isRollback } from '../model/hop.ts';
import type { Ports } from '../ports/ports.ts';
import { type Baseline, baselineOf } from '../probes/baseline.ts';
import { Upgrades } from '../store/entities.ts';
import { load } from '../store/entity.ts';
import type { StepContext } from './context.ts';

/** A cluster that has gone back is compared with its state before it went up. */
export async function baselineFor(
  { table }: Pick<Ports, 'table'>,
  { upgrade, clusterKey }: StepContext,
): Promise<Baseline | undefined> {
  if (upgrade === undefined || !isRollback(upgrade)) return baselineOf(upgrade);
  return baselineOf((await load(table, Upgrades, clusterKey, hopId(upgrade.to, upgrade.from)))?.data);
}
