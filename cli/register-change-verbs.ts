import { type Command, InvalidArgumentError, Option } from 'commander';
import { PLAN_HASH } from '../core/contracts/plan-hash.ts';
import { type Act, outputOption, reasonOption } from './command/verb.ts';

/** Verbs that change what Liftlock does. Each is one request, and the API writes who made it into the audit. */
export function registerChangeVerbs(program: Command, act: Act): void {
  const rollout = program.command('rollout').description('create, pause, resume or abort a rollout');
  rollout
    .command('create <policy>')
    .description('begin a rollout of a policy, whatever its trigger')
    .option('--dry-run', 'print the plan, and create nothing')
    .option('--incomplete-inventory', 'plan over what is known, while discovery is under way')
    .option('--finish', 'take in clusters whose nodes are behind their control plane, where the policy proposes it')
    .addOption(outputOption())
    .action(act(async () => (await import('./verbs/rollout.ts')).createRollout));
  for (const [verb, description] of ROLLOUT_VERBS) {
    const command = withReason(rollout, `${verb} <rollout>`, description);
    if (verb === 'resume')
      command.option('--accept-failures', 'go on although more failed than may; the audit says who');
    command.action(act(async () => (await import('./verbs/rollout.ts')).switchRollout(verb)));
  }
  registerWaveVerbs(program, rollout, act);
  const fleet = program.command('fleet').description('stop or resume everything at once, or show how the fleet stands');
  for (const [verb, description] of FLEET_VERBS)
    withReason(fleet, verb, description).action(act(async () => (await import('./verbs/fleet.ts')).switchFleet(verb)));
  fleet
    .command('status')
    .description('mode, stop switch, caps, and which accounts could be read (exit 4 when one could not)')
    .addOption(outputOption())
    .action(act(async () => (await import('./verbs/fleet.ts')).fleetStatus));
  for (const [verb, description] of HOLD_VERBS)
    withReason(program, `${verb} <kind> <name>`, description).action(
      act(async () => (await import('./verbs/hold.ts')).unhold(verb)),
    );
  program
    .command('upgrade <kind> <name>')
    .description('print what an upgrade of one cluster would do (exit 3); --approve starts its next hop')
    .requiredOption('--to <version>', 'the minor to go to, e.g. 1.36')
    .option('--approve', 'start it')
    .addOption(outputOption())
    .action(act(async () => (await import('./verbs/upgrade.ts')).upgrade));
}

/** A verb that people may give a reason for, beside nothing else that they may say. */
const withReason = (of: Command, verb: string, description: string): Command =>
  of.command(verb).description(description).addOption(reasonOption()).addOption(outputOption());

const ROLLOUT_VERBS = [
  ['pause', 'nothing of it changes a cluster any more until it is resumed; what EKS works on finishes'],
  ['resume', 'go on after a pause, or with a halted wave whose failures fit its budget or are accepted'],
  ['abort', 'stop before the next irreversible step, for good: nothing new starts, nothing is rolled back'],
] as const;
const FLEET_VERBS = [
  ['stop', 'no upgrade changes anything any more, in the whole fleet, from this instant'],
  ['resume', 'let everything go on where it parked'],
] as const;
const HOLD_VERBS = [
  ['retry', 'take the hold off a cluster and have it tried again in its rollout: retry cluster web'],
  ['release', 'take the hold off a cluster; in its rollout it stays as it ended: release cluster web'],
  ['skip', 'take a cluster out of the rollout that it waits in: skip cluster web'],
] as const;

const planOption = (): Option =>
  new Option('--plan <hash>', 'the plan that you have seen; another one now is refused').argParser((text) => {
    if (PLAN_HASH.pattern.test(text)) return text;
    throw new InvalidArgumentError(`It ${PLAN_HASH.otherwise}.`);
  });

/** What people say to a wave: agree, disagree, end its soak, clear what was suspected. */
function registerWaveVerbs(program: Command, rollout: Command, act: Act): void {
  for (const [verb, description] of JUDGING_VERBS) {
    program
      .command(`${verb} <rollout> <wave>`)
      .description(description)
      .addOption(planOption())
      .addOption(reasonOption())
      .addOption(outputOption())
      .action(act(async () => (await import('./verbs/wave.ts')).judgeWave(verb)));
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
    .action(act(async () => (await import('./verbs/break-glass.ts')).breakGlass));
  const pass = 'end the soak of the wave that soaks, its gates included, or let one pass that is undecided';
  withReason(rollout, 'promote <rollout>', pass).action(act(async () => (await import('./verbs/wave.ts')).promote));
  const clear = 'let clusters go on that were set aside for what they share with those that failed';
  withReason(rollout, 'release-trait <rollout> <trait>', clear).action(
    act(async () => (await import('./verbs/wave.ts')).releaseTrait),
  );
}

const JUDGING_VERBS = [
  ['approve', 'agree to the plan of a wave, in your name'],
  ['reject', 'disagree with the plan of a wave: it does not begin, or nothing new starts in it'],
] as const;
