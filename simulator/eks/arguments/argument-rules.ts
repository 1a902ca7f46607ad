import type { OperationName } from '../operations/catalog.ts';
import { type ArgumentRule, lengthWithin, oneOf, within } from './argument-rule.ts';
import { clusterNameIn } from './cluster-name.ts';
import { labelRule, newLabelRule, tagRule } from './key-value-rules.ts';

/** Whatever the operation: a list's pages (facts: eks.md §4.1, §11), and the cluster's name, which stands in one of two members. */
const everywhere = [within('maxResults', 1, 100), clusterNameIn('name'), clusterNameIn('clusterName')];

const supportType = oneOf('upgradePolicy.supportType', 'STANDARD', 'EXTENDED');

/** Observed of CreateCluster alone (ansible-collections/community.aws#844), so asked of it alone. */
const token: ArgumentRule = (input) =>
  lengthWithin('clientRequestToken', 33, 126)(input) === undefined
    ? undefined
    : 'The client request token parameter must be between 33 and 126 characters.';

/** How many nodes a node group has, and how many of them an update takes at once. */
const scaling = [
  within('scalingConfig.minSize', 0),
  within('scalingConfig.maxSize', 1),
  within('scalingConfig.desiredSize', 0),
  within('updateConfig.maxUnavailable', 1, 100),
  within('updateConfig.maxUnavailablePercentage', 1, 100),
  oneOf('updateConfig.updateStrategy', 'DEFAULT', 'MINIMAL'),
];

const ofOperations: Readonly<Partial<Record<OperationName, readonly ArgumentRule[]>>> = {
  CreateCluster: [token, supportType, tagRule],
  CreateNodegroup: [
    newLabelRule,
    tagRule,
    lengthWithin('nodegroupName', 1, 63),
    ...scaling,
    oneOf('capacityType', 'ON_DEMAND', 'SPOT', 'CAPACITY_BLOCK'),
  ],
  DescribeClusterVersions: [
    oneOf('versionStatus', 'STANDARD_SUPPORT', 'EXTENDED_SUPPORT', 'UNSUPPORTED'),
    oneOf('status', 'standard-support', 'extended-support', 'unsupported'),
  ],
  ListInsights: [
    oneOf('filter.categories', 'UPGRADE_READINESS', 'MISCONFIGURATION', 'ROLLBACK_READINESS'),
    oneOf('filter.statuses', 'PASSING', 'WARNING', 'ERROR', 'UNKNOWN'),
  ],
  TagResource: [tagRule],
  UpdateAddon: [
    oneOf('resolveConflicts', 'OVERWRITE', 'NONE', 'PRESERVE'),
    lengthWithin('serviceAccountRoleArn', 1, 255),
  ],
  UpdateClusterConfig: [supportType],
  UpdateClusterVersion: [within('rollbackConfig.timeoutMinutes', 120, 10_080)],
  UpdateNodegroupConfig: [labelRule, ...scaling],
};

/** What EKS checks of an operation's arguments before it looks at any cluster. Bounds and enumerations: the API's model. */
export const argumentRules = (operation: OperationName): readonly ArgumentRule[] => [
  ...everywhere,
  ...(ofOperations[operation] ?? []),
];
