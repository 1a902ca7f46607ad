import { InvalidArgumentError } from 'commander';
import { PLAN_HASH } from '../core/contracts/plan-hash.ts';
import { FORMATS } from './command/session.ts';
import {
  FILES,
  OUTPUT,
  output,
  REASON,
  RECURSIVE,
  REQUEST_RATE,
  secondsUpTo,
  type VerbOption,
  type Verbs,
} from './command/verb.ts';

/** The options of a verb that takes a reason and nothing else. */
const REASONED = [REASON, OUTPUT];

const REPORT_OUTPUT = output(['table', 'json', 'yaml', 'markdown']);
const SINCE: VerbOption = ['--since <when>', 'how long back, or from which date on (2026-08-01)', { default: '30d' }];

const PLAN: VerbOption = [
  '--plan <hash>',
  'the plan that you have seen; another one now is refused',
  {
    parse: (text) => {
      if (PLAN_HASH.pattern.test(text)) return text;
      throw new InvalidArgumentError(`It ${PLAN_HASH.otherwise}.`);
    },
  },
];

/** The verbs that read or change a fleet. Each is one request, and the API writes the caller into the audit. */
export const FLEET_VERBS: Verbs = {
  validate: {
    description: 'check config files offline: every error with its file, line and column',
    options: [FILES, RECURSIVE, OUTPUT],
    load: async () => (await import('./verbs/config.ts')).validate,
  },
  apply: {
    description: 'validate config files and apply them, all or none',
    options: [FILES, RECURSIVE, ['--dry-run', 'say what would change, and change nothing'], OUTPUT],
    load: async () => (await import('./verbs/config.ts')).apply,
  },
  'delete <kind> <name>': {
    description: 'take a policy, calendar, channel or waiver out of the configuration: delete policy standard',
    options: REASONED,
    load: async () => (await import('./verbs/delete.ts')).deleteObject,
  },
  'get <kind> [name]': {
    description: 'list clusters, rollouts, upgrades, policies, calendars, channels, waivers, versions or accounts',
    options: [
      output(['table', 'wide', 'json', 'yaml', 'name', 'jsonl']),
      ['-l, --selector <labels>', 'only clusters with these labels, e.g. env=prod,team!=web'],
      ['--account <id>', 'only clusters of this account'],
      ['--region <region>', 'only clusters of this Region'],
      ['--all', 'upgrades that have ended and clusters that are gone too'],
      ['-w, --watch', 'go on, and show every change'],
      ['--interval <seconds>', 'with --watch: time between two looks', { parse: secondsUpTo(3600, 0.05), default: 2 }],
      ['--no-headers', 'no line of headers'],
    ],
    load: async () => (await import('./verbs/get.ts')).get,
  },
  'describe <kind> <name>': {
    description: 'everything about one cluster, rollout or policy',
    load: async () => (await import('./verbs/describe.ts')).describe,
  },
  'explain <kind> <name>': {
    description: 'why a cluster is or is not upgrading, and when it will: explain cluster web',
    load: async () => (await import('./verbs/explain.ts')).explain,
  },
  'readiness [kind] [name]': {
    description:
      'may clusters go one minor up, and what is in the way: readiness, readiness cluster web (exit 6: blocked)',
    options: [
      ['--to <version>', 'of one cluster: all hops to this minor'],
      ['-l, --selector <labels>', 'only clusters with these labels, e.g. env=prod,team!=web'],
      ['--kubeconfig <file>', 'ask this cluster itself whether its nodes can be drained, without a controller'],
      ['--context <name>', 'a context of the kubeconfig, other than its current one'],
      REQUEST_RATE,
      output([...FORMATS, 'junit', 'sarif']),
    ],
    load: async () => (await import('./readiness/readiness.ts')).readiness,
  },
  report: { description: 'what an owner has to mend, and how readiness came along: report owner payments' },
  'report owner <owner>': {
    description: 'what an owner has to mend in the whole fleet, and before when (exit 6: something stops a hop)',
    options: [REPORT_OUTPUT],
    load: async () => (await import('./report/owner.ts')).reportOwner,
  },
  'report readiness': {
    description: 'since when clusters are stopped and by what, how it ended, and how many were ready from day to day',
    options: [SINCE, REPORT_OUTPUT],
    load: async () => (await import('./report/readiness.ts')).reportReadiness,
  },
  'report effort': {
    description: 'what people did for upgrades and what these waited for, by hop and team, against the period before',
    options: [SINCE, REPORT_OUTPUT],
    load: async () => (await import('./report/effort.ts')).reportEffort,
  },
  'report quarter': {
    description: 'what a quarter, or another period, came to: minors moved, failures, rollbacks, lateness, who agreed',
    options: [
      ['--since <when>', 'how long back, or from which date on (2026-07-01)', { default: '90d' }],
      ['--until <date>', 'until then, itself not a day of it (2026-10-01; default: now)'],
      REPORT_OUTPUT,
    ],
    load: async () => (await import('./report/quarter.ts')).reportQuarter,
  },
  rollout: { description: 'create, pause, resume or abort a rollout' },
  'rollout create <policy>': {
    description: 'begin a rollout of a policy, whatever its trigger',
    options: [
      ['--dry-run', 'print the plan, and create nothing'],
      ['--incomplete-inventory', 'plan over what is known, while discovery is under way'],
      [
        '--finish',
        'take in clusters whose nodes or add-ons are behind their control plane, where the policy proposes it',
      ],
      OUTPUT,
    ],
    load: async () => (await import('./verbs/rollout.ts')).createRollout,
  },
  'rollout pause <rollout>': {
    description: 'it upgrades nothing until it is resumed; what EKS works on finishes, and what goes back goes on',
    options: REASONED,
    load: async () => (await import('./verbs/rollout.ts')).switchRollout('pause'),
  },
  'rollout resume <rollout>': {
    description: 'go on after a pause, or with a halted wave whose failures fit its budget or are accepted',
    options: [...REASONED, ['--accept-failures', 'go on although more failed than may; the audit says who']],
    load: async () => (await import('./verbs/rollout.ts')).switchRollout('resume'),
  },
  'rollout abort <rollout>': {
    description: 'stop before the next irreversible step, for good: nothing new starts, nothing is rolled back',
    options: REASONED,
    load: async () => (await import('./verbs/rollout.ts')).switchRollout('abort'),
  },
  'rollout promote <rollout>': {
    description: 'end the soak of the wave that soaks, its gates included, or let one pass that is undecided',
    options: REASONED,
    load: async () => (await import('./verbs/rollout.ts')).promote,
  },
  'rollout release-trait <rollout> <traits...>': {
    description: 'let clusters go on that were set aside for what they share with those that failed',
    options: REASONED,
    load: async () => (await import('./verbs/rollout.ts')).releaseTraits,
  },
  'approve <rollout> <wave>': {
    description: 'agree to the plan of a wave, in your name',
    options: [PLAN, ...REASONED],
    load: async () => (await import('./verbs/rollout.ts')).voteOnWave('approve'),
  },
  'reject <rollout> <wave>': {
    description: 'disagree with the plan of a wave: it does not begin, or nothing new starts in it',
    options: [PLAN, ...REASONED],
    load: async () => (await import('./verbs/rollout.ts')).voteOnWave('reject'),
  },
  'break-glass <kind> <names...>': {
    description:
      'let a cluster, or a wave (wave ROLLOUT NAME), go outside of its windows and inside freezes for a while',
    options: [
      ['--for <duration>', 'how long it holds, at most 24h', { default: '1h' }],
      ['--end', 'end it now'],
      ...REASONED,
    ],
    load: async () => (await import('./verbs/break-glass.ts')).breakGlass,
  },
  fleet: { description: 'stop or resume everything at once, or show how the fleet stands' },
  'fleet stop': {
    description: 'no upgrade changes anything any more, in the whole fleet, from this instant',
    options: REASONED,
    load: async () => (await import('./verbs/fleet.ts')).switchFleet('stop'),
  },
  'fleet resume': {
    description: 'let everything go on where it parked',
    options: REASONED,
    load: async () => (await import('./verbs/fleet.ts')).switchFleet('resume'),
  },
  'fleet status': {
    description: 'mode, stop switch, caps, and which accounts could be read (exit 4 when one could not)',
    load: async () => (await import('./verbs/fleet.ts')).fleetStatus,
  },
  'retry <kind> <name>': {
    description: 'take the hold off a cluster and have it tried again in its rollout: retry cluster web',
    options: REASONED,
    load: async () => (await import('./verbs/explain.ts')).unhold('retry'),
  },
  'release <kind> <name>': {
    description: 'take the hold off a cluster; in its rollout it stays as it ended: release cluster web',
    options: REASONED,
    load: async () => (await import('./verbs/explain.ts')).unhold('release'),
  },
  'skip <kind> <name>': {
    description: 'take a cluster out of every rollout that it waits in: skip cluster web',
    options: REASONED,
    load: async () => (await import('./verbs/explain.ts')).unhold('skip'),
  },
  'upgrade <kind> <name>': {
    description: 'print what an upgrade of one cluster would do (exit 3); --approve starts its next hop',
    options: [
      ['--to <version>', 'the minor to go to, e.g. 1.36', { required: true }],
      ['--approve', 'start it'],
      ...REASONED,
    ],
    load: async () => (await import('./verbs/upgrade.ts')).upgrade,
  },
  'rollback <kind> <name>': {
    description:
      'print what taking a cluster back to the minor before would do (exit 3): rollback cluster web; --approve starts it',
    options: [
      ['--dry-run', 'print it and start nothing, which is the default', { conflicts: ['approve'] }],
      ['--approve', 'start it: node groups, add-ons, then the control plane'],
      [
        '--extend-support',
        'set the support type to EXTENDED where it goes back into extended support, which costs more',
      ],
      ...REASONED,
    ],
    load: async () => (await import('./verbs/rollback.ts')).rollback,
  },
  'drain <kind> <name>': {
    description:
      'print what draining a node group that Liftlock does not roll would go by (exit 3): drain nodegroup legacy --cluster web; --approve starts it',
    options: [
      ['--cluster <cluster>', 'the cluster of the node group', { required: true }],
      ['--approve', 'start it: cordon its nodes and evict their pods, as the policy says'],
      ['--cancel', 'end a drain that runs or waits, and take its cordons back', { conflicts: ['approve'] }],
      ...REASONED,
    ],
    load: async () => (await import('./verbs/drain.ts')).drain,
  },
};
