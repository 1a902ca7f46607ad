import { Command, Option } from 'commander';
import type { ApiClient } from './client/api-client.ts';
import type { Io } from './command/io.ts';
import { numberOption, secondsUpTo } from './command/number-option.ts';
import type { ExitCode, GlobalOptions, Session } from './command/session.ts';
import { type Act, outputOption } from './command/verb.ts';
import { colourOf } from './output/paint.ts';
import { registerChangeVerbs } from './register-change-verbs.ts';
import { registerOtherVerbs } from './register-other-verbs.ts';
import { registerScan } from './scan/register-scan.ts';

/** Set by the verb that ran. */
interface Outcome {
  code: ExitCode | undefined;
}

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

function sessionOf(io: Io, command: Command): Session {
  const global = command.optsWithGlobals<GlobalOptions>();
  let client: Promise<ApiClient> | undefined;
  return {
    io,
    paint: colourOf(io, global.color),
    global,
    client() {
      client ??= import('./client/create-client.ts').then(({ createClient }) => createClient(io, global));
      return client;
    },
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

const FILES = '-f, --filename <path...>';
const WHICH_FILES = 'a file, a folder, or - for standard input; may be repeated';

/** `validate` and `apply`. */
function registerConfigVerbs(program: Command, act: Act): void {
  program
    .command('validate')
    .description('check config files offline: every error with its file, line and column')
    .requiredOption(FILES, WHICH_FILES)
    .option('-R, --recursive', 'folders with their subfolders')
    .addOption(outputOption())
    .action(act(async () => (await import('./verbs/config.ts')).validate));
  program
    .command('apply')
    .description('validate config files and apply them, all or none')
    .requiredOption(FILES, WHICH_FILES)
    .option('-R, --recursive', 'folders with their subfolders')
    .option('--dry-run', 'say what would change, and change nothing')
    .addOption(outputOption())
    .action(act(async () => (await import('./verbs/config.ts')).apply));
}

/** `get`, `describe`, `explain`. */
function registerReadVerbs(program: Command, act: Act): void {
  program
    .command('get <kind> [name]')
    .description('list clusters, rollouts, upgrades, policies, calendars, channels, versions or accounts')
    .addOption(outputOption(['table', 'wide', 'json', 'yaml', 'name', 'jsonl']))
    .option('-l, --selector <labels>', 'only clusters with these labels, e.g. env=prod,team!=web')
    .option('--account <id>', 'only clusters of this account')
    .option('--region <region>', 'only clusters of this Region')
    .option('--all', 'upgrades that have ended and clusters that are gone too')
    .option('-w, --watch', 'go on, and show every change')
    .option('--interval <seconds>', 'with --watch: time between two looks', secondsUpTo(3600, 0.05), 2)
    .option('--no-headers', 'no line of headers')
    .action(act(async () => (await import('./verbs/get.ts')).get));
  program
    .command('describe <kind> <name>')
    .description('everything about one cluster, rollout or policy')
    .addOption(outputOption())
    .action(act(async () => (await import('./verbs/describe.ts')).describe));
  program
    .command('explain <kind> <name>')
    .description('why a cluster is or is not upgrading, and when it will: explain cluster web')
    .addOption(outputOption())
    .action(act(async () => (await import('./verbs/explain.ts')).explain));
}

function registerPlan(program: Command, act: Act): void {
  program
    .command('plan')
    .description('what would happen to a fleet, with dates, offline; exit 3 when a deadline cannot be met')
    .requiredOption('-f, --filename <path...>', 'policies, calendars, Fleet: a file, a folder, or -; may be repeated')
    .option('-R, --recursive', 'folders with their subfolders')
    .requiredOption('--inventory <file>', 'the clusters, as `liftlock get clusters -o yaml` prints them')
    .option('--now <instant>', 'RFC 3339 with a zone: plan from then on (default: now)')
    .option('--target <version>', 'latest, latest-1 or a minor, instead of what the policies say')
    .option('--seed <number>', 'what chance is drawn from for the eta', wholeNumber, 1)
    .option('--diff <plan>', 'an older plan as JSON: print what has moved since')
    .addOption(outputOption(['table', 'json', 'yaml', 'html']))
    .action(act(async () => (await import('./plan/plan.ts')).plan));
}

const wholeNumber = numberOption((_, text) => /^\d{1,9}$/.test(text), 'It is a whole number of at most nine digits.');

/** `simulate`. */
function registerSimulate(program: Command, act: Act): void {
  program
    .command('simulate')
    .description('run whole rollouts on a simulated EKS, with faults, and judge them (exit 1 on a violation)')
    .addOption(new Option('--fleet <folder>', 'a folder as `liftlock start` takes it').conflicts('clusters'))
    .addOption(
      new Option('--clusters <count>', 'a synthetic fleet of so many clusters').argParser(positiveNumber).default(50),
    )
    .option('--target <minor>', 'where the fleet goes (synthetic: the newest that the simulated EKS knows)')
    .addOption(
      new Option('--seed <number>', 'of the fleet, the durations and the faults').argParser(signedNumber).default(1),
    )
    .addOption(
      new Option('--faults <level>', 'how much goes wrong').choices(['none', 'light', 'heavy']).default('none'),
    )
    .addOption(new Option('--runs <count>', 'so many runs, with the seeds that follow').argParser(positiveNumber))
    // All of a run is in its file; what is said beside it would be read over.
    .addOption(
      new Option('--replay <file>', 'run what a violation has left behind').conflicts([
        'fleet',
        'runs',
        'clusters',
        'target',
        'seed',
        'faults',
      ]),
    )
    .option('--no-shrink', 'do not look for the shortest history of a violation')
    .addOption(outputOption())
    .action(act(async () => (await import('./simulate/simulate.ts')).simulate));
}

const positiveNumber = numberOption(
  (value, text) => /^\d{1,9}$/.test(text) && value >= 1,
  'It is a whole number of at most nine digits, 1 or more.',
);

const signedNumber = numberOption(
  (_, text) => /^-?\d{1,9}$/.test(text),
  'It is a whole number of at most nine digits.',
);

/** `calendar` and `calendar import`. */
function registerCalendar(program: Command, act: Act): void {
  const calendar = program
    .command('calendar')
    .description('when changes may be made by the calendars of config files, offline; exit 0 also when closed')
    // Not required for the parser: `calendar import` takes none.
    .option('-f, --filename <path...>', 'a file, a folder, or - for standard input; may be repeated')
    .option('-R, --recursive', 'folders with their subfolders')
    .option('--calendar <name>', 'one of several calendars; without it all of them must be open')
    .option('--at <instant...>', 'RFC 3339 with a zone; may be repeated (default: now)')
    .option('--next <count>', 'the next openings instead of the state', count)
    .addOption(outputOption(['table', 'json', 'yaml', 'ics']))
    .action(act(async () => (await import('./calendar/calendar.ts')).calendar));
  calendar
    .command('import <file>')
    .description('print a Calendar whose freezes are the events of an iCalendar file (- for standard input)')
    .option('--name <name>', 'name of the calendar (default: that of the file)')
    .option('--time-zone <zone>', 'zone of whole days and of times without one (default: that of the file, else UTC)')
    .action(act(async () => (await import('./calendar/import.ts')).importCalendar));
}

const count = numberOption(
  (value, text) => /^\d+$/.test(text) && value >= 1 && value <= 1000,
  'It is a number from 1 to 1000.',
);
