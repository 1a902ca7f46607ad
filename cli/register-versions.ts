import type { Command } from 'commander';
import { type Act, outputOption } from './program.ts';

/** `versions data`. */
export function registerVersions(program: Command, act: Act): void {
  program
    .command('versions')
    .description('what this command line knows of Kubernetes versions')
    .command('data')
    .description('how old the tables behind `liftlock scan` are, how far they reach, and what they rest on')
    .addOption(outputOption())
    .action((options, command) =>
      act(async (session) => (await import('./verbs/versions-data.ts')).versionsData(session, options.output), command),
    );
}
