import { type Command, InvalidArgumentError } from 'commander';
import { type Act, outputOption } from '../program.ts';

/** `calendar` and `calendar import`. */
export function registerCalendar(program: Command, act: Act): void {
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
    .action(act(async () => (await import('./calendar.ts')).calendar));
  calendar
    .command('import <file>')
    .description('print a Calendar whose freezes are the events of an iCalendar file (- for standard input)')
    .option('--name <name>', 'name of the calendar (default: that of the file)')
    .option('--time-zone <zone>', 'zone of whole days and of times without one (default: that of the file, else UTC)')
    .action(act(async () => (await import('./import.ts')).importCalendar));
}

function count(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < 1 || value > 1000)
    throw new InvalidArgumentError('It is a number from 1 to 1000.');
  return value;
}
