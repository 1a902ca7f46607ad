import type { Argument, Command } from 'commander';
import { createProgram } from '../../cli/program.ts';
import { caughtIo } from '../material/cli/run-in-process.ts';

/** A command line as it stands in a sentence, ready to run; or what keeps a person from pasting it. */
export type Printed = { readonly argv: readonly string[] } | { readonly text: string; readonly problem: string };

/** Words that stand for what the reader knows. */
const PLACEHOLDERS: Readonly<Record<string, string>> = { WHY: 'because it was said' };

/**
 * All commands of Liftlock that stand in a text. The command line's own parser says where each ends: its verb, as many arguments as the verb takes, and
 * options for as long as they go on. So a command that lacks an argument or has an option that its verb does not know is found here.
 */
export function printedCommands(text: string): Printed[] {
  const program = createProgram(caughtIo().io, () => {});
  return [...text.matchAll(/(?<![\w./-])liftlock (?=[a-z])/g)].flatMap(({ index, 0: { length } }) => {
    const read = new Words(text.slice(index + length));
    const printed = readCommand(program, read);
    return printed === undefined ? [] : [printed];
  });
}

/** Undefined where a sentence only speaks of Liftlock. */
function readCommand(program: Command, words: Words): Printed | undefined {
  const argv: string[] = [];
  let command = program;
  while (command.commands.length > 0) {
    const next = command.commands.find((one) => one.name() === words.peek());
    if (next === undefined) return argv.length === 0 ? undefined : problem(words, `${argv.join(' ')} lacks its verb`);
    argv.push(words.take());
    command = next;
  }
  for (const argument of argumentsIn(words, command)) {
    // A verb with a kind needs its name, which the parser does not know (cli/program.ts).
    if (!argument.required && command.registeredArguments[0]?.name() !== 'kind' && !words.goesOn()) break;
    if (!words.goesOn()) return problem(words, `${argv.join(' ')} lacks its ${argument.name()}`);
    argv.push(words.take());
    while (argument.variadic && words.isQuoted()) argv.push(words.take());
  }
  while (words.goesOn() && words.peek().startsWith('-')) {
    const flag = words.take();
    const option = command.options.find((one) => one.long === flag || one.short === flag);
    if (option === undefined) return problem(words, `${argv.join(' ')} has no option ${flag}`);
    argv.push(flag);
    if (!option.required) continue;
    if (!words.goesOn()) return problem(words, `${flag} lacks its value`);
    argv.push(words.take());
  }
  return { argv: argv.map((word) => PLACEHOLDERS[word] ?? word) };
}

/** Sentences name lists by `liftlock get clusters`, without a name, and the readiness of the fleet by `liftlock readiness`. */
function argumentsIn(words: Words, command: Command): readonly Argument[] {
  const all = command.registeredArguments;
  if (command.name() === 'get') return all.slice(0, 1);
  return command.name() === 'readiness' && words.peek() !== 'cluster' ? [] : all;
}

const problem = ({ text }: Words, what: string): Printed => ({ text: `liftlock ${text.slice(0, 120)}`, problem: what });

/** The words of a text as a shell splits them, up to the end of the clause that the first one begins. */
class Words {
  readonly text: string;
  #at = 0;
  #ended = false;

  constructor(text: string) {
    this.text = text;
  }

  #next(): RegExpExecArray | null {
    const word = /\s*((?:'[^']*'|[^\s'])+)/y;
    word.lastIndex = this.#at;
    return this.#ended ? null : word.exec(this.text);
  }

  goesOn(): boolean {
    return this.#next() !== null;
  }

  isQuoted(): boolean {
    return this.#next()?.[1]?.startsWith("'") === true;
  }

  /** The next word without the punctuation of its sentence; empty at the end. */
  peek(): string {
    return unquoted(withoutPunctuation(this.#next()?.[1] ?? ''));
  }

  take(): string {
    const found = this.#next();
    const [whole = '', word = ''] = found ?? [];
    const bare = withoutPunctuation(word);
    this.#at += whole.length;
    this.#ended = bare !== word || this.text[this.#at] === '\n';
    return unquoted(bare);
  }
}

const withoutPunctuation = (word: string): string => word.replace(/[.,;:)\]"]+$/, '');
const unquoted = (word: string): string => word.replace(/'([^']*)'/g, '$1');
