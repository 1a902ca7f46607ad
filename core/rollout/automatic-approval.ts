import type { Wave as WaveSpec } from '../config/types.ts';
import type { ApprovalRecord } from '../contracts/items/approval.ts';
import type { Wave } from '../contracts/items/rollout.ts';
import { LIFTLOCK } from '../contracts/names.ts';
import { type Reason, reason } from '../contracts/step-result.ts';
import { evidenceEnvironment } from '../expression/evidence-environment.ts';
import { compilePredicate } from '../expression/predicate.ts';
import { isOfPlan, newestOfEach } from '../model/last-words.ts';
import type { ApprovalEvidence } from '../policy/approval-evidence.ts';
import { clustersOf, isExpired } from '../policy/approvals.ts';
import type { Decision } from './decisions.ts';
import type { WaveSituation } from './wave-progress.ts';

/** `autoApproveWhen` counts as one approval, by `liftlock`, once it is true; what cannot be evaluated approves nothing. */
export function automaticApproval(situation: WaveSituation, wave: Wave, spec: WaveSpec | undefined): Decision[] {
  const source = spec?.approval?.autoApproveWhen;
  const { planHash } = wave;
  if (source === undefined || planHash === undefined) return [];
  const given = wave.approvals ?? [];
  const isOfRule = ({ principal, comment }: ApprovalRecord) => principal === LIFTLOCK && comment === source;
  if (given.some((word) => isOfRule(word) && isOfPlan(word, wave) && !isExpired(spec?.approval, word, situation.now)))
    return [];
  const seen = situation.waves.filter(({ index }) => index < wave.index).sort((a, b) => a.index - b.index);
  const answer = autoApproval(source, evidenceOf(situation, wave, seen));
  if (!answer.approves) return [];
  const at = situation.now.toISOString();
  const clusters = clustersOf(wave);
  const approval = { decision: 'Approved' as const, principal: LIFTLOCK, at, planHash, clusters, comment: source };
  const reasons = [answer.reason];
  const approvals = newestOfEach([...given, approval]);
  return [{ type: 'adjust-wave', wave, changes: { approvals }, event: 'WaveApproved', reasons, seen }];
}

function evidenceOf({ rollout, now }: WaveSituation, wave: Wave, before: readonly Wave[]): ApprovalEvidence {
  const sum = (count: (one: Wave) => number) => before.reduce((total, one) => total + count(one), 0);
  return {
    rollout: { id: rollout.id, policy: rollout.policy, target: rollout.target },
    wave: { name: wave.name, index: wave.index },
    earlier: before.map(({ name, status, members, succeeded, failed, blocked, quarantined, lastSuccessAt, gates }) => ({
      name,
      status,
      members,
      succeeded,
      failed,
      blocked,
      quarantined,
      soakedHours: hoursSince([lastSuccessAt, gates?.notGreenAt], now),
    })),
    succeeded: sum((one) => one.succeeded),
    failed: sum((one) => one.failed),
    blocked: sum((one) => one.blocked),
    // What was counted when it was planned says nothing of the scans since.
    findings: wave.status === 'Pending' ? wave.blockingFindings : undefined,
  };
}

function hoursSince(instants: readonly (string | undefined)[], now: Date): number {
  const [success] = instants;
  if (success === undefined) return 0;
  const latest = Math.max(...instants.flatMap((at) => (at === undefined ? [] : [Date.parse(at)])));
  return (now.getTime() - latest) / 3_600_000;
}

/** Whether Liftlock itself approves a wave, and why; without an answer it does not, with code `PolicyError` (fail closed). */
export function autoApproval(
  autoApproveWhen: string,
  evidence: ApprovalEvidence,
): { readonly approves: boolean; readonly reason: Reason } {
  const compiled = compilePredicate(autoApproveWhen, evidenceEnvironment);
  const result =
    'problems' in compiled ? { error: compiled.problems[0]?.message ?? '' } : compiled.predicate.test(evidence);
  if ('error' in result) {
    const message = `Liftlock does not approve the wave ${evidence.wave.name}: autoApproveWhen has no answer (${result.error}). A person may still approve it; correct the expression.`;
    return { approves: false, reason: reason('PolicyError', message) };
  }
  const { matches } = result;
  const message = matches
    ? `Liftlock approves the wave ${evidence.wave.name}: ${autoApproveWhen} is true.`
    : `Liftlock does not approve the wave ${evidence.wave.name} by itself: ${autoApproveWhen} is false.`;
  return { approves: matches, reason: reason(matches ? 'AutoApproved' : 'NotAutoApproved', message) };
}
