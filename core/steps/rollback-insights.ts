import { type Reason, reason } from '../contracts/step-result.ts';
import type { Insight } from '../ports/eks.ts';
import type { Ports } from '../ports/ports.ts';
import { readInsights } from '../scan/telemetry/insights.ts';
import type { KubeVersion } from '../version/kube-version.ts';
import type { StepContext } from './context.ts';

/** The insights for which EKS would refuse the rollback (facts: eks.md §3.3). `force`, which ignores them, is never sent. */
export async function rollbackInsights({ eks }: Pick<Ports, 'eks'>, { scope, name }: StepContext): Promise<Insight[]> {
  const insights = await readInsights(eks, scope, name, 'ROLLBACK_READINESS');
  return insights.filter(({ insightStatus: { status } }) => status === 'ERROR' || status === 'UNKNOWN');
}

/**
 * Whether it may be about parts that the rollback itself takes back before the control plane. EKS's list of checks changes. An unknown one stops the
 * rollback here already, and each that remains stops it before the control plane.
 */
export const isRepaired = ({ name, insightStatus: { status } }: Insight): boolean =>
  status === 'ERROR' && /kubelet|kube-proxy|add-?on/i.test(name);

export const isOfKubelets = ({ name }: Insight): boolean => /kubelet/i.test(name);

export function insightReason(insight: Insight, target: KubeVersion): Reason {
  const { name, insightStatus, recommendation, resources = [] } = insight;
  const about = resources.flatMap(({ kubernetesResourceUri, arn }) => kubernetesResourceUri ?? arn ?? []).slice(0, 5);
  const said = `EKS says ${insightStatus.status} of "${name}" and takes no control plane back to ${target} with that: ${insightStatus.reason ?? 'no reason given'}`;
  return reason('RollbackInsight', [said, about.join(', '), recommendation].filter(Boolean).join(' '));
}
