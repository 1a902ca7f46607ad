import { type ClusterArn, parseClusterArn } from '../../core/model/cluster-key.ts';
import type { Insight } from '../../core/ports/eks.ts';
import type { Observation } from '../../core/scan/judge/observation.ts';
import type { Change } from '../../core/scan/reference/cluster-facts.ts';
import type { Coverage } from '../../core/scan/report/report-schema.ts';
import { insightsCoverage, observeInsights, readInsights } from '../../core/scan/telemetry/insights.ts';
import { invalid } from '../command/failure.ts';

export interface InsightOptions {
  /** True means the cluster that the kubeconfig names by its ARN. */
  readonly eksInsights?: string | true;
  readonly profile?: string;
}

/** The cluster whose insights are read; undefined without the option. @throws Failure (2) when the cluster is not clear. */
export function insightsCluster({ eksInsights }: InsightOptions, kubeconfigCluster: string): ClusterArn | undefined {
  if (eksInsights === undefined) return undefined;
  const text = eksInsights === true ? kubeconfigCluster : eksInsights;
  const arn = parseClusterArn(text);
  const own = parseClusterArn(kubeconfigCluster);
  if (arn !== undefined && own !== undefined && own.arn !== arn.arn)
    throw invalid(`liftlock: --eks-insights names ${arn.arn}, and the kubeconfig is about ${own.arn}.`);
  if (arn !== undefined) return arn;
  throw invalid(
    `liftlock: ${text} is not the ARN of an EKS cluster. Say --eks-insights arn:aws:eks:<region>:<account>:cluster/<name>.`,
  );
}

export const insightsNotAsked = insightsCoverage(
  'skipped',
  0,
  'They come from the API of Amazon EKS, which a kubeconfig does not reach: say --eks-insights, with AWS credentials.',
);

/** Reads what EKS saw of calls in the last 30 days, with the caller's own AWS credentials. */
export async function collectInsights(
  cluster: ClusterArn,
  { profile }: InsightOptions,
  changes: readonly Change[],
): Promise<{ observations: readonly Observation[]; coverage: Coverage }> {
  try {
    const insights = await askEks(cluster, profile);
    return {
      observations: observeInsights(insights, changes, new Date()),
      coverage: insightsCoverage('read', insights.length),
    };
  } catch (error) {
    const { name, message } = error instanceof Error ? error : new Error(String(error));
    const denied = /^AccessDenied|^UnrecognizedClient|^ExpiredToken|^CredentialsProvider/.test(name);
    const detail = `They were not read: ${name}: ${message.slice(0, 200)}. eks:ListInsights and eks:DescribeInsight are needed.`;
    return { observations: [], coverage: insightsCoverage(denied ? 'denied' : 'error', 0, detail) };
  }
}

async function askEks({ account, region, name }: ClusterArn, profile: string | undefined): Promise<Insight[]> {
  const [{ createEksConnections }, { createEksReader }, { systemClock, systemSleep }, providers] = await Promise.all([
    import('../../adapters/aws/eks-connections.ts'),
    import('../../adapters/aws/eks-reader.ts'),
    import('../../adapters/aws/system-clock.ts'),
    import('@aws-sdk/credential-providers'),
  ]);
  const provide = providers.fromNodeProviderChain(profile === undefined ? {} : { profile });
  const refuse = () => Promise.reject(new Error('A scan changes nothing.'));
  const sessions = { forAccount: () => provide(), narrowedTo: refuse };
  const eks = createEksReader(
    createEksConnections({ sessions: sessions as never, clock: systemClock, sleep: systemSleep }),
  );
  return readInsights(eks, { account, region }, name);
}
