import type { ApiClient } from '../client/api-client.ts';
import type { Paint } from '../output/print.ts';
import type { Io } from './io.ts';

/** Options that every command takes. */
export interface GlobalOptions {
  readonly apiUrl?: string;
  readonly apiRegion?: string;
  readonly profile?: string;
  readonly timeout: number;
  readonly color: boolean;
}

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

/** The exit codes of the command line; scripts rely on them (docs/cli.md). */
export const EXIT = {
  ok: 0,
  failure: 1,
  /** Usage or invalid input. */
  invalid: 2,
  /** Findings or pending changes, such as an upgrade that is not approved. */
  pending: 3,
  /** Something could not be read. */
  incomplete: 4,
  timedOut: 5,
  /** Blocked by policy, window or gate. */
  blocked: 6,
  interrupted: 130,
} as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** Ends the command with a message for people: what happened, why, and what to do next. */
export class Failure extends Error {
  readonly exitCode: ExitCode;
  /** Whether the same request may succeed a little later: who waits for something asks again. */
  readonly mayPass: boolean;

  constructor(message: string, exitCode: ExitCode = EXIT.failure, mayPass = false) {
    super(message);
    this.name = 'Failure';
    this.exitCode = exitCode;
    this.mayPass = mayPass;
  }
}

export const invalid = (message: string): Failure => new Failure(message, EXIT.invalid);
