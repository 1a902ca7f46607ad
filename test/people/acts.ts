import type { SeededChoices } from '../../simulator/simulate/fleet/seeded-choices.ts';
import { type Act, type Chance, MINORS, onCluster, onOlder, type Seen } from './chances.ts';
import { OUTSIDE } from './outside.ts';
import {
  changedCalendar,
  changedFleet,
  changedPolicy,
  ownChannel,
  POLICIES,
  secondPolicy,
  waiver,
} from './random-config.ts';

const REASON = ['--reason', 'by chance'];
const GOING = new Set(['Running', 'Paused', 'Halted']);

/** One act of somebody, by chance; undefined where it has nothing to act upon. */
export function randomAct(seen: Seen, choices: SeededChoices): Act | undefined {
  return choices.pick(ACTS)(seen, choices);
}

const order = (...argv: readonly string[]): Act => ({ argv });
const apply = (stdin: string): Act => ({ argv: ['apply', '-f', '-'], stdin });

/** Those that go on are the likelier subject. */
const onRollout =
  (verb: string, ...more: readonly string[]): Chance =>
  ({ rollouts }, choices) => {
    const going = rollouts.filter(({ status }) => GOING.has(status));
    const of = going.length > 0 ? going : rollouts;
    return of.length === 0 ? undefined : order('rollout', verb, choices.pick(of).id, ...REASON, ...more);
  };

const vote =
  (...verb: readonly string[]): Chance =>
  ({ waves }, choices) => {
    const pending = waves.filter(({ status }) => status === 'Pending');
    if (pending.length === 0) return undefined;
    const { rollout, name } = choices.pick(pending);
    return order(...verb, rollout, name, ...REASON);
  };

const ORDERS: readonly Chance[] = [
  (_, choices) => apply(changedPolicy(choices)),
  (_, choices) => apply(secondPolicy(choices)),
  (_, choices) => apply(changedFleet(choices)),
  ({ now }, choices) => apply(changedCalendar(now, choices)),
  ({ now }, choices) => apply(waiver(now, choices)),
  (_, choices) => apply(ownChannel(choices)),
  (_, choices) => order('delete', 'policy', choices.pick(POLICIES), ...REASON),
  () => order('delete', 'channel', 'own', ...REASON),
  (_, choices) => order('delete', 'waiver', choices.pick(['drains', 'all']), ...REASON),
  () => order('fleet', 'stop', ...REASON),
  () => order('fleet', 'resume'),
  () => order('fleet', 'resume'),
  (_, choices) => order('rollout', 'create', choices.pick(POLICIES), ...(choices.chance(0.5) ? ['--finish'] : [])),
  onRollout('pause'),
  onRollout('resume'),
  onRollout('resume', '--accept-failures'),
  onRollout('abort'),
  onRollout('promote'),
  vote('approve'),
  vote('approve'),
  vote('reject'),
  onCluster(({ called }) => order('retry', 'cluster', called)),
  onCluster(({ called }) => order('release', 'cluster', called)),
  onCluster(({ called }) => order('skip', 'cluster', called, ...REASON)),
  onCluster(({ called }) => order('rollback', 'cluster', called, '--approve')),
  onCluster(({ called }, choices) => order('upgrade', 'cluster', called, '--to', choices.pick(MINORS), '--approve')),
  onCluster(({ called }) => order('break-glass', 'cluster', called, '--for', '12h', ...REASON)),
  onCluster(({ called }) => order('break-glass', 'cluster', called, '--end')),
  onCluster(({ called }) => order('scan', 'cluster', called, '--no-wait')),
  vote('break-glass', 'wave'),
  onCluster(({ called, groups }, choices) =>
    order('drain', 'nodegroup', choices.pick(groups), '--cluster', called, choices.pick(['--approve', '--cancel'])),
  ),
];

/** What people read now and then. */
const READS: readonly Chance[] = [
  ...[
    ...[
      'get versions',
      'get accounts',
      'get policies',
      'get channels',
      'get calendars',
      'get upgrades --all',
      'get clusters --all -o wide',
      'get waivers',
    ],
    ...['describe policy whole', 'readiness', 'scan fleet', 'access check', 'audit show fleet'],
    ...[
      'report readiness',
      'report effort',
      'report quarter',
      'report owner dev',
      'evidence export --since 30d -o /dev/null',
    ],
    ...['rollout create whole --dry-run', 'rollout create whole --finish --dry-run', 'rollout create part --dry-run'],
  ].map((words) => () => order(...words.split(' '))),
  onCluster(({ called }) => order('describe', 'cluster', called)),
  onCluster(({ called }) => order('readiness', 'cluster', called, '--to', '1.37')),
  onCluster(({ called }) => order('audit', 'show', `cluster/${called}`)),
  onCluster(({ called }) => order('rollback', 'cluster', called)),
  onOlder(({ called, version }) => order('upgrade', 'cluster', called, '--to', `1.${Number(version.slice(2)) + 1}`)),
];

/** Something that somebody reads, by chance. */
export const randomRead = (seen: Seen, choices: SeededChoices): Act | undefined => choices.pick(READS)(seen, choices);

const ACTS = [...ORDERS, ...OUTSIDE];
