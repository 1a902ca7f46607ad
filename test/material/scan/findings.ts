import type { JudgedFinding } from '../../../core/scan/report/merge-findings.ts';
import type { Coverage } from '../../../core/scan/report/report-schema.ts';

/** A finding of a manifest that fails a scan for 1.36. */
export function judged(changes: Partial<JudgedFinding> = {}): JudgedFinding {
  return {
    severity: 'error',
    reason: 'removed',
    source: 'manifest',
    apiVersion: 'policy/v1beta1',
    kind: 'PodDisruptionBudget',
    namespace: 'payments',
    name: 'api',
    deprecatedIn: '1.21',
    removedIn: '1.25',
    replacement: 'policy/v1 PodDisruptionBudget',
    owner: null,
    cause: 'file:deploy/budget.yaml',
    location: { file: 'deploy/budget.yaml', line: 1, column: 1 },
    evidence: ['deploy/budget.yaml writes policy/v1beta1.'],
    confidence: 'high',
    rule: null,
    message: 'Kubernetes 1.25 and later do not serve policy/v1beta1 PodDisruptionBudget.',
    fix: 'Write policy/v1.',
    ...changes,
  };
}

export function covered(changes: Partial<Coverage> = {}): Coverage {
  return { what: 'deploy/budget.yaml', source: 'manifest', status: 'read', detail: '', count: 1, ...changes };
}
