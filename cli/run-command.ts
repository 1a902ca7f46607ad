import { CommanderError } from 'commander';
import { visible } from '../core/model/visible.ts';
import type { Io } from './command/io.ts';
import { EXIT, Failure } from './command/session.ts';
import { createProgram } from './program.ts';

/** Runs one command line and gives its exit code. */
export async function runCommand(argv: readonly string[], io: Io): Promise<number> {
  let code: number = EXIT.ok;
  const program = createProgram(io, (ended) => {
    code = ended;
  });
  try {
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.invalid;
    if (error instanceof Failure) {
      io.err(`${visible(error.message)}\n`);
      return error.exitCode;
    }
    const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
    const invalid = name === 'InvalidInput' || name === 'FleetFolderInvalid';
    const more = io.env.LIFTLOCK_DEBUG === undefined ? ' Set LIFTLOCK_DEBUG=1 to see where.' : `\n${stack ?? ''}`;
    io.err(invalid ? `liftlock: ${message}\n` : `liftlock: ${name}: ${message}${more}\n`);
    return invalid ? EXIT.invalid : EXIT.failure;
  }
}
