import type { Command } from 'commander';
import { type Act, outputOption } from './program.ts';

const file = '-f, --filename <path...>';
const what = 'a file, a folder, or - for standard input; may be repeated';

/** `validate` and `apply`. */
export function registerConfigVerbs(program: Command, act: Act): void {
  program
    .command('validate')
    .description('check config files offline: every error with its file, line and column')
    .requiredOption(file, what)
    .option('-R, --recursive', 'folders with their subfolders')
    .addOption(outputOption())
    .action(act(async () => (await import('./verbs/validate.ts')).validate));
  program
    .command('apply')
    .description('validate config files and apply them, all or none')
    .requiredOption(file, what)
    .option('-R, --recursive', 'folders with their subfolders')
    .option('--dry-run', 'say what would change, and change nothing')
    .addOption(outputOption())
    .action(act(async () => (await import('./verbs/apply.ts')).apply));
}
