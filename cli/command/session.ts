import type { ApiClient } from '../client/api-client.ts';
import type { GlobalOptions, Io, Paint } from './io.ts';

export const FORMATS = ['table', 'json', 'yaml'] as const;

/** The options of verbs that print one document, and of those that take a reason. */
export interface OutputOption {
  readonly output: string;
}
export interface ReasonOption extends OutputOption {
  readonly reason?: string;
}

/** The context of a verb. */
export interface Session {
  readonly io: Io;
  readonly paint: Paint;
  readonly global: GlobalOptions;
  /** Loaded on the first call, because offline verbs need no API. */
  client(): Promise<ApiClient>;
}

/** A user who stops something need not give a reason. */
export const NO_REASON = 'no reason given';
