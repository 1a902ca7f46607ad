import type { JudgedFinding } from '../report/merge-findings.ts';
import type { Observation } from './observation.ts';

/** What a judgement adds to what was observed. */
type Judgement = Pick<JudgedFinding, 'severity' | 'reason' | 'message' | 'fix'> &
  Partial<Pick<JudgedFinding, 'deprecatedIn' | 'removedIn' | 'replacement' | 'rule' | 'evidence' | 'confidence'>>;

/** A finding about what was observed; what does not apply is null. */
export function findingOf(observation: Observation, judgement: Judgement): JudgedFinding {
  const { source, subject, owner, cause, evidence, confidence, location } = observation;
  return {
    severity: judgement.severity,
    reason: judgement.reason,
    source,
    apiVersion: subject.apiVersion ?? null,
    kind: subject.kind ?? null,
    namespace: subject.namespace ?? null,
    name: subject.name ?? null,
    deprecatedIn: judgement.deprecatedIn ?? null,
    removedIn: judgement.removedIn ?? null,
    replacement: judgement.replacement ?? null,
    owner: owner ?? null,
    cause,
    location: location ?? null,
    evidence: [...evidence, ...(judgement.evidence ?? [])],
    confidence: judgement.confidence ?? confidence,
    rule: judgement.rule ?? null,
    message: judgement.message,
    fix: judgement.fix,
  };
}

/** `PodDisruptionBudget payments/api`, for sentences. */
export function subjectText({ subject }: Observation): string {
  const { kind = 'object', namespace, name } = subject;
  if (name === undefined) return kind;
  return `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
}
