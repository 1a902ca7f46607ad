import type { Command } from 'commander';
import { type Act, outputOption, reasonOption } from './program.ts';
import { registerWaveVerbs } from './register-wave-verbs.ts';

/** Verbs that change what Liftlock does. Each is one request, and the API writes who made it into the audit. */
export function registerChangeVerbs(program: Command, act: Act): void {
  const rollout = program.command('rollout').description('create, pause, resume or abort a rollout');
  rollout
    .command('create <policy>')
    .description('begin a rollout of a policy, whatever its trigger')
    .option('--dry-run', 'print the plan, and create nothing')
    .option('--incomplete-inventory', 'plan over what is known, while discovery is under way')
    .addOption(outputOption())
    .action((policy, options, command) =>
      act(async (session) => (await import('./verbs/rollout.ts')).createRollout(session, policy, options), command),
    );
  for (const [verb, description] of ROLLOUT_VERBS) {
    const command = rollout
      .command(`${verb} <rollout>`)
      .description(description)
      .addOption(reasonOption())
      .addOption(outputOption());
    if (verb === 'resume')
      command.option('--accept-failures', 'go on although more failed than may; the audit says who');
    command.action((id, options, command) =>
      act(async (session) => (await import('./verbs/rollout.ts')).switchRollout(session, verb, id, options), command),
    );
  }
  registerWaveVerbs(program, rollout, act);
  const fleet = program.command('fleet').description('stop or resume everything at once, or show how the fleet stands');
  for (const [verb, description] of FLEET_VERBS) {
    fleet
      .command(verb)
      .description(description)
      .addOption(reasonOption())
      .addOption(outputOption())
      .action((options, command) =>
        act(async (session) => (await import('./verbs/fleet.ts')).switchFleet(session, verb, options), command),
      );
  }
  fleet
    .command('status')
    .description('mode, stop switch, caps, and which accounts could be read (exit 4 when one could not)')
    .addOption(outputOption())
    .action((options, command) =>
      act(async (session) => (await import('./verbs/fleet.ts')).fleetStatus(session, options.output), command),
    );
  for (const [verb, description] of HOLD_VERBS) {
    program
      .command(`${verb} <kind> <name>`)
      .description(description)
      .addOption(reasonOption())
      .addOption(outputOption())
      .action((kind, name, options, command) =>
        act(async (session) => (await import('./verbs/hold.ts')).unhold(session, verb, kind, name, options), command),
      );
  }
  program
    .command('upgrade <kind> <name>')
    .description('print what an upgrade of one cluster would do (exit 3); --approve starts its next hop')
    .requiredOption('--to <version>', 'the minor to go to, e.g. 1.36')
    .option('--approve', 'start it')
    .addOption(outputOption())
    .action((kind, name, options, command) =>
      act(async (session) => (await import('./verbs/upgrade.ts')).upgrade(session, kind, name, options), command),
    );
}

const ROLLOUT_VERBS = [
  ['pause', 'nothing of it changes a cluster any more until it is resumed; what EKS works on finishes'],
  ['resume', 'go on after a pause, an undecided wave, or a halted one whose failures are accepted'],
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
