import { fleetSchema } from '../config/schema/fleet.ts';
import { upgradePolicySchema } from '../config/schema/upgrade-policy.ts';
import type { FleetSpec, UpgradePolicy } from '../config/types.ts';
import type { AppliedConfig } from '../contracts/items/rollout.ts';

/** The Fleet as applied; undefined when there is none or when this version cannot read it (then nothing may act). */
export function fleetSpec(applied: AppliedConfig | undefined): FleetSpec | undefined {
  if (applied === undefined) return undefined;
  const parsed = fleetSchema.safeParse(applied.document);
  return parsed.success ? parsed.data.spec : undefined;
}

/** A policy as applied; undefined when there is none or when this version cannot read it. */
export function upgradePolicy(applied: AppliedConfig | undefined): UpgradePolicy | undefined {
  if (applied === undefined) return undefined;
  const parsed = upgradePolicySchema.safeParse(applied.document);
  return parsed.success ? parsed.data : undefined;
}
