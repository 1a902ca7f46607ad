import { type Reason, reason } from '../contracts/step-result.ts';
import type { Insight } from '../ports/eks.ts';
import { KubeVersion } from '../version/kube-version.ts';
import type { StepContext, StepPorts } from './context.ts';

/** Why EKS would not take the target in this Region. */
export async function notOffered(ports: StepPorts, context: StepContext): Promise<Reason[]> {
  const { target, scope } = context;
  const versions = await ports.eks.describeClusterVersions(scope);
  const offer = versions.find((version) => KubeVersion.tryParse(version.clusterVersion)?.equals(target) === true);
  if (offer !== undefined && offer.versionStatus !== 'UNSUPPORTED') return [];
  const offered = versions
    .filter((version) => version.versionStatus !== 'UNSUPPORTED')
    .map((version) => version.clusterVersion);
  return [reason('NotOffered', `EKS offers no ${target} in ${scope.region}; it offers ${offered.join(', ')}.`)];
}

/** Every upgrade-readiness insight with its details. A read that is denied throws: the step must not pass on what it did not see. */
export async function readInsights(ports: StepPorts, context: StepContext): Promise<Insight[]> {
  const { scope, name } = context;
  const summaries = await ports.eks.listInsights(scope, { clusterName: name, categories: ['UPGRADE_READINESS'] });
  return Promise.all(
    summaries.map((summary) =>
      summary.insightStatus.status === 'PASSING'
        ? summary
        : ports.eks.describeInsight(scope, { clusterName: name, id: summary.id }),
    ),
  );
}
