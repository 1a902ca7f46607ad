import { judge } from '../../../core/scan/judge/judge.ts';
import type { Observation } from '../../../core/scan/judge/observation.ts';
import { KubeVersion } from '../../../core/version/kube-version.ts';

/** What every observation of the tests says, beside what makes it one. */
export const observed = {
  source: 'object',
  subject: { apiVersion: 'policy/v1beta1', kind: 'PodDisruptionBudget', namespace: 'a', name: 'b' },
  cause: 'manager:terraform',
  evidence: ['It was seen.'],
  confidence: 'high',
} as const;

/** `severity reason` of the finding at that target; `nothing` where there is none. */
export function judged(observation: Observation, target: string, from?: string): string {
  const finding = findingAt(observation, target, from);
  return finding === undefined ? 'nothing' : `${finding.severity} ${finding.reason}`;
}

export const findingAt = (observation: Observation, target: string, from?: string) =>
  judge(observation, {
    target: KubeVersion.parse(target),
    ...(from === undefined ? {} : { from: KubeVersion.parse(from) }),
  });
