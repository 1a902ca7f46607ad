import type { OperationContext } from '../operation-context.ts';
import { accessEntries } from './access-entries.ts';
import { addons } from './addons.ts';
import { cancellation } from './cancel-update.ts';
import { clusterCreation } from './create-cluster.ts';
import { nodegroupCreation } from './create-nodegroup.ts';
import { versionOffer } from './describe-cluster-versions.ts';
import { clusters } from './describe-clusters.ts';
import { fargateProfiles } from './fargate-profiles.ts';
import { insights } from './insights.ts';
import { nodegroups } from './nodegroups.ts';
import { tags } from './tag-resource.ts';
import { addonUpdate } from './update-addon.ts';
import { clusterConfigUpdate } from './update-cluster-config.ts';
import { clusterVersionUpdate } from './update-cluster-version.ts';
import { nodegroupConfigUpdate } from './update-nodegroup-config.ts';
import { nodegroupVersionUpdate } from './update-nodegroup-version.ts';
import { updates } from './updates.ts';

/** Every operation of the fake EKS, by the API's name. */
export const operations = {
  ...accessEntries,
  ...addons,
  ...cancellation,
  ...clusterCreation,
  ...nodegroupCreation,
  ...clusters,
  ...versionOffer,
  ...fargateProfiles,
  ...insights,
  ...nodegroups,
  ...tags,
  ...addonUpdate,
  ...clusterConfigUpdate,
  ...clusterVersionUpdate,
  ...nodegroupConfigUpdate,
  ...nodegroupVersionUpdate,
  ...updates,
};

export type OperationName = keyof typeof operations;
export type OperationInput<N extends OperationName> = Parameters<(typeof operations)[N]>[1];
export type OperationOutput<N extends OperationName> = ReturnType<(typeof operations)[N]>;

export function isOperationName(name: string): name is OperationName {
  return Object.hasOwn(operations, name);
}

/** Only here the name and the input's type are combined; callers use FakeEks, which types them. */
export const handlers = operations as unknown as Readonly<
  Record<string, (context: OperationContext, input: object) => object>
>;

/** Operations that change something at AWS. StartInsightsRefresh is none of them (protocol.md, Calls that have no update). */
export const isMutating = (name: OperationName): boolean => !/^(Describe|List|StartInsightsRefresh)/.test(name);
