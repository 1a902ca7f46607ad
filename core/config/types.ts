import type { z } from 'zod';
import type { calendarSchema } from './schema/calendar.ts';
import type { fleetSchema } from './schema/fleet.ts';
import type { scanWaiverSchema } from './schema/scan-waiver.ts';
import type { channelSchema } from './schema/target.ts';
import type { upgradePolicySchema } from './schema/upgrade-policy.ts';

/** Makes everything readonly, because config is parsed once and never changes. */
export type DeepReadonly<T> = T extends readonly (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
    : T;

export type Fleet = DeepReadonly<z.output<typeof fleetSchema>>;
/** `isOrganizationUnlisted` is set on a Fleet in force until somebody has listed the accounts of its organization. */
export type FleetSpec = Fleet['spec'] & { readonly isOrganizationUnlisted?: true };

export type UpgradePolicy = DeepReadonly<z.output<typeof upgradePolicySchema>>;
export type UpgradePolicySpec = UpgradePolicy['spec'];

export type Wave = UpgradePolicySpec['waves'][number];

export type Calendar = DeepReadonly<z.output<typeof calendarSchema>>;
export type CalendarSpec = Calendar['spec'];

export type Channel = DeepReadonly<z.output<typeof channelSchema>>;

export type ScanWaiver = DeepReadonly<z.output<typeof scanWaiverSchema>>;

export type ConfigObject = Fleet | UpgradePolicy | Calendar | Channel | ScanWaiver;
