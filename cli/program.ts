import { Command, CommanderError, Option } from 'commander';
import { visible } from '../core/model/visible.ts';
import type { ApiClient } from './client/api-client.ts';
import { EXIT, type ExitCode, Failure } from './command/failure.ts';
import type { GlobalOptions, Io } from './command/io.ts';
import type { Session } from './command/session.ts';
import { OUTPUT, secondsUpTo, type Verb } from './command/verb.ts';
import { FLEET_VERBS } from './fleet-verbs.ts';
import { LOCAL_VERBS } from './local-verbs.ts';
import { OFFLINE_VERBS } from './offline-verbs.ts';
import { OTHER_VERBS } from './other-verbs.ts';
import { colourOf } from './output/print.ts';

/** Runs one command line and returns its exit code. */
export async function runCommand(argv: readonly string[], io: Io): Promise<ExitCode> {
  let code: ExitCode = EXIT.ok;
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
    const { name, message, stack, path }: NodeJS.ErrnoException =
      error instanceof Error ? error : new Error(String(error));
    // A file of the user's: where it is to be written, too, no stack says more.
    if (path !== undefined) {
      const where = io.env.LIFTLOCK_DEBUG === undefined ? '' : `${stack ?? ''}\n`;
      io.err(`liftlock: ${visible(message)}. Check the name, the folder and what you may do there.\n${where}`);
      return EXIT.failure;
    }
    const invalid = name === 'InvalidInput' || name === 'FleetFolderInvalid';
    const more = io.env.LIFTLOCK_DEBUG === undefined ? ' Set LIFTLOCK_DEBUG=1 to see where.' : `\n${stack ?? ''}`;
    io.err(invalid ? `liftlock: ${message}\n` : `liftlock: ${name}: ${message}${more}\n`);
    return invalid ? EXIT.invalid : EXIT.failure;
  }
}

/** The whole command line for parsing; no verb runs yet. The verb that runs reports its exit code to `ended`. */
export function createProgram(io: Io, ended: (code: ExitCode) => void): Command {
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
  // Errors become exceptions, so that one place decides the exit codes. Subcommands inherit this setting when they are added.
  program.exitOverride();
  for (const [words, verb] of Object.entries({ ...LOCAL_VERBS, ...FLEET_VERBS, ...OFFLINE_VERBS, ...OTHER_VERBS })) {
    const { load } = verb;
    const command = register(program, words, verb);
    if (load === undefined) continue;
    const argumentsOf = takesKind(words)
      ? kindAndNames(command, words)
      : takesSubject(words)
        ? subjectAndName
        : (given: Given) => given;
    command.action(async (...given) => ended(await (await load())(sessionOf(io, command), ...argumentsOf(given))));
  }
  return program;
}

/** Adds a verb to the command of its first words. */
function register(parent: Command, words: string, verb: Verb): Command {
  const [first, ...rest] = words.split(' ');
  const of = parent.commands.find((command) => command.name() === first);
  if (of !== undefined) return register(of, rest.join(' '), verb);
  const { alias, description, nouns, options = verb.load === undefined ? [] : [OUTPUT] } = verb;
  const command = parent
    .command(
      takesKind(words) ? words.replace(/<(names?)(\.*)>/, '[$1$2]') : takesSubject(words) ? `${words} [name]` : words,
    )
    .description(description);
  if (alias !== undefined) command.alias(alias);
  if (nouns !== undefined) command.registeredArguments[0]?.choices(nouns);
  for (const [flags, text, { choices, parse, conflicts = [], required = false, ...more } = {}] of options) {
    const option = new Option(flags, text).default(more.default).conflicts([...conflicts]);
    if (choices !== undefined) option.choices(choices);
    if (parse !== undefined) option.argParser(parse as (text: string) => unknown);
    command.addOption(option.makeOptionMandatory(required));
  }
  return command;
}

type Given = Parameters<Parameters<Command['action']>[0]>;
const takesKind = (words: string): boolean => /[<[]kind[>\]]/.test(words);

const takesSubject = (words: string): boolean => /[<[]subject[>\]]/.test(words);

/** A record is that of rollout/ID, and whoever writes rollout ID, as for other verbs, means the same. */
const subjectAndName = ([subject, name, ...rest]: Given): Given => [
  name === undefined ? subject : `${subject}/${name}`,
  ...rest,
];

/** `get -o name` prints KIND/NAME, and kubectl takes it: here it is KIND NAME. So the parser cannot tell whether a name is missing. */
function kindAndNames(command: Command, words: string): (given: Given) => Given {
  command.usage(`[options] ${words.replace(/^\S+ /, '')} | <kind>/<name>`);
  return ([first, name, ...rest]) => {
    const [, kind, ofKind] = /^([^/]+)\/(.+)$/.exec(first ?? '') ?? [];
    const isList = Array.isArray(name);
    if (ofKind !== undefined && (isList || name === undefined))
      return [kind, isList ? [ofKind, ...name] : ofKind, ...rest];
    const needed = /<(names?)[.>]/.exec(words)?.[1];
    if (needed !== undefined && [name].flat()[0] === undefined)
      command.error(`error: missing required argument '${needed}'`);
    return [first, name, ...rest];
  };
}

function sessionOf(io: Io, command: Command): Session {
  const global = command.optsWithGlobals<GlobalOptions>();
  let client: Promise<ApiClient> | undefined;
  return {
    io,
    paint: colourOf(io, global.color),
    global,
    client() {
      client ??= import('./client/api-client.ts').then(({ createClient }) => createClient(io, global));
      return client;
    },
  };
}

const EPILOGUE = `
Exit codes: 0 ok, 1 failure, 2 usage or invalid input, 3 not approved or findings, 4 something could not be read,
5 timed out, 6 blocked by policy, window or gate, 130 interrupted.

Without AWS:  liftlock local up, then in another terminal eval "$(liftlock local env)" and liftlock get clusters`;
