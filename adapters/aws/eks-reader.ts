import type * as Sdk from '@aws-sdk/client-eks';
import {
  DescribeAddonCommand,
  DescribeClusterCommand,
  DescribeInsightCommand,
  DescribeInsightsRefreshCommand,
  DescribeNodegroupCommand,
  DescribeUpdateCommand,
  type EKSClient,
  paginateDescribeAddonVersions,
  paginateDescribeClusterVersions,
  paginateListAddons,
  paginateListClusters,
  paginateListFargateProfiles,
  paginateListInsights,
  paginateListNodegroups,
  paginateListUpdates,
  StartInsightsRefreshCommand,
} from '@aws-sdk/client-eks';
import { namedError } from '../../core/contracts/errors.ts';
import { given } from '../../core/model/given.ts';
import { atMost } from '../../core/model/remembered.ts';
import type {
  Addon,
  AddonInfo,
  Cluster,
  ClusterVersionInformation,
  EksReader,
  Insight,
  InsightSummary,
  InsightsRefresh,
  Nodegroup,
  Scope,
  Update,
} from '../../core/ports/eks.ts';
import type { EksConnections } from './eks-connections.ts';

type Paging = { client: EKSClient };

/**
 * The versions that EKS offers of an add-on are the same for every cluster of an account in a Region, and change by the week: they are read again
 * only after this time.
 */
const OFFER_MILLISECONDS = 60 * 60_000;

/**
 * EKS over the SDK: one client per account and Region with the spoke role's credentials. Each call waits for its turn in the account's rate, and each
 * list is read to its last page. Errors are the SDK's own, with EKS's names.
 */
export function createEksReader(connections: EksConnections): EksReader {
  const client = async (scope: Scope): Promise<EKSClient> => {
    await connections.bucket(scope).take();
    return connections.reader(scope);
  };
  const all = async <Input, Item, Member extends string>(
    scope: Scope,
    paginate: (config: Paging, input: Input) => AsyncIterable<{ readonly [Name in Member]?: Item[] | undefined }>,
    input: Input,
    member: Member,
  ): Promise<Item[]> => {
    const items: Item[] = [];
    for await (const page of paginate({ client: await client(scope) }, input)) {
      // The next page is another call, so it waits for its turn while this one's items are kept.
      items.push(...(page[member] ?? []));
      if (hasNext(page)) await connections.bucket(scope).take();
    }
    return items;
  };

  // An offer with all its versions has a hundred kilobytes, and each account and Region has its own.
  const offers = atMost<string, { readonly readAt: number; readonly addons: AddonInfo[] }>(200);

  return {
    listClusters: (scope) => all(scope, paginateListClusters, {}, 'clusters'),
    describeCluster: async (scope, { name }) =>
      toCluster((await (await client(scope)).send(new DescribeClusterCommand({ name }))).cluster),
    listNodegroups: (scope, { clusterName }) => all(scope, paginateListNodegroups, { clusterName }, 'nodegroups'),
    describeNodegroup: async (scope, { clusterName, nodegroupName }) => {
      const command = new DescribeNodegroupCommand({ clusterName, nodegroupName });
      return toNodegroup((await (await client(scope)).send(command)).nodegroup);
    },
    listFargateProfiles: (scope, { clusterName }) =>
      all(scope, paginateListFargateProfiles, { clusterName }, 'fargateProfileNames'),
    listAddons: (scope, { clusterName }) => all(scope, paginateListAddons, { clusterName }, 'addons'),
    describeAddon: async (scope, { clusterName, addonName }) => {
      const command = new DescribeAddonCommand({ clusterName, addonName });
      return toAddon((await (await client(scope)).send(command)).addon);
    },
    describeAddonVersions: async (scope, input) => {
      const readAt = connections.clock.now().getTime();
      const asked = JSON.stringify([scope.account, scope.region, input.addonName, input.kubernetesVersion]);
      const known = offers.get(asked);
      if (known !== undefined && readAt - known.readAt < OFFER_MILLISECONDS) return known.addons;
      const addons = (await all(scope, paginateDescribeAddonVersions, { ...input }, 'addons')).map(toAddonInfo);
      offers.set(asked, { readAt, addons });
      return addons;
    },
    listUpdates: (scope, input) => all(scope, paginateListUpdates, { ...input }, 'updateIds'),
    describeUpdate: async (scope, input) =>
      toUpdate((await (await client(scope)).send(new DescribeUpdateCommand({ ...input }))).update),
    listInsights: async (scope, { clusterName, categories }) => {
      const filter = categories === undefined ? {} : { filter: { categories } };
      return (await all(scope, paginateListInsights, { clusterName, ...filter }, 'insights')).map(toInsightSummary);
    },
    describeInsight: async (scope, { clusterName, id }) =>
      toInsight((await (await client(scope)).send(new DescribeInsightCommand({ clusterName, id }))).insight),
    startInsightsRefresh: async (scope, { clusterName }) =>
      toInsightsRefresh(await (await client(scope)).send(new StartInsightsRefreshCommand({ clusterName }))),
    describeInsightsRefresh: async (scope, { clusterName }) =>
      toInsightsRefresh(await (await client(scope)).send(new DescribeInsightsRefreshCommand({ clusterName }))),
    describeClusterVersions: async (scope) =>
      (await all(scope, paginateDescribeClusterVersions, {}, 'clusterVersions')).map(toClusterVersion),
  };
}

const hasNext = (page: unknown): boolean => (page as { nextToken?: string }).nextToken !== undefined;

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

const toCluster = (cluster: Sdk.Cluster | undefined): Cluster =>
  complete('DescribeCluster', cluster, ['name', 'arn', 'createdAt', 'version', 'status']);

const toNodegroup = (nodegroup: Sdk.Nodegroup | undefined): Nodegroup =>
  complete('DescribeNodegroup', nodegroup, ['nodegroupName', 'clusterName', 'status']);

const toAddon = (addon: Sdk.Addon | undefined): Addon =>
  complete('DescribeAddon', addon, ['addonName', 'clusterName', 'addonVersion', 'status']);

/** An update without params names no target; an empty list says so. */
export function toUpdate(update: Sdk.Update | undefined): Update {
  const checked: Update = complete('an update', update, ['id', 'status', 'type', 'createdAt']);
  return { ...checked, params: checked.params ?? [] };
}

/** An insight without a status is UNKNOWN, which is not a pass. */
function toInsightSummary(insight: Sdk.InsightSummary): InsightSummary {
  const checked: InsightSummary = complete('ListInsights', insight, ['id', 'name', 'category']);
  return { ...checked, insightStatus: statusOf(insight) };
}

function toInsight(insight: Sdk.Insight | undefined): Insight {
  const checked: Insight = complete('DescribeInsight', insight, ['id', 'name', 'category']);
  return { ...checked, insightStatus: statusOf(insight) };
}

function statusOf(insight: Pick<Sdk.Insight, 'insightStatus'> | undefined): Insight['insightStatus'] {
  const { status = 'UNKNOWN', reason } = insight?.insightStatus ?? {};
  return { status, ...(reason === undefined ? {} : { reason }) };
}

const toInsightsRefresh = ({
  status,
  message,
  startedAt,
  endedAt,
}: Pick<Sdk.DescribeInsightsRefreshResponse, 'status' | 'message' | 'startedAt' | 'endedAt'>): InsightsRefresh =>
  given({ status, message, startedAt, endedAt });

function toAddonInfo(addon: Sdk.AddonInfo): AddonInfo {
  const checked: AddonInfo = complete('DescribeAddonVersions', addon, ['addonName']);
  const versions = (addon.addonVersions ?? []).map((version) => ({
    ...version,
    ...complete<Sdk.AddonVersionInfo, { addonVersion: string }>('DescribeAddonVersions', version, ['addonVersion']),
    compatibilities: (version.compatibilities ?? []).filter((one) => one.clusterVersion !== undefined),
  }));
  return { ...checked, addonVersions: versions as unknown as AddonInfo['addonVersions'] };
}

const toClusterVersion = (version: Sdk.ClusterVersionInformation): ClusterVersionInformation =>
  complete('DescribeClusterVersions', version, ['clusterVersion']);
