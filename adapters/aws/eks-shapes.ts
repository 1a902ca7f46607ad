import type * as Sdk from '@aws-sdk/client-eks';
import { namedError } from '../../core/contracts/errors.ts';
import { given } from '../../core/model/given.ts';
import type {
  Addon,
  AddonInfo,
  Cluster,
  ClusterVersionInformation,
  Insight,
  InsightSummary,
  InsightsRefresh,
  Nodegroup,
  Update,
} from '../../core/ports/eks.ts';

/**
 * The SDK's answers as the port's types. Every member may be undefined in the SDK; those that the port promises are checked here, and an answer
 * without one of them fails with `IncompleteAnswer`, so that nothing is decided on a guess.
 */
type Members<T> = readonly (keyof T & string)[];

function complete<T extends object, Port>(what: string, value: T | undefined, members: Members<T>): Port {
  const missing = value === undefined ? ['everything'] : members.filter((member) => value[member] === undefined);
  if (missing.length === 0) return value as unknown as Port;
  throw namedError('IncompleteAnswer', `EKS answered ${what} without ${missing.join(', ')}.`);
}

export const toCluster = (cluster: Sdk.Cluster | undefined): Cluster =>
  complete('DescribeCluster', cluster, ['name', 'arn', 'createdAt', 'version', 'status']);

export const toNodegroup = (nodegroup: Sdk.Nodegroup | undefined): Nodegroup =>
  complete('DescribeNodegroup', nodegroup, ['nodegroupName', 'clusterName', 'status']);

export const toAddon = (addon: Sdk.Addon | undefined): Addon =>
  complete('DescribeAddon', addon, ['addonName', 'clusterName', 'addonVersion', 'status']);

/** An update without params names no target; an empty list says so. */
export function toUpdate(update: Sdk.Update | undefined): Update {
  const checked: Update = complete('an update', update, ['id', 'status', 'type', 'createdAt']);
  return { ...checked, params: checked.params ?? [] };
}

/** An insight without a status is UNKNOWN, which is not a pass. */
export function toInsightSummary(insight: Sdk.InsightSummary): InsightSummary {
  const checked: InsightSummary = complete('ListInsights', insight, ['id', 'name', 'category']);
  return { ...checked, insightStatus: statusOf(insight) };
}

export function toInsight(insight: Sdk.Insight | undefined): Insight {
  const checked: Insight = complete('DescribeInsight', insight, ['id', 'name', 'category']);
  return { ...checked, insightStatus: statusOf(insight) };
}

function statusOf(insight: Pick<Sdk.Insight, 'insightStatus'> | undefined): Insight['insightStatus'] {
  const { status = 'UNKNOWN', reason } = insight?.insightStatus ?? {};
  return { status, ...(reason === undefined ? {} : { reason }) };
}

export const toInsightsRefresh = ({
  status,
  message,
  startedAt,
  endedAt,
}: Pick<Sdk.DescribeInsightsRefreshResponse, 'status' | 'message' | 'startedAt' | 'endedAt'>): InsightsRefresh =>
  given({ status, message, startedAt, endedAt });

export function toAddonInfo(addon: Sdk.AddonInfo): AddonInfo {
  const checked: AddonInfo = complete('DescribeAddonVersions', addon, ['addonName']);
  const versions = (addon.addonVersions ?? []).map((version) => ({
    ...version,
    ...complete<Sdk.AddonVersionInfo, { addonVersion: string }>('DescribeAddonVersions', version, ['addonVersion']),
    compatibilities: (version.compatibilities ?? []).filter((one) => one.clusterVersion !== undefined),
  }));
  return { ...checked, addonVersions: versions as unknown as AddonInfo['addonVersions'] };
}

export const toClusterVersion = (version: Sdk.ClusterVersionInformation): ClusterVersionInformation =>
  complete('DescribeClusterVersions', version, ['clusterVersion']);
