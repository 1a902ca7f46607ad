import { type Command, Option } from 'commander';
import { type ExitCode, FORMATS, type Session } from './session.ts';

type Action = Parameters<Command['action']>[0];
/** What a verb does with what a person gave it: arguments and options, as commander hands them over. */
export type Verb = (session: Session, ...given: Parameters<Action>) => Promise<ExitCode>;

/** Registers a verb whose code is loaded only when it runs: `liftlock --help` must not wait for what it does not use. */
export type Act = (load: () => Promise<Verb>) => Action;

export const outputOption = (choices: readonly string[] = FORMATS): Option =>
  new Option('-o, --output <format>', 'how to print').choices([...choices]).default('table');

export const reasonOption = (): Option =>
  new Option('--reason <text>', 'why, for the audit and for whoever finds it so');
