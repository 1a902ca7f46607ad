import { type Command, InvalidArgumentError } from 'commander';
import type { ExitCode } from './failure.ts';
import { FORMATS, type Session } from './session.ts';

/** The rules of an option, beside its text in the help. */
interface OptionRules {
  readonly default?: unknown;
  readonly choices?: readonly string[];
  /** Throws InvalidArgumentError; `before` is the value so far of a repeated option. */
  readonly parse?: (text: string, before: never) => unknown;
  readonly required?: true;
  /** Options that have no effect beside it. */
  readonly conflicts?: readonly string[];
}
export type VerbOption = readonly [flags: string, description: string, rules?: OptionRules];

/** Runs a verb with the arguments and options as commander passes them, and the command. */
type Run = (session: Session, ...given: Parameters<Parameters<Command['action']>[0]>) => ExitCode | Promise<ExitCode>;

/** A verb as the help describes it. */
export interface Verb {
  readonly alias?: string;
  readonly description: string;
  /** All values of its first argument. */
  readonly nouns?: readonly string[];
  readonly options?: readonly VerbOption[];
  /**
   * Returns the exit code. It is loaded when it runs, so that `liftlock --help` loads nothing else. Absent for a verb that only has other verbs below
   * it.
   */
  readonly load?: () => Promise<Run>;
}

/** Verbs by all their words, those of their parents first, then their arguments: `rollout create <policy>`. */
export type Verbs = Readonly<Record<string, Verb>>;

export const output = (choices: readonly string[] = FORMATS): VerbOption => [
  '-o, --output <format>',
  'how to print',
  { choices, default: 'table' },
];
export const OUTPUT = output();
export const REASON: VerbOption = ['--reason <text>', 'why, for the audit and for whoever finds it so'];

export const WHICH_FILES = 'a file, a folder, or - for standard input; may be repeated';
export const FILES: VerbOption = ['-f, --filename <path...>', WHICH_FILES, { required: true }];
export const RECURSIVE: VerbOption = ['-R, --recursive', 'folders with their subfolders'];

/** Parses a number, with the message for a wrong one. */
export const numberOption =
  (isRight: (value: number, text: string) => boolean, message: string) =>
  (text: string): number => {
    const value = Number(text);
    if (isRight(value, text)) return value;
    throw new InvalidArgumentError(message);
  };

const requestRate = numberOption((value) => value > 0 && value <= 1_000, 'It is a number above 0, up to 1000.');
export const REQUEST_RATE: VerbOption = [
  '--requests-per-second <number>',
  'at most so many requests to the API server',
  { parse: requestRate, default: 50 },
];

/** Parses a number of seconds. */
export const secondsUpTo = (most: number, least = Number.MIN_VALUE): ((text: string) => number) =>
  numberOption((value) => value >= least && value <= most, `It is a number of seconds, up to ${most}.`);
