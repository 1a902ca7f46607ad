import type { CheckedWaiver } from '../config/check-waiver.ts';
import { fleetSchema } from '../config/schema/fleet.ts';
import { scanWaiverSchema } from '../config/schema/scan-waiver.ts';
import { upgradePolicySchema } from '../config/schema/upgrade-policy.ts';
import type { FleetSpec, UpgradePolicy } from '../config/types.ts';
import { waiverEnd } from '../config/waiver-end.ts';
import type { AppliedConfig } from '../contracts/items/rollout.ts';
import type { Table } from '../ports/table.ts';
import { Configs } from '../store/entities.ts';
import { decode, load } from '../store/entity.ts';

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

/** Waivers as applied. One that this version cannot read covers nothing. */
export async function scanWaivers(table: Pick<Table, 'queryPartition'>): Promise<CheckedWaiver[]> {
  const items = await table.queryPartition('CONFIG', 'ScanWaiver#');
  return items.flatMap((item): CheckedWaiver[] => {
    const parsed = scanWaiverSchema.safeParse(decode(Configs, item).data.document);
    const end = parsed.success ? waiverEnd(parsed.data.spec.expires) : undefined;
    return parsed.success && end !== undefined ? [{ document: parsed.data, end }] : [];
  });
}

/** A policy as applied; undefined when there is none or when this version cannot read it. */
export function upgradePolicy(applied: AppliedConfig | undefined): UpgradePolicy | undefined {
  if (applied === undefined) return undefined;
  const parsed = upgradePolicySchema.safeParse(applied.document);
  return parsed.success ? parsed.data : undefined;
}
