/** The API group and version of all config kinds. */
export const apiVersion = 'liftlock/v1alpha1';

/** The kinds that this release reads. */
export const configKinds = ['Fleet', 'UpgradePolicy', 'Calendar', 'Channel', 'ScanWaiver'] as const;
export type ConfigKind = (typeof configKinds)[number];
