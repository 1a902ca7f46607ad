import type { CheckedWaiver } from '../config/check-waiver.ts';
import { calendarSchema } from '../config/schema/calendar.ts';
import { channelSchema } from '../config/schema/channel.ts';
import { fleetSchema } from '../config/schema/fleet.ts';
import { scanWaiverSchema } from '../config/schema/scan-waiver.ts';
import { upgradePolicySchema } from '../config/schema/upgrade-policy.ts';
import type { CalendarSpec, FleetSpec, UpgradePolicy } from '../config/types.ts';
import { waiverEnd } from '../config/waiver-end.ts';
import type { AppliedConfig } from '../contracts/items/rollout.ts';
import type { Table } from '../ports/table.ts';
import { Configs } from '../store/entities.ts';
import { decode, load } from '../store/entity.ts';
import { parseFrozen } from '../store/parse-frozen.ts';
import type { ChannelSpec } from './channels.ts';

/** The Fleet object is kept under one key, whatever its name: there is one. */
export const FLEET = 'fleet';

/** The Fleet as applied; undefined when there is none or when this version cannot read it (then nothing may act). */
export function fleetSpec(applied: AppliedConfig | undefined): FleetSpec | undefined {
  if (applied === undefined) return undefined;
  const parsed = parseFrozen(fleetSchema, applied.document);
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

/** A calendar as applied; undefined when there is none or when this version cannot read it. */
export function calendarSpec(applied: AppliedConfig | undefined): CalendarSpec | undefined {
  if (applied === undefined) return undefined;
  const parsed = calendarSchema.safeParse(applied.document);
  return parsed.success ? parsed.data.spec : undefined;
}

/** A channel as applied; undefined when there is none or when this version cannot read it. */
export function channelSpec(applied: AppliedConfig | undefined): ChannelSpec | undefined {
  if (applied === undefined) return undefined;
  const parsed = channelSchema.safeParse(applied.document);
  return parsed.success ? parsed.data.spec : undefined;
}

/** A policy as applied; undefined when there is none or when this version cannot read it. */
export function upgradePolicy(applied: AppliedConfig | undefined): UpgradePolicy | undefined {
  if (applied === undefined) return undefined;
  const parsed = parseFrozen(upgradePolicySchema, applied.document);
  return parsed.success ? parsed.data : undefined;
}
