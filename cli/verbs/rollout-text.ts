import type { Condition } from '../../core/contracts/items/common.ts';
import type { Member, Wave } from '../../core/contracts/items/rollout.ts';
import { idOfKey, withIdInCommands } from '../../core/model/cluster-key.ts';
import { isOfPlan } from '../../core/model/last-words.ts';
import { visible } from '../../core/model/visible.ts';
import { apart, counted, some } from '../../core/model/words.ts';
import { clustersOf } from '../../core/policy/approvals.ts';
import { deletedText } from '../../core/policy/deleted-configs.ts';
import { mostInFlight } from '../../core/policy/wave-room.ts';
import type { RolloutDetail, WaveStanding } from '../../core/queries/rollout-views.ts';
import { isSetAsideFor } from '../../core/rollout/fingerprint.ts';
import { countVerdicts } from '../../core/rollout/readiness.ts';
import type { Told } from '../../core/store/with-conditions.ts';
import { facts, listed, painted, reasonLines, relativeTime, section, shown, tableLines } from '../output/print.ts';
import { glassText } from './break-glass.ts';
import { type Shown, verdictsText } from './columns.ts';

type Goal = Pick<Member, 'from' | 'to' | 'status' | 'releases' | 'addons'>;

/** The versions of a member, with the target releases of its images and add-ons. A member that only finishes its version has just that. */
export function goalText({ from, to, status, releases = {}, addons = {} }: Goal): string {
  const pinned = [...Object.entries(releases), ...Object.entries(addons)].map(([name, pin]) => `${name} to ${pin}`);
  const rest = pinned.length === 0 && from === to ? ['nodes'] : pinned;
  return visible([from === to ? to : `${from} -> ${to}`, ...(status === 'Succeeded' ? [] : rest)].join(', '));
}

const deletedPart = ({ policyDeleted }: RolloutDetail): string =>
  policyDeleted === undefined ? '' : visible(`, which ${deletedText(policyDeleted)}`);

/** The text of `describe rollout` and the plan of `rollout create --dry-run`. */
export function rolloutText(rollout: RolloutDetail, { paint, now }: Shown, columns?: number): string[] {
  const { progress, leftOut = [], moreLeftOut = 0 } = rollout;
  const nameOf = apart<Pick<Member, 'name' | 'clusterKey'>>(
    [...rollout.members, ...leftOut],
    ({ name }) => name,
    ({ clusterKey }) => idOfKey(clusterKey),
  );
  // A command with a name that others have too is refused.
  const told = (text: string, one: Pick<Member, 'name' | 'clusterKey'>): string =>
    visible(withIdInCommands(text, { name: one.name, id: nameOf(one) }));
  return [
    ...facts([
      ['Rollout', shown(rollout.id)],
      ['Policy', `${shown(rollout.policy)} (revision ${rollout.policyRevision.slice(0, 12)})${deletedPart(rollout)}`],
      ['Target', shown(rollout.target)],
      ['Status', painted(paint, rollout.status)],
      ['Created', `${relativeTime(rollout.createdAt, now)} by ${shown(rollout.createdBy)}`],
      [
        'Clusters',
        `${progress.members}: ${progress.succeeded} succeeded, ${progress.failed} failed, ${progress.blocked} blocked, ${progress.excluded} excluded, ${progress.quarantined} quarantined, ${progress.inFlight} in flight, ${progress.leftHalfDone} left open`,
      ],
    ]),
    ...section('Reasons', reasonLines(rollout.reasons)),
    ...listed('Goes on', rollout.waysOn ?? [], (line) => line),
    ...section('Conditions', conditionLines(rollout.conditions, now)),
    ...listed('Suspicious', suspiciousLines(rollout, nameOf), (line) => line),
    ...rollout.waveDetails.flatMap((wave) => {
      const members = rollout.members.filter(({ waveIndex }) => waveIndex === wave.index);
      const rows = members.flatMap(({ reasons: [first, ...others], ...member }, at) => [
        [
          // A member that a later plan has added has its position in that plan.
          `  ${at + 1}`,
          visible(nameOf(member)),
          goalText(member),
          painted(paint, member.goesBack === true ? 'GoesBack' : member.status),
          told(first?.message ?? '', member),
        ],
        ...others.map(({ message }) => ['', '', '', '', told(message, member)]),
      ]);
      const known = verdictsText(countVerdicts(members.flatMap(({ readiness }) => readiness ?? [])));
      const standing = rollout.standings?.find(({ index }) => index === wave.index);
      const headers = ['  #', 'CLUSTER', 'VERSION', 'STATUS', 'REASON'];
      return [
        '',
        `Wave ${wave.index + 1} ${shown(wave.name)}: ${painted(paint, wave.status)} (${limitsText(wave)})`,
        ...reasonLines(wave.reasons),
        ...waveLines(wave, standing, now),
        ...(known === '' ? [] : [`  Readiness: ${known}`]),
        ...(rows.length === 0 ? [] : tableLines(headers, rows, columns)),
      ];
    }),
    ...listed('Left out', leftOut, (one) => `${nameOf(one)}: ${told(one.reason.message, one)}`),
    ...(moreLeftOut === 0
      ? []
      : [`  … and ${moreLeftOut} more; of each liftlock get clusters says NodesBehind, AddonsBehind or ManualNodes`]),
  ];
}

/** The traits that keep somebody back; of all others it is enough that they keep nobody, since what every cluster has explains nothing. */
function suspiciousLines(
  { suspiciousTraits: traits = [], members, carried = [] }: RolloutDetail,
  nameOf: (member: Pick<Member, 'name' | 'clusterKey'>) => string,
): string[] {
  const holding = traits.flatMap((trait) => {
    const back = carried.find((one) => one.traits.includes(trait));
    const became = back === undefined ? 'failed' : `was taken back from ${back.minor} (${some(back.rollouts, 3)})`;
    const isShared = `whatever ${became} has it, and nothing that succeeded`;
    const kept = members.filter((member) => isSetAsideFor(trait, member)).map(nameOf);
    return kept.length === 0 ? [] : [`${trait}: ${isShared}; it keeps ${some(kept, 10)} back`];
  });
  const others = traits.length - holding.length;
  if (others === 0) return holding;
  const more = holding.length === 0 ? '' : 'more ';
  return [
    ...holding,
    `${counted(others, `${more}trait`)} that whatever failed has, and nothing that succeeded: nobody of this rollout is kept back for ${others === 1 ? 'it' : 'them'}`,
  ];
}

/** `2 at once, at most 1 may fail, canaries: 1` */
export function limitsText(wave: Wave): string {
  const { maxConcurrency, maxFailures, acceptedFailures, canaries, countInFlight } = wave;
  const most = mostInFlight(wave);
  return [
    `${most} at once${most < maxConcurrency ? ` (maxConcurrency: ${maxConcurrency})` : ''}`,
    `at most ${maxFailures} may fail${countInFlight === true ? ', those in flight counted' : ''}`,
    ...(canaries === undefined ? [] : [`canaries: ${canaries}`]),
    ...(acceptedFailures === undefined ? [] : [`${acceptedFailures} failures accepted`]),
  ].join(', ');
}

/** The reasons why a wave waits, and its facts; none where there is nothing to show. */
export function waveLines(wave: Told<Wave>, standing: WaveStanding | undefined, now: Date): string[] {
  const given = (wave.approvals ?? []).filter((word) => isOfPlan(word, wave));
  const asked = standing?.approvalsWanted ?? 0;
  const clusters = clustersOf(wave);
  return [
    ...(wave.planHash === undefined ? [] : [`  Plan: ${wave.planHash}, ${counted(clusters, 'cluster')}`]),
    ...(standing?.worstCase == null || clusters === 0
      ? []
      : [`  Worst case: ${standing.worstCase} of ${clusters} fail`]),
    ...(asked === 0 && given.length === 0 ? [] : [`  Approvals: ${asked} asked for`]),
    ...given.map(({ decision, principal, at, clusters: count, shown: seen, comment }) => {
      const covered =
        count === undefined
          ? ''
          : ` for ${counted(count, 'cluster')}${seen === undefined ? '' : ` (${verdictsText(seen)})`}`;
      const said = comment === undefined ? '' : `: ${comment}`;
      return visible(`    ${decision} by ${principal}${covered} ${relativeTime(at, now)}${said}`);
    }),
    ...reasonLines(standing?.approvalReasons ?? [], '    '),
    ...(standing?.soakUntil == null ? [] : [`  Soaks until: ${standing.soakUntil}`]),
    ...(wave.breakGlass === undefined || standing?.breakGlass == null
      ? []
      : [visible(`  Break-glass: ${glassText(wave.breakGlass, standing.breakGlass)}`)]),
    ...gateLines(wave, now),
    ...conditionLines(wave.conditions, now).map((line) => `  ${line}`),
  ];
}

function gateLines({ gates }: Wave, now: Date): string[] {
  if (gates === undefined) return [];
  const read = gates.readings.map(({ gate, status, message }) => visible(`    ${gate}: ${status}. ${message}`));
  return [`  Gates, read ${relativeTime(gates.checkedAt, now)}:`, ...read];
}

/** `  WithinBudget True    since 3h ago. WithinBudget: 0 failed, 1 may.` The time is that of the status, and what is said may be newer. */
function conditionLines(conditions: readonly Condition[] | undefined, now: Date): string[] {
  return (conditions ?? []).map(({ type, status, reason, message, lastTransitionTime }) =>
    visible(
      `  ${type.padEnd(12)} ${status.padEnd(7)} since ${relativeTime(lastTransitionTime, now)}. ${reason}: ${message}`,
    ),
  );
}

/** The result of a promotion. A skipped soak ends in the next tick. */
export function promotedText({ name, rolloutId, status, promotedBy, reasons }: Wave): string {
  const is = status === 'Soaking' && promotedBy !== undefined ? 'passes within a minute' : `is ${status}`;
  const why = reasons.findLast(({ code }) => code === 'Promoted')?.message ?? '';
  return `The wave ${name} of ${rolloutId} ${is}: ${why}`;
}
