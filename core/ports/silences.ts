import type { Scope } from './eks.ts';

/**
 * CloudWatch's alarms and their mute rules, in the account and Region of a cluster. A mute rule lets alarms change their state and take no actions
 * meanwhile. Errors have CloudWatch's names (`AccessDenied`).
 */
export interface Silences {
  /** Those of up to 100 that there are, metric and composite, by their exact names. */
  describeAlarms(scope: Scope, names: readonly string[]): Promise<AlarmState[]>;
  /** Undefined: there is none of that name. */
  getMuteRule(scope: Scope, name: string): Promise<{ readonly description: string } | undefined>;
  /** Writes over a rule of that name. */
  putMuteRule(scope: Scope, rule: MuteRule): Promise<void>;
  /** Succeeds where there is none. What is in ALARM then takes its actions. */
  deleteMuteRule(scope: Scope, name: string): Promise<void>;
}

/** One window in which alarms are silent. */
export interface MuteRule {
  readonly name: string;
  readonly description: string;
  readonly alarms: readonly string[];
  /** A whole minute, RFC 3339, as an `at` expression takes it. */
  readonly startsAt: string;
  /** Whole minutes later. */
  readonly endsAt: string;
}

export interface AlarmState {
  readonly name: string;
  /** `OK`, `ALARM`, `INSUFFICIENT_DATA`. */
  readonly state: string;
  readonly reason: string;
  /** Since when it is in that state. */
  readonly since?: string;
}
