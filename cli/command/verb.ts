import { type Command, InvalidArgumentError } from 'commander';
import { type ExitCode, FORMATS, type Session } from './session.ts';

/** What there is to know of an option, beside what help shows. */
interface OptionRules {
  readonly default?: unknown;
  readonly choices?: readonly string[];
  /** Throws InvalidArgumentError; `before` is what a repeated option has given so far. */
  readonly parse?: (text: string, before: never) => unknown;
  readonly required?: true;
  /** Options that mean nothing beside it. */
  readonly conflicts?: readonly string[];
}
export type VerbOption = readonly [flags: string, description: string, rules?: OptionRules];

/** What a verb does with what a person gave it: arguments and options, as commander hands them over, and the command. */
type Run = (session: Session, ...given: Parameters<Parameters<Command['action']>[0]>) => ExitCode | Promise<ExitCode>;

/** A verb as help tells of it. */
export interface Verb {
  readonly alias?: string;
  readonly description: string;
  /** All that its first argument may be. */
  readonly nouns?: readonly string[];
  readonly options?: readonly VerbOption[];
  /** Gives its exit code. Loaded when it runs: `liftlock --help` must not wait for what it does not use. Absent = others belong to it. */
  readonly load?: () => Promise<Run>;
}

/** By all words of theirs, those of the verbs that they belong to first, then their arguments: `rollout create <policy>`. */
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

/** The argument of an option that is a number: whether it is right, and what to say where it is not. */
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

/** The argument of an option that waits. */
export const secondsUpTo = (most: number, least = Number.MIN_VALUE): ((text: string) => number) =>
  numberOption((value) => value >= least && value <= most, `It is a number of seconds, up to ${most}.`);
