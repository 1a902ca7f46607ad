import { fleetSchema } from '../config/schema/fleet.ts';
import { upgradePolicySchema } from '../config/schema/upgrade-policy.ts';
import type { FleetSpec, UpgradePolicy } from '../config/types.ts';
import type { AppliedConfig } from '../contracts/items/rollout.ts';
import type { Table } from '../ports/table.ts';
import { Configs } from '../store/entities.ts';
import { load } from '../store/entity.ts';

/** The Fleet object is kept under one key, whatever its name: there is one. */
export const FLEET = 'fleet';

/** The Fleet as applied; undefined when there is none or when this version cannot read it (then nothing may act). */
export function fleetSpec(applied: AppliedConfig | undefined): FleetSpec | undefined {
  if (applied === undefined) return undefined;
  const parsed = fleetSchema.safeParse(applied.document);
  return parsed.success ? parsed.data.spec : undefined;
}

/** The spec of the Fleet in force, read afresh; undefined as for `fleetSpec`. */
export async function fleetInForce(table: Pick<Table, 'get'>): Promise<FleetSpec | undefined> {
  return fleetSpec((await load(table, Configs, 'Fleet', FLEET))?.data);
}

/** A policy as applied; undefined when there is none or when this version cannot read it. */
export function upgradePolicy(applied: AppliedConfig | undefined): UpgradePolicy | undefined {
  if (applied === undefined) return undefined;
  const parsed = upgradePolicySchema.safeParse(applied.document);
  return parsed.success ? parsed.data : undefined;
}
