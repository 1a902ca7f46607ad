import type { UpdateNodegroupConfigRequest } from '@aws-sdk/client-eks';
import { given } from '../../core/model/given.ts';
import type {
  Addon,
  AddonInfo,
  Cluster,
  ClusterVersionInformation,
  EksMutator,
  EksReader,
  Insight,
  InsightSummary,
  Nodegroup,
  Scope,
  Update,
} from '../../core/ports/eks.ts';
import type { Clock } from '../../core/ports/outside.ts';
import type { FakeEks } from './fake-eks.ts';
import type { OperationInput, OperationName, OperationOutput } from './operations/catalog.ts';

export interface InMemoryEksOptions {
  readonly clock: Clock;
  /** The role of the caller: one ARN, or one per account (the spoke roles). */
  readonly principal: string | ((scope: Scope) => string);
  /** Waits in the time of the clock; only injected delays need it. */
  readonly sleep?: (milliseconds: number) => Promise<void>;
  /** Items per page; small numbers test the page loops. */
  readonly pageSize?: number;
}

/** The ports of core on the fake EKS in this process, with complete lists and the fake's own errors. */
export function createInMemoryEks(fake: FakeEks, options: InMemoryEksOptions): EksReader & EksMutator {
  const send = async <N extends OperationName>(
    scope: Scope,
    name: N,
    input: OperationInput<N>,
  ): Promise<OperationOutput<N>> => {
    const principal = typeof options.principal === 'string' ? options.principal : options.principal(scope);
    const caller = { ...scope, principal };
    const delay = fake.faults.takeDelay({ operation: name, input, caller });
    if (delay.beforeMilliseconds > 0) await options.sleep?.(delay.beforeMilliseconds);
    const output = fake.operation(name, input, caller, options.clock.now());
    if (delay.afterMilliseconds > 0) await options.sleep?.(delay.afterMilliseconds);
    return output;
  };

  /** Follows nextToken to the end. */
  const all = async <N extends OperationName, T>(
    scope: Scope,
    name: N,
    input: OperationInput<N>,
    items: (output: OperationOutput<N>) => readonly T[] | undefined,
  ): Promise<T[]> => {
    const found: T[] = [];
    let nextToken: string | undefined;
    do {
      const page = { ...input, ...(nextToken === undefined ? {} : { nextToken }) };
      const output = await send(scope, name, { ...page, maxResults: options.pageSize ?? 100 });
      found.push(...(items(output) ?? []));
      nextToken = (output as { nextToken?: string | undefined }).nextToken;
    } while (nextToken !== undefined);
    return found;
  };

  return {
    listClusters: (scope) => all(scope, 'ListClusters', {}, (output) => output.clusters),
    describeCluster: async (scope, input) => (await send(scope, 'DescribeCluster', input)).cluster as Cluster,
    listNodegroups: (scope, input) => all(scope, 'ListNodegroups', input, (output) => output.nodegroups),
    describeNodegroup: async (scope, input) => (await send(scope, 'DescribeNodegroup', input)).nodegroup as Nodegroup,
    listFargateProfiles: (scope, input) =>
      all(scope, 'ListFargateProfiles', input, (output) => output.fargateProfileNames),
    listAddons: (scope, input) => all(scope, 'ListAddons', input, (output) => output.addons),
    describeAddon: async (scope, input) => (await send(scope, 'DescribeAddon', input)).addon as Addon,
    describeAddonVersions: (scope, input) =>
      all(scope, 'DescribeAddonVersions', input, (output) => output.addons as AddonInfo[]),
    listUpdates: (scope, input) => all(scope, 'ListUpdates', input, (output) => output.updateIds),
    describeUpdate: async (scope, input) => (await send(scope, 'DescribeUpdate', input)).update as Update,
    listInsights: (scope, { clusterName, categories }) =>
      all(
        scope,
        'ListInsights',
        { clusterName, ...given({ filter: categories && { categories } }) },
        (output) => output.insights as InsightSummary[],
      ),
    describeInsight: async (scope, input) => (await send(scope, 'DescribeInsight', input)).insight as Insight,
    startInsightsRefresh: async (scope, input) => given(await send(scope, 'StartInsightsRefresh', input)),
    describeInsightsRefresh: async (scope, input) => given(await send(scope, 'DescribeInsightsRefresh', input)),
    describeClusterVersions: (scope) =>
      all(scope, 'DescribeClusterVersions', {}, (output) => output.clusterVersions as ClusterVersionInformation[]),
    updateClusterVersion: async (scope, { timeoutMinutes, ...input }) => {
      const rollbackConfig = timeoutMinutes === undefined ? {} : { rollbackConfig: { timeoutMinutes } };
      return (await send(scope, 'UpdateClusterVersion', { ...input, ...rollbackConfig })).update as Update;
    },
    extendSupport: async (scope, input) =>
      (await send(scope, 'UpdateClusterConfig', { ...input, upgradePolicy: { supportType: 'EXTENDED' } }))
        .update as Update,
    updateNodegroupVersion: async (scope, input) =>
      (await send(scope, 'UpdateNodegroupVersion', input)).update as Update,
    updateNodegroupConfig: async (scope, input) =>
      (await send(scope, 'UpdateNodegroupConfig', input as UpdateNodegroupConfigRequest)).update as Update,
    updateAddon: async (scope, input) => (await send(scope, 'UpdateAddon', input)).update as Update,
  };
}
