// What is written of SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html), and no more.

export type Level = 'error' | 'warning' | 'note';

export interface SarifLog {
  readonly $schema: string;
  readonly version: '2.1.0';
  readonly runs: readonly SarifRun[];
}

export interface SarifRun {
  readonly tool: {
    readonly driver: {
      readonly name: string;
      readonly version: string;
      readonly rules: readonly SarifDescriptor[];
      readonly notifications: readonly SarifDescriptor[];
    };
  };
  readonly automationDetails: { readonly id: string };
  readonly columnKind: 'utf16CodeUnits';
  readonly originalUriBaseIds: { readonly '%SRCROOT%': { readonly description: SarifText } };
  readonly invocations: readonly SarifInvocation[];
  readonly results: readonly SarifResult[];
}

export interface SarifText {
  readonly text: string;
}

/** A rule, or a kind of notification. */
export interface SarifDescriptor {
  readonly id: string;
  readonly shortDescription: SarifText;
  readonly fullDescription?: SarifText;
  readonly help?: SarifText;
  readonly defaultConfiguration?: { readonly level: Level };
  readonly properties?: Readonly<Record<string, unknown>>;
}

export interface SarifInvocation {
  readonly executionSuccessful: boolean;
  readonly exitCode: number;
  readonly endTimeUtc: string;
  readonly toolExecutionNotifications: readonly SarifNotification[];
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface SarifNotification {
  readonly descriptor: { readonly id: string };
  readonly level: Level;
  readonly message: SarifText;
}

export interface SarifResult {
  readonly ruleId: string;
  readonly ruleIndex: number;
  readonly level: Level;
  readonly message: SarifText;
  readonly locations: readonly [SarifLocation];
  readonly partialFingerprints: Readonly<Record<string, string>>;
  readonly baselineState?: 'new' | 'unchanged';
  readonly suppressions: readonly { readonly kind: 'external'; readonly status: 'accepted'; justification: string }[];
  readonly properties: Readonly<Record<string, unknown>>;
}

export interface SarifLocation {
  readonly physicalLocation: {
    readonly artifactLocation: { readonly uri: string; readonly uriBaseId?: '%SRCROOT%' };
    readonly region: { readonly startLine: number; readonly startColumn: number };
  };
  readonly logicalLocations?: readonly [{ readonly name: string; readonly fullyQualifiedName: string; kind: string }];
}
