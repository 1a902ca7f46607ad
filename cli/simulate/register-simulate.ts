import { type Command, Option } from 'commander';
import { numberOption } from '../number-option.ts';
import { type Act, outputOption } from '../program.ts';

/** `simulate`. */
export function registerSimulate(program: Command, act: Act): void {
  program
    .command('simulate')
    .description('run whole rollouts on a simulated EKS, with faults, and judge them (exit 1 on a violation)')
    .addOption(new Option('--fleet <folder>', 'a folder as `liftlock start` takes it').conflicts('clusters'))
    .addOption(new Option('--clusters <count>', 'a synthetic fleet of so many clusters').argParser(count).default(50))
    .option('--target <minor>', 'where the fleet goes (synthetic: the newest that the simulated EKS knows)')
    .addOption(new Option('--seed <number>', 'of the fleet, the durations and the faults').argParser(whole).default(1))
    .addOption(
      new Option('--faults <level>', 'how much goes wrong').choices(['none', 'light', 'heavy']).default('none'),
    )
    .addOption(new Option('--runs <count>', 'so many runs, with the seeds that follow').argParser(count))
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
    .action(act(async () => (await import('./simulate.ts')).simulate));
}

const count = numberOption(
  (value, text) => /^\d{1,9}$/.test(text) && value >= 1,
  'It is a whole number of at most nine digits, 1 or more.',
);

const whole = numberOption((_, text) => /^-?\d{1,9}$/.test(text), 'It is a whole number of at most nine digits.');
