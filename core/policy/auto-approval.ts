import { type Reason, reason } from '../contracts/step-result.ts';
import { evidenceEnvironment } from '../expression/evidence-environment.ts';
import { compilePredicate } from '../expression/predicate.ts';
import type { ApprovalEvidence } from './approval-evidence.ts';

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
