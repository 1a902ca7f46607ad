import type { Command } from 'commander';
import { type Act, outputOption, secondsUpTo } from './program.ts';

/** `get`, `describe`, `explain`. */
export function registerReadVerbs(program: Command, act: Act): void {
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
