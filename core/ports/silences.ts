import type { Scope } from './eks.ts';

/**
 * CloudWatch's alarms and their mute rules, in the account and Region of a cluster. Under a mute rule alarms still change their state, but take no
 * actions. Errors have CloudWatch's names (`AccessDenied`).
 */
export interface Silences {
  /** Those of up to 100 alarms that exist, metric and composite, by their exact names. */
  describeAlarms(scope: Scope, names: readonly string[]): Promise<AlarmState[]>;
  /** Undefined where no rule has that name. */
  getMuteRule(scope: Scope, name: string): Promise<{ readonly description: string } | undefined>;
  /** Overwrites a rule of that name. */
  putMuteRule(scope: Scope, rule: MuteRule): Promise<void>;
  /** Also succeeds where there is none. Alarms that are in ALARM then take their actions. */
  deleteMuteRule(scope: Scope, name: string): Promise<void>;
}

/** One window in which alarms take no actions. */
export interface MuteRule {
  readonly name: string;
  readonly description: string;
  readonly alarms: readonly string[];
  /** A whole minute, RFC 3339, as an `at` expression takes it. */
  readonly startsAt: string;
  /** A whole number of minutes later. */
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
