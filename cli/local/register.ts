import type { Command } from 'commander';
import { numberOption } from '../command/number-option.ts';

export interface LocalUpOptions {
  readonly fleet: string;
  readonly port?: number;
  readonly state?: string;
  readonly speed: number;
  readonly seed: number;
  readonly assembly?: string;
}

const port = numberOption(
  (value) => Number.isInteger(value) && value >= 1 && value <= 65_535,
  'It must be a port, from 1 to 65535.',
);

const factor = numberOption(
  (value) => Number.isFinite(value) && value >= 0.001,
  'It must be a number of simulated seconds per real second.',
);

/** Runs a command whose code is loaded only then, and ends the process with its code. */
const ended =
  <Options>(load: () => Promise<(options: Options) => number | Promise<number>>) =>
  async (options: Options): Promise<void> => {
    const run = await load();
    process.exitCode = await run(options);
  };

/** Registers `local up`, `local down`, `local env` and `local status`. */
export function registerLocal(program: Command, exampleFleet: string): void {
  const local = program
    .command('local')
    .description('the local cloud: what cdk synth made, on this machine, for the AWS CLI, kubectl and liftlock');
  local
    .command('up')
    .description('start it, install the stacks and a fleet, and print how to reach it; Ctrl-C ends it')
    .option('--fleet <folder>', 'folder with describe-* JSON, config and scenario', exampleFleet)
    .option('--port <port>', 'of the services (default: a free one)', port)
    .option('--state <folder>', 'keep everything in this folder, and go on from it')
    .option('--speed <factor>', 'simulated seconds per real second', factor, 60)
    .option('--seed <number>', 'seed of durations and identifiers', Number, 1)
    .option('--assembly <folder>', 'a cloud assembly (cdk.out) to install instead of synthesizing one')
    .action(ended(async () => (await import('./local-up.ts')).localUp));
  local
    .command('down')
    .description('end the local cloud that runs on this machine')
    .option('--port <port>', 'which one, where several run', port)
    .action(ended(async () => (await import('./running-cloud.ts')).localDown));
  local
    .command('env')
    .description('print the export lines of the local cloud that runs on this machine')
    .option('--account <id>', 'as the administrator of this account (default: the hub)')
    .option('--port <port>', 'which one, where several run', port)
    .option('--as <kind>', "as somebody who has one of the hub's policies for people: viewer, operator, approver …")
    .action(ended(async () => (await import('./running-cloud.ts')).localEnvironment));
  local
    .command('status')
    .description('the local clouds that run on this machine')
    .option('-o, --output <format>', 'table or json', 'table')
    .action(ended(async () => (await import('./running-cloud.ts')).localStatus));
}
