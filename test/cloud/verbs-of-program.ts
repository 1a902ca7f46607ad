import type { Command } from 'commander';
import { processIo } from '../../cli/command/io.ts';
import { createProgram } from '../../cli/program.ts';

/** They work on files and on this machine alone. */
const OFFLINE: readonly string[] = [
  'start',
  'local up',
  'local down',
  'local env',
  'local status',
  'validate',
  'plan',
  'simulate',
  'versions data',
  'calendar import',
  'completion',
  'version',
];

/** Verbs that no line has called, and are not known to ask nobody; and what is called offline but is no verb any more. */
export function uncalledVerbs(lines: readonly string[]): string[] {
  const verbs = verbsOf(createProgram(processIo(), () => {}));
  const isCalled = (verb: string): boolean => lines.some((line) => `${line} `.startsWith(`${verb} `));
  return [
    ...verbs
      .filter((verb) => !OFFLINE.includes(verb) && !isCalled(verb))
      .map(
        (verb) =>
          `nobody has called liftlock ${verb}: call it in verb-calls.ts, or name it among those that ask nobody`,
      ),
    ...OFFLINE.filter((verb) => !verbs.includes(verb)).map((verb) => `there is no liftlock ${verb} any more`),
  ];
}

function verbsOf({ commands }: Command, before: readonly string[] = []): string[] {
  return commands.flatMap((command) => {
    const path = [...before, command.name()];
    return command.commands.length === 0 ? [path.join(' ')] : verbsOf(command, path);
  });
}
