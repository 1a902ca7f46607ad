import { visible } from '../../core/model/visible.ts';
import type { RolloutDetail } from '../../core/queries/rollout-views.ts';
import { facts, section, shown } from '../output/facts.ts';
import { painted } from '../output/paint.ts';
import { reasonLines } from '../output/print.ts';
import { relativeTime } from '../output/relative-time.ts';
import { tableLines } from '../output/table.ts';
import type { Shown } from './columns.ts';
import { conditionLines, limitsText, waveLines } from './wave-text.ts';

/** What `describe rollout` and the plan of `rollout create --dry-run` print. */
export function rolloutText(rollout: RolloutDetail, { paint, now }: Shown, columns?: number): string[] {
  const { progress } = rollout;
  const lines = facts([
    ['Rollout', shown(rollout.id)],
    ['Policy', `${shown(rollout.policy)} (revision ${rollout.policyRevision.slice(0, 12)})`],
    ['Target', shown(rollout.target)],
    ['Status', painted(paint, rollout.status)],
    ['Created', `${relativeTime(rollout.createdAt, now)} by ${shown(rollout.createdBy)}`],
    [
      'Clusters',
      `${progress.members}: ${progress.succeeded} succeeded, ${progress.failed} failed, ${progress.blocked} blocked, ${progress.excluded} excluded, ${progress.quarantined} quarantined, ${progress.inFlight} in flight`,
    ],
  ]);
  if (rollout.reasons.length > 0) lines.push(...section('Reasons', reasonLines(rollout.reasons)));
  lines.push(...section('Conditions', conditionLines(rollout.conditions, now)));
  lines.push(
    ...section(
      'Suspicious',
      (rollout.suspiciousTraits ?? []).map((trait) => visible(`  ${trait}: clusters that have it are set aside`)),
    ),
  );
  for (const wave of rollout.waveDetails) {
    const members = rollout.members.filter(({ waveIndex }) => waveIndex === wave.index);
    const rows = members.map((member) => [
      String(member.position),
      visible(member.name),
      member.from === member.to ? member.to : `${member.from} -> ${member.to}`,
      painted(paint, member.status),
      visible(member.reasons[0]?.message ?? ''),
    ]);
    lines.push('', `Wave ${wave.index + 1} ${shown(wave.name)}: ${painted(paint, wave.status)} (${limitsText(wave)})`);
    lines.push(...reasonLines(wave.reasons));
    lines.push(
      ...waveLines(
        wave,
        rollout.standings?.find(({ index }) => index === wave.index),
        now,
      ),
    );
    if (rows.length > 0)
      lines.push(...tableLines(['  #', 'CLUSTER', 'VERSION', 'STATUS', 'REASON'], rows.map(indented), columns));
  }
  const leftOut = rollout.leftOut ?? [];
  lines.push(
    ...section(
      'Left out',
      leftOut.map(({ name, reason }) => visible(`  ${name}: ${reason.message}`)),
    ),
  );
  return lines;
}

const indented = ([first = '', ...rest]: readonly string[]): string[] => [`  ${first}`, ...rest];
