import { type Command, InvalidArgumentError, Option } from 'commander';
import { PLAN_HASH } from '../core/contracts/plan-hash.ts';
import { type Act, outputOption, reasonOption } from './program.ts';

const planOption = (): Option =>
  new Option('--plan <hash>', 'the plan that you have seen; another one now is refused').argParser((text) => {
    if (PLAN_HASH.pattern.test(text)) return text;
    throw new InvalidArgumentError(`It ${PLAN_HASH.otherwise}.`);
  });

/** What people say to a wave: agree, disagree, end its soak, clear what was suspected. */
export function registerWaveVerbs(program: Command, rollout: Command, act: Act): void {
  for (const [verb, description] of JUDGING_VERBS) {
    program
      .command(`${verb} <rollout> <wave>`)
      .description(description)
      .addOption(planOption())
      .addOption(reasonOption())
      .addOption(outputOption())
      .action((id, wave, options, command) =>
        act(async (session) => (await import('./verbs/wave.ts')).judgeWave(session, verb, id, wave, options), command),
      );
  }
  program
    .command('break-glass <kind> <names...>')
    .description(
      'let a cluster, or a wave (wave ROLLOUT NAME), go outside of its windows and inside freezes for a while',
    )
    .option('--for <duration>', 'how long it holds, at most 24h', '1h')
    .option('--end', 'end it now')
    .addOption(reasonOption())
    .addOption(outputOption())
    .action((kind, names, options, command) =>
      act(
        async (session) => (await import('./verbs/break-glass.ts')).breakGlass(session, kind, names, options),
        command,
      ),
    );
  rollout
    .command('promote <rollout>')
    .description('end the soak of the wave that soaks, its gates included')
    .addOption(reasonOption())
    .addOption(outputOption())
    .action((id, options, command) =>
      act(async (session) => (await import('./verbs/wave.ts')).promote(session, id, options), command),
    );
  rollout
    .command('release-trait <rollout> <trait>')
    .description('let clusters go on that were set aside for what they share with those that failed')
    .addOption(reasonOption())
    .addOption(outputOption())
    .action((id, trait, options, command) =>
      act(async (session) => (await import('./verbs/wave.ts')).releaseTrait(session, id, trait, options), command),
    );
}

const JUDGING_VERBS = [
  ['approve', 'agree to the plan of a wave, in your name'],
  ['reject', 'disagree with the plan of a wave: it does not begin, or nothing new starts in it'],
] as const;
