import type { Condition } from '../../core/contracts/items/common.ts';
import type { Wave } from '../../core/contracts/items/rollout.ts';
import { visible } from '../../core/model/visible.ts';
import { clustersOf } from '../../core/policy/approvals.ts';
import type { WaveStanding } from '../../core/queries/wave-standing.ts';
import { reasonLines } from '../output/print.ts';
import { relativeTime } from '../output/relative-time.ts';
import { glassText } from './break-glass.ts';

/** `2 at once, at most 1 may fail, canaries: 1` */
export function limitsText({ maxConcurrency, maxFailures, acceptedFailures, canaries, countInFlight }: Wave): string {
  return [
    `${maxConcurrency} at once`,
    `at most ${maxFailures} may fail${countInFlight === true ? ', those in flight counted' : ''}`,
    ...(canaries === undefined ? [] : [`canaries: ${canaries}`]),
    ...(acceptedFailures === undefined ? [] : [`${acceptedFailures} failures accepted`]),
  ].join(', ');
}

const countText = (clusters: number): string => `${clusters} ${clusters === 1 ? 'cluster' : 'clusters'}`;

/** What a wave waits for and what is known of it; nothing where there is nothing to tell. */
export function waveLines(wave: Wave, standing: WaveStanding | undefined, now: Date): string[] {
  const given = (wave.approvals ?? []).filter(({ planHash }) => planHash === wave.planHash);
  const asked = standing?.approvalsWanted ?? 0;
  return [
    ...(wave.planHash === undefined ? [] : [`  Plan: ${wave.planHash}, ${countText(clustersOf(wave))}`]),
    ...(standing === undefined || wave.needWork === 0
      ? []
      : [`  Worst case: ${standing.worstCase} of ${wave.needWork} fail`]),
    ...(asked === 0 && given.length === 0 ? [] : [`  Approvals: ${asked} asked for`]),
    ...given.map(({ decision, principal, at, clusters, comment }) => {
      const covered = clusters === undefined ? '' : ` for ${countText(clusters)}`;
      const said = comment === undefined ? '' : `: ${comment}`;
      return visible(`    ${decision} by ${principal}${covered} ${relativeTime(at, now)}${said}`);
    }),
    ...reasonLines(standing?.approvalReasons ?? [], '    '),
    ...(standing?.soakUntil == null ? [] : [`  Soaks until: ${standing.soakUntil}`]),
    ...(wave.breakGlass === undefined || standing?.breakGlass == null
      ? []
      : [visible(`  Break-glass: ${glassText(wave.breakGlass, standing.breakGlass)}`)]),
    ...gateLines(wave, now),
    ...indented(conditionLines(wave.conditions, now)),
  ];
}

function gateLines({ gates }: Wave, now: Date): string[] {
  if (gates === undefined) return [];
  const read = gates.readings.map(({ gate, status, message }) => visible(`    ${gate}: ${status}. ${message}`));
  return [`  Gates, read ${relativeTime(gates.checkedAt, now)}:`, ...read];
}

/** `  WithinBudget  True   3 h ago  0 failed, 1 may.` */
export function conditionLines(conditions: readonly Condition[] | undefined, now: Date): string[] {
  return (conditions ?? []).map(({ type, status, reason, message, lastTransitionTime }) =>
    visible(`  ${type.padEnd(12)} ${status.padEnd(7)} ${relativeTime(lastTransitionTime, now)}, ${reason}: ${message}`),
  );
}

const indented = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`);
