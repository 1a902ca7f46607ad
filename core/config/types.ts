import type { z } from 'zod';
import type { calendarSchema } from './schema/calendar.ts';
import type { fleetSchema } from './schema/fleet.ts';
import type { scanWaiverSchema } from './schema/scan-waiver.ts';
import type { channelSchema } from './schema/target.ts';
import type { upgradePolicySchema } from './schema/upgrade-policy.ts';

/** All the way down: config is parsed once and never changes. */
export type DeepReadonly<T> = T extends readonly (infer Item)[]
  ? readonly DeepReadonly<Item>[]
  : T extends object
    ? { readonly [Key in keyof T]: DeepReadonly<T[Key]> }
    : T;

/** The `Fleet` kind, defaults filled in. */
export type Fleet = DeepReadonly<z.output<typeof fleetSchema>>;
/** `isOrganizationUnlisted`: of one in force, that nobody knows yet which accounts its organization has. */
export type FleetSpec = Fleet['spec'] & { readonly isOrganizationUnlisted?: true };

/** The `UpgradePolicy` kind, defaults filled in. */
export type UpgradePolicy = DeepReadonly<z.output<typeof upgradePolicySchema>>;
export type UpgradePolicySpec = UpgradePolicy['spec'];

export type Wave = UpgradePolicySpec['waves'][number];

/** The `Calendar` kind, defaults filled in. */
export type Calendar = DeepReadonly<z.output<typeof calendarSchema>>;
export type CalendarSpec = Calendar['spec'];

/** The `Channel` kind. */
export type Channel = DeepReadonly<z.output<typeof channelSchema>>;

/** The `ScanWaiver` kind. */
export type ScanWaiver = DeepReadonly<z.output<typeof scanWaiverSchema>>;

/** Any config object, as it is applied. */
export type ConfigObject = Fleet | UpgradePolicy | Calendar | Channel | ScanWaiver;
