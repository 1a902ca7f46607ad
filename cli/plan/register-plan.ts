import { type Command, InvalidArgumentError } from 'commander';
import { type Act, outputOption } from '../program.ts';

export function registerPlan(program: Command, act: Act): void {
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
    .action(act(async () => (await import('./plan.ts')).plan));
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It is a whole number of at most nine digits.');
  return value;
}
