import { EXIT, type ExitCode } from './exit-codes.ts';

/** Ends the command with a message for people: what happened, why, and what to do next. */
export class Failure extends Error {
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode = EXIT.failure) {
    super(message);
    this.name = 'Failure';
    this.exitCode = exitCode;
  }
}

export const invalid = (message: string): Failure => new Failure(message, EXIT.invalid);
