import { askerText } from '../../core/model/asked-for.ts';
import { visible } from '../../core/model/visible.ts';
import { counted } from '../../core/model/words.ts';
import type { Explanation } from '../../core/queries/explain-cluster.ts';
import { clusterParam } from '../client/paths.ts';
import { NO_REASON, type OutputOption, type ReasonOption, type Session } from '../command/session.ts';
import {
  blockerLines,
  facts,
  lastLook,
  painted,
  print,
  reasonLines,
  relativeTime,
  section,
  shown,
} from '../output/print.ts';
import { openGlassText } from './break-glass.ts';
import {
  comparedText,
  readinessText,
  rollbackText,
  silenceSection,
  supportText,
  tagSection,
  unknownSection,
} from './cluster-text.ts';
import { type Shown, shownAt } from './columns.ts';
import { kindOf } from './kind.ts';
import { goalText } from './rollout-text.ts';

export async function explain(session: Session, kind: string, name: string, { output }: OutputOption) {
  kindOf(kind, ['clusters']);
  const client = await session.client();
  const explanation = await client.v1.clusters[':id'].explain.$get({ param: clusterParam(name) });
  return print(session, output, explanation, () => explanationText(explanation, shownAt(session, client)));
}

const UNKNOWN = 'unknown: a policy that may select it cannot be read, so nothing begins (PolicyNotConfigured)';

/** The answer first, then its facts. */
export function explanationText(explanation: Explanation, { paint, now }: Shown): string[] {
  const { rollout, when, hops, upgrade, compared, breakGlass, warnings } = explanation;
  return [
    `${shown(explanation.cluster)} ${versionText(explanation, now)}: ${painted(paint, explanation.state)}`,
    ...reasonLines(explanation.reasons),
    '',
    ...facts([
      ['When', whenText(when, now)],
      ['Policy', policyText(explanation)],
      ['Wave', shown(explanation.wave)],
      breakGlass !== null && ['Break-glass', visible(openGlassText(breakGlass))],
      ['Calendars', shown((explanation.calendars?.join(', ') ?? UNKNOWN) || 'none: always open')],
      [
        'Target',
        hops.length > 1 ? `${shown(explanation.target)}, hop by hop: ${hops.join(', ')}` : shown(explanation.target),
      ],
      [
        'Rollout',
        rollout === null
          ? 'none'
          : visible(
              `${rollout.id} (${rollout.status}), wave ${rollout.wave} (${rollout.waveStatus}), place ${rollout.position} of ${rollout.of}, ${rollout.atOnce} at once: ${rollout.memberStatus}, ${goalText(rollout.goal)}`,
            ),
      ],
      ['Readiness', readinessText(explanation.readiness, now, explanation.readinessHistory)],
      ['Last scan', scanText(explanation, now)],
      [
        'Last upgrade',
        upgrade === null
          ? 'none'
          : `${shown(upgrade.id)} ${upgrade.status}, asked for by ${visible(askerText(upgrade))}${givenUpText(upgrade, explanation.cluster)}`,
      ],
      compared !== null && ['Compared', comparedText(compared, now)],
      ['Rollback', rollbackText(explanation.rollback, now)],
      ['Support', supportText(explanation.support, now)],
    ]),
    ...section(
      'What stopped it',
      explanation.stoppedBy.flatMap((one) => blockerLines(one)),
    ),
    ...unknownSection(compared),
    ...section('Way back of the next hop', reasonLines(explanation.reversal)),
    ...section('What stops its hops, as last seen', reasonLines(explanation.foreseen)),
    ...section('Why there', reasonLines(explanation.placement)),
    ...section('Warnings', reasonLines(warnings)),
    ...silenceSection(explanation),
    ...tagSection(explanation),
  ];
}

/** Of a cluster that cannot be read nobody knows the version that it has now. */
function versionText({ version, versionSeenAt }: Explanation, now: Date): string {
  // Absent where the API is older.
  if (versionSeenAt == null) return `is at ${shown(version)}`;
  return visible(`was at ${version} when it was last read (${versionSeenAt}, ${lastLook(versionSeenAt, now)})`);
}

/** Where several policies select a cluster none of them counts, but a rollout goes on with what it has begun there. */
function policyText({
  policy,
  // Absent where the API is older.
  ambiguous = [],
  rollout,
}: Omit<Explanation, 'ambiguous'> & Partial<Explanation>): string {
  if (policy !== null) return `${shown(policy.name)} (trigger ${policy.trigger}, verification ${policy.verification})`;
  if (ambiguous.length === 0) return 'none';
  const goesOn = rollout === null ? '' : '; what its rollout has begun goes on';
  return visible(`${ambiguous.join(' and ')} select it, so no upgrade begins there (AmbiguousPolicy)${goesOn}`);
}

/** For a rollback that a user has given up: the reason, and that the cluster may still go back. */
function givenUpText({ reasons }: NonNullable<Explanation['upgrade']>, cluster: string): string {
  const why = reasons.find(({ code }) => code === 'RollbackGivenUp')?.message.replace(/\.$/, '');
  return why === undefined ? '' : visible(`. ${why}. To take it back: liftlock rollback cluster ${cluster}`);
}

function scanText({ scan, scanBlocked, scanLooked }: Explanation, now: Date): string {
  const report = scan === null ? undefined : reportText(scan, now);
  const step = scanBlocked ?? scanLooked;
  if (step === null) return report ?? 'never';
  const { at, reason } = step;
  const ended = scanBlocked === null ? `passed with ${reason.code}` : `blocked by ${reason.code}`;
  return visible(`${ended}, ${at} (${relativeTime(at, now)}); last report: ${report ?? 'none'}`);
}

function reportText(scan: NonNullable<Explanation['scan']>, now: Date): string {
  const { target, verdict, errors, warnings, gaps } = scan;
  const unread = gaps === 0 ? '' : `, ${counted(gaps, 'part')} not read`;
  const counts = `${counted(errors, 'error')}, ${counted(warnings, 'warning')}${unread}`;
  return visible(`${verdict} for ${target}, ${counts}, ${scan.scannedAt} (${relativeTime(scan.scannedAt, now)})`);
}

function whenText({ at, condition }: Explanation['when'], now: Date): string {
  const instant = at === null ? '' : `${at} (${relativeTime(at, now)})`;
  if (condition === null) return instant === '' ? 'not by itself' : instant;
  return visible(instant === '' ? condition : `${instant}. ${condition}`);
}

/** Prints the result: the new explanation of the cluster. */
export const unhold =
  (verb: 'retry' | 'release' | 'skip') =>
  async (session: Session, kind: string, name: string, options: ReasonOption) => {
    kindOf(kind, ['clusters']);
    const client = await session.client();
    const of = client.v1.clusters[':id'];
    const param = clusterParam(name);
    const explanation = await (verb === 'skip'
      ? of.skip.$post({ param, json: { reason: options.reason ?? NO_REASON } })
      : of[verb].$post({ param, json: {} }));
    return print(session, options.output, explanation, () => explanationText(explanation, shownAt(session, client)));
  };
