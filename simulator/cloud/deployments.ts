/** The place of one stack. */
export interface StackPlace {
  readonly stack: string;
  readonly account: string;
  readonly region: string;
  readonly parameters: Readonly<Record<string, string>>;
}

export interface FleetPlaces {
  readonly hubAccount: string;
  readonly hubRegion: string;
  readonly spokeAccounts: readonly string[];
  readonly regions: readonly string[];
  /** From the Fleet; both sides have a default when it is absent. */
  readonly externalId?: string;
  readonly spokeRoleName?: string;
}

/** The deployments of docs/install.md: both hub stacks in one account, the role once in every account, the forwarder in each of their Regions. */
export function deploymentsOf(places: FleetPlaces): StackPlace[] {
  const { hubAccount, hubRegion, spokeAccounts, regions, externalId, spokeRoleName } = places;
  const hub = { account: hubAccount, region: hubRegion, parameters: {} };
  const toHub = { HubAccountId: hubAccount };
  const roleParameters = {
    ...toHub,
    ...(externalId === undefined ? {} : { ExternalId: externalId }),
    ...(spokeRoleName === undefined ? {} : { RoleName: spokeRoleName }),
  };
  return [
    { stack: 'LiftlockState', ...hub },
    { stack: 'LiftlockHub', ...hub },
    ...spokeAccounts.map((account) => ({
      stack: 'LiftlockSpokeRole',
      account,
      region: hubRegion,
      parameters: roleParameters,
    })),
    ...spokeAccounts.flatMap((account) =>
      regions.map((region) => ({
        stack: 'LiftlockSpokeForwarder',
        account,
        region,
        parameters: { ...toHub, HubRegion: hubRegion },
      })),
    ),
  ];
}
