import type { Addon, AddonInfo, UpdateAddonRequest, UpdateParam } from '@aws-sdk/client-eks';
import { addonMinor } from '../../../core/version/addon-version.ts';
import { isCompatible } from '../addon-catalog.ts';
import type { AddonVersionRow } from '../addon-version-data.ts';
import { findAddon, findCluster, requireActive } from '../clusters.ts';
import { copyJson } from '../copy-json.ts';
import { FakeEksError } from '../errors.ts';
import { earlierUpdate } from '../idempotency.ts';
import { requireAddonUpdatable } from '../one-update-at-a-time.ts';
import { draw, type OperationContext } from '../operation-context.ts';
import { paginate } from '../pagination.ts';
import type { AddonRecord, ClusterRecord } from '../state/fake-eks-state.ts';
import { acceptUpdate, becomeVisibleSoon, later, renderUpdate } from '../updates.ts';
import type { EksOperations } from './eks-operations.ts';

export const addons: EksOperations<'ListAddons' | 'DescribeAddon' | 'DescribeAddonVersions'> = {
  ListAddons(context, input) {
    const cluster = findCluster(context.state, context.caller, input.clusterName);
    const { page, ...rest } = paginate(cluster.addons.map((each) => each.name).sort(), input);
    return { addons: page, ...rest };
  },

  DescribeAddon(context, input) {
    const cluster = findCluster(context.state, context.caller, input.clusterName);
    return { addon: renderAddon(cluster, findAddon(cluster, input.addonName)) };
  },

  /** The catalog, whole or for one add-on or minor; `defaultVersion` marks the minor's default (facts: eks.md §7). */
  DescribeAddonVersions(context, input) {
    const { addonVersions } = context.state;
    if (input.addonName !== undefined && addonVersions[input.addonName] === undefined) {
      throw new FakeEksError('ResourceNotFoundException', `No addon versions found for ${input.addonName}`);
    }
    const addons = Object.entries(addonVersions)
      .filter(([name]) => input.addonName === undefined || name === input.addonName)
      .map(([name, rows]) => addonInfo(name, rows, input.kubernetesVersion))
      .filter((info) => (info.addonVersions?.length ?? 0) > 0);
    const { page, ...rest } = paginate(addons, input);
    return { addons: page, ...rest };
  },
};

function renderAddon(cluster: ClusterRecord, addon: AddonRecord): Addon {
  const rendered: Addon = {
    addonName: addon.name,
    clusterName: cluster.name,
    status: addon.status,
    addonVersion: addon.version,
    health: { issues: copyJson(addon.healthIssues) as NonNullable<Addon['health']>['issues'] },
    addonArn: addon.arn,
    createdAt: new Date(addon.createdAt),
    modifiedAt: new Date(addon.modifiedAt),
    tags: { ...addon.tags },
  };
  if (addon.serviceAccountRoleArn !== undefined) rendered.serviceAccountRoleArn = addon.serviceAccountRoleArn;
  if (addon.configurationValues !== undefined) rendered.configurationValues = addon.configurationValues;
  if (addon.podIdentityAssociations !== undefined) {
    rendered.podIdentityAssociations = [...addon.podIdentityAssociations];
  }
  return rendered;
}

function addonInfo(addonName: string, rows: readonly AddonVersionRow[], minor: string | undefined): AddonInfo {
  return {
    addonName,
    type: addonName === 'aws-ebs-csi-driver' ? 'storage' : 'networking',
    publisher: 'eks',
    owner: 'aws',
    defaultNamespace: 'kube-system',
    addonVersions: rows
      .filter((row) => minor === undefined || row.minors.includes(minor))
      .map((row) => ({
        addonVersion: row.version,
        architecture: ['amd64', 'arm64'],
        computeTypes: ['ec2', 'auto'],
        compatibilities: row.minors
          .filter((each) => minor === undefined || each === minor)
          .map((clusterVersion) => ({
            clusterVersion,
            platformVersions: ['*'],
            defaultVersion: row.defaultFor.includes(clusterVersion),
          })),
        requiresConfiguration: false,
        requiresIamPermissions: addonName === 'aws-ebs-csi-driver' || addonName === 'vpc-cni',
      })),
  };
}

export const addonUpdate: EksOperations<'UpdateAddon'> = {
  /** Moves an add-on to a version which EKS lists for the cluster's present minor (facts: eks.md §7). */
  UpdateAddon(context, input) {
    const cluster = findCluster(context.state, context.caller, input.clusterName);
    const addon = findAddon(cluster, input.addonName);
    const earlier = earlierUpdate('UpdateAddon', cluster, input);
    if (earlier !== undefined) return { update: renderUpdate(earlier) };
    requireAddonUpdatable(cluster, addon);
    requireActive(cluster);
    checkVersion(context, cluster, addon, input.addonVersion);
    checkConfiguration(input.configurationValues);
    const update = acceptUpdate(context, cluster, {
      type: 'AddonUpdate',
      addonName: addon.name,
      params: parameters(input),
      toVersion: input.addonVersion ?? addon.version,
      principal: context.caller.principal,
      request: { operation: 'UpdateAddon', input: { ...input } },
    });
    if (addon.customised && (input.resolveConflicts ?? 'NONE') === 'NONE') {
      update.plannedFailure ??= {
        errorCode: 'ConfigurationConflict',
        errorMessage: `Conflicts found when trying to apply. Will not continue due to resolve conflicts mode. Conflicts: ${addon.name}`,
      };
    }
    becomeVisibleSoon(context, cluster, update);
    later(context, cluster, draw(context.random, context.timing.addon), 'addon-ends', update.id);
    return { update: renderUpdate(update) };
  },
};

/** An add-on that the catalog does not know can only be applied again at its present version. */
function checkVersion(
  context: OperationContext,
  cluster: ClusterRecord,
  addon: AddonRecord,
  version: string | undefined,
): void {
  if (version === undefined || version === addon.version) return;
  const known = context.state.addonVersions[addon.name] !== undefined;
  if (!known || !isCompatible(context.state.addonVersions, addon.name, version, cluster.version)) {
    throw new FakeEksError('InvalidParameterException', 'Addon version specified is not supported');
  }
  if (addon.name === 'vpc-cni') requireNextMinor(addon.version, version);
}

/** AWS's pages disagree about whether it is required (facts: eks.md C8); terraform-aws-modules/terraform-aws-eks#2749 shows that it is. */
function requireNextMinor(current: string, version: string): void {
  const minorOf = (text: string) => Number(addonMinor(text).split('.')[1]);
  if (Math.abs(minorOf(version) - minorOf(current)) <= 1) return;
  throw new FakeEksError(
    'InvalidParameterException',
    'Updating VPC-CNI can only go up or down 1 minor version at a time',
  );
}

function checkConfiguration(values: string | undefined): void {
  if (values === undefined) return;
  try {
    JSON.parse(values);
  } catch {
    // EKS accepts YAML too. It refuses text that is neither, and a block with tabs is the common case.
    if (/^\s*[[{]/.test(values) || /^\t/m.test(values)) {
      throw new FakeEksError('InvalidParameterException', 'ConfigurationValue provided in request is not supported');
    }
  }
}

function parameters(input: UpdateAddonRequest): UpdateParam[] {
  const all: [UpdateParam['type'], string | undefined][] = [
    ['AddonVersion', input.addonVersion],
    ['ServiceAccountRoleArn', input.serviceAccountRoleArn],
    ['ResolveConflicts', input.resolveConflicts],
    ['ConfigurationValues', input.configurationValues],
    ['PodIdentityAssociations', input.podIdentityAssociations && JSON.stringify(input.podIdentityAssociations)],
  ];
  return all.flatMap(([type, value]) => (value === undefined ? [] : [{ type, value }]));
}
