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
