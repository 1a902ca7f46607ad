import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { numberOption, type VerbOption, type Verbs } from './command/verb.ts';

const exampleFleet = relative(process.cwd(), fileURLToPath(new URL('../examples/fleet', import.meta.url)));
const FLEET: VerbOption = [
  '--fleet <folder>',
  'folder with describe-* JSON, config and scenario',
  { default: exampleFleet },
];
const FORMAT: VerbOption = ['-o, --output <format>', 'table or json', { default: 'table' }];

const numberFrom = (least: number) =>
  numberOption((value) => Number.isFinite(value) && value >= least, `It must be a number, at least ${least}.`);
const factor = numberOption(
  (value) => Number.isFinite(value) && value >= 0.001,
  'It must be a number of simulated seconds per real second.',
);
const portFrom = (least: number, words: string) =>
  numberOption((value) => Number.isInteger(value) && value >= least && value <= 65_535, `It must be a port, ${words}.`);
const port = portFrom(1, 'from 1 to 65535');
const WHICH: VerbOption = ['--port <port>', 'which one, where several run', { parse: port }];

/** The verbs that run Liftlock on this machine. */
export const LOCAL_VERBS: Verbs = {
  start: {
    // Users look for this name.
    alias: 'demo',
    description:
      'upgrade a fleet on this machine: what cdk synth made runs in a local cloud, in virtual time, with no AWS account',
    options: [
      FLEET,
      FORMAT,
      ['--html <file>', 'also write the report as one self-contained page'],
      ['--seed <number>', 'seed of durations and identifiers', { parse: numberFrom(0), default: 1 }],
      [
        '--speed <factor>',
        'simulated seconds per real second, to watch it slowly (absent: as fast as it goes)',
        { parse: numberFrom(0.001) },
      ],
      [
        '--days <number>',
        'simulated days after which the run ends at the latest',
        { parse: numberFrom(0.01), default: 30 },
      ],
      ['--no-live', 'plain lines instead of the live view'],
      [
        '--serve [port]',
        'keep running and print how the AWS CLI, kubectl and liftlock get there (the port, if given, is that of the services)',
        { parse: portFrom(0, 'from 1 to 65535, or 0 for a free one') },
      ],
      ['--in-process', 'the quick way: the same decisions, steps and machines in one process, without the local cloud'],
      ['--timings', 'also say where the seconds went'],
    ],
    load: async () => (await import('./start/start.ts')).start,
  },
  local: {
    description: 'the local cloud: what cdk synth made, on this machine, for the AWS CLI, kubectl and liftlock',
  },
  'local up': {
    description: 'start it, install the stacks and a fleet, and print how to reach it; Ctrl-C ends it',
    options: [
      FLEET,
      ['--port <port>', 'of the services (default: a free one)', { parse: port }],
      ['--state <folder>', 'keep everything in this folder, and go on from it'],
      ['--speed <factor>', 'simulated seconds per real second', { parse: factor, default: 60 }],
      ['--seed <number>', 'seed of durations and identifiers', { parse: numberFrom(0), default: 1 }],
      ['--assembly <folder>', 'a cloud assembly (cdk.out) to install instead of synthesizing one'],
    ],
    load: async () => (await import('./local/local-up.ts')).startLocalCloud,
  },
  'local down': {
    description: 'end the local cloud that runs on this machine',
    options: [WHICH],
    load: async () => (await import('./local/running-cloud.ts')).stopLocalCloud,
  },
  'local env': {
    description: 'print the export lines of the local cloud that runs on this machine',
    options: [
      ['--account <id>', 'as the administrator of this account (default: the hub)'],
      WHICH,
      ['--as <kind>', "as somebody who has one of the hub's policies for people: viewer, operator, approver …"],
    ],
    load: async () => (await import('./local/running-cloud.ts')).localEnvironment,
  },
  'local status': {
    description: 'the local clouds that run on this machine',
    options: [FORMAT],
    load: async () => (await import('./local/running-cloud.ts')).localStatus,
  },
};
