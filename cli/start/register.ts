import type { Command } from 'commander';
import { numberOption } from '../command/number-option.ts';

/** What `liftlock start` takes; the run itself is loaded only when it runs. */
export interface StartOptions {
  readonly fleet: string;
  readonly output: 'table' | 'json';
  readonly html?: string;
  readonly seed: number;
  readonly speed?: number;
  readonly days: number;
  readonly live?: boolean;
  readonly serve?: number | true;
  readonly inProcess?: boolean;
  readonly timings?: boolean;
}

const port = numberOption(
  (value) => Number.isInteger(value) && value >= 0 && value <= 65_535,
  'It must be a port, from 1 to 65535, or 0 for a free one.',
);

const number = (least: number) =>
  numberOption((value) => Number.isFinite(value) && value >= least, `It must be a number, at least ${least}.`);

/** Registers `start` (and `demo`, the same under the name people look for). */
export function registerStart(program: Command, exampleFleet: string): void {
  program
    .command('start')
    .alias('demo')
    .description(
      'upgrade a fleet on this machine: what cdk synth made runs in a local cloud, in virtual time, with no AWS account',
    )
    .option('--fleet <folder>', 'folder with describe-* JSON, config and scenario', exampleFleet)
    .option('-o, --output <format>', 'table or json', 'table')
    .option('--html <file>', 'also write the report as one self-contained page')
    .option('--seed <number>', 'seed of durations and identifiers', number(0), 1)
    .option(
      '--speed <factor>',
      'simulated seconds per real second, to watch it slowly (absent: as fast as it goes)',
      number(0.001),
    )
    .option('--days <number>', 'simulated days after which the run ends at the latest', number(0.01), 30)
    .option('--no-live', 'plain lines instead of the live view')
    .option(
      '--serve [port]',
      'keep running and print how the AWS CLI, kubectl and liftlock get there (the port, if given, is that of the services)',
      port,
    )
    .option(
      '--in-process',
      'the quick way: the same decisions, steps and machines in one process, without the local cloud',
    )
    .option('--timings', 'also say where the seconds went')
    .action(async (options: StartOptions) => {
      const { start } = await import('./start.ts');
      process.exitCode = await start(options);
    });
}
