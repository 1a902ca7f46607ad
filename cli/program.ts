import { Command, InvalidArgumentError, Option } from 'commander';
import { registerCalendar } from './calendar/register-calendar.ts';
import type { Io } from './io.ts';
import { FORMATS } from './output/print.ts';
import { registerPlan } from './plan/register-plan.ts';
import { registerChangeVerbs } from './register-change-verbs.ts';
import { registerConfigVerbs } from './register-config-verbs.ts';
import { registerOtherVerbs } from './register-other-verbs.ts';
import { registerReadVerbs } from './register-read-verbs.ts';
import { registerScan } from './scan/register-scan.ts';
import { registerSimulate } from './simulate/register-simulate.ts';
import { type ExitCode, type Outcome, type Session, sessionOf } from './verb.ts';

type Action = Parameters<Command['action']>[0];
/** What a verb does with what a person gave it: arguments and options, as commander hands them over. */
type Verb = (session: Session, ...given: Parameters<Action>) => Promise<ExitCode>;

/** Registers a verb whose code is loaded only when it runs: `liftlock --help` must not wait for what it does not use. */
export type Act = (load: () => Promise<Verb>) => Action;

/** The whole command line, as it is parsed; nothing of it runs yet. */
export function createProgram(io: Io, register: (program: Command) => void): { program: Command; outcome: Outcome } {
  const outcome: Outcome = { code: undefined };
  const act: Act =
    (load) =>
    async (...given) => {
      const verb = await load();
      // The command itself stands last.
      outcome.code = await verb(sessionOf(io, given.at(-1)), ...given);
    };
  const program = new Command('liftlock')
    .description('Upgrades fleets of Amazon EKS clusters: one minor at a time, in waves, behind checks.')
    .option('--api-url <url>', 'where Liftlock runs (default: LIFTLOCK_API_URL)')
    .option('--api-region <region>', 'AWS Region of the API, where its URL does not tell')
    .option('--profile <name>', 'AWS profile to sign requests with')
    .option('--timeout <seconds>', 'how long one request may take', secondsUpTo(900), 30)
    .option('--no-color', 'no colour on the terminal (also: NO_COLOR)')
    .showHelpAfterError('(add --help for what it takes)')
    .showSuggestionAfterError()
    .configureOutput({ writeOut: (text) => io.out(text), writeErr: (text) => io.err(text) })
    .addHelpText('after', EPILOGUE);
  // Errors come back as exceptions, so that one place gives the exit codes. Subcommands take the settings over when they are added.
  program.exitOverride();
  register(program);
  registerConfigVerbs(program, act);
  registerReadVerbs(program, act);
  registerChangeVerbs(program, act);
  registerScan(program, act);
  registerPlan(program, act);
  registerSimulate(program, act);
  registerVersions(program, act);
  registerCalendar(program, act);
  registerOtherVerbs(program, act);
  return { program, outcome };
}

export const outputOption = (choices: readonly string[] = FORMATS): Option =>
  new Option('-o, --output <format>', 'how to print').choices([...choices]).default('table');

export const reasonOption = (): Option =>
  new Option('--reason <text>', 'why, for the audit and for whoever finds it so');

/** The argument of an option that waits. */
export function secondsUpTo(most: number, least = Number.MIN_VALUE): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It is a number of seconds, up to ${most}.`);
  };
}

const EPILOGUE = `
Exit codes: 0 ok, 1 failure, 2 usage or invalid input, 3 not approved or findings, 4 something could not be read,
5 timed out, 6 blocked by policy, window or gate, 130 interrupted.

Without AWS:  liftlock local up, then in another terminal eval "$(liftlock local env)" and liftlock get clusters`;

/** `versions data`. */
function registerVersions(program: Command, act: Act): void {
  program
    .command('versions')
    .description('what this command line knows of Kubernetes versions')
    .command('data')
    .description('how old the tables behind `liftlock scan` are, how far they reach, and what they rest on')
    .addOption(outputOption())
    .action(act(async () => (await import('./verbs/versions-data.ts')).versionsData));
}
