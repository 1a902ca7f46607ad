import { FakeEksError } from '../errors.ts';
import { isOperationName, type OperationName } from '../operations/catalog.ts';
import { type ArgumentRule, type Arguments, lengthWithin, oneOf, valueAt, within } from './argument-rule.ts';

/** InvalidParameterException for arguments that are wrong in every state; tag operations have their own error. */
export function checkArguments(operation: string, input: object): void {
  if (!isOperationName(operation)) return;
  for (const rule of argumentRules(operation)) {
    const problem = rule(input as Arguments);
    if (problem === undefined) continue;
    throw new FakeEksError(
      /tagResource$/i.test(operation) ? 'BadRequestException' : 'InvalidParameterException',
      problem,
    );
  }
}

const pattern = /^[0-9A-Za-z][A-Za-z0-9_-]*$/;

/**
 * The characters of cluster names (`ClusterName` of the API's model). EKS checks them wherever a cluster is named, also in operations which declare
 * no InvalidParameterException: surajincloud/kubectl-eks#72 shows it for DescribeCluster and ListNodegroups.
 */
function clusterNameIn(parameter: 'name' | 'clusterName'): ArgumentRule {
  return (input) => {
    const value = input[parameter];
    if (typeof value !== 'string' || value === '') return undefined;
    if (value.length > 100) return `The parameter ${parameter} must be between 1 and 100 characters`;
    if (pattern.test(value)) return undefined;
    return `The parameter ${parameter} contains invalid characters. It should conform to the regular expression "^[0-9A-Za-z][A-Za-z0-9-_]*"`;
  };
}

/** Tags with AWS's usual limits: at most 50, keys of 1 to 128 characters which do not begin with `aws:`, values of at most 256. */
const tagRule: ArgumentRule = ({ tags }) => {
  const entries = Object.entries((tags ?? {}) as Readonly<Record<string, unknown>>);
  if (entries.length > 50) return 'A resource can have at most 50 tags';
  for (const [key, value] of entries) {
    if (key.toLowerCase().startsWith('aws:')) return `Tag key ${key} must not start with aws:`;
    if (key === '' || key.length > 128) return `Tag key ${key} must be between 1 and 128 characters`;
    if (String(value).length > 256) return `The value of tag ${key} must be at most 256 characters`;
  }
  return undefined;
};

/** One to fifty keys (`UntagResource` of the API's model), each valid as a tag's key. */
const tagKeysRule: ArgumentRule = ({ tagKeys }) => {
  const keys = Array.isArray(tagKeys) ? tagKeys : [];
  if (keys.length === 0 || keys.length > 50) return 'tagKeys must have between 1 and 50 members';
  return tagRule({ tags: Object.fromEntries(keys.map((key) => [key, ''])) });
};

/** Labels of nodes have keys and values of 1 to 63 characters (`labelKey` and `labelValue` of the API's model). */
const labelsAt =
  (path: string): ArgumentRule =>
  (input) => {
    const labels = Object.entries((valueAt(input, path) ?? {}) as Readonly<Record<string, unknown>>);
    const wrong = labels.flat().find((text) => text === '' || String(text).length > 63);
    return wrong === undefined
      ? undefined
      : `Label keys and values must be between 1 and 63 characters: ${String(wrong)}`;
  };

const labelRule = labelsAt('labels.addOrUpdateLabels');
const newLabelRule = labelsAt('labels');

/** For every operation: a list's pages (facts: eks.md §4.1, §11), and the cluster's name, which is in one of two members. */
const everywhere = [within('maxResults', 1, 100), clusterNameIn('name'), clusterNameIn('clusterName')];

const supportType = oneOf('upgradePolicy.supportType', 'STANDARD', 'EXTENDED');

/** This was observed for CreateCluster only (ansible-collections/community.aws#844), so only that has the rule. */
const token: ArgumentRule = (input) =>
  lengthWithin('clientRequestToken', 33, 126)(input) === undefined
    ? undefined
    : 'The client request token parameter must be between 33 and 126 characters.';

/** The size of a node group, and how many nodes an update replaces at once. */
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
  UntagResource: [tagKeysRule],
  UpdateAddon: [
    oneOf('resolveConflicts', 'OVERWRITE', 'NONE', 'PRESERVE'),
    lengthWithin('serviceAccountRoleArn', 1, 255),
  ],
  UpdateClusterConfig: [supportType],
  UpdateClusterVersion: [within('rollbackConfig.timeoutMinutes', 120, 10_080)],
  UpdateNodegroupConfig: [labelRule, ...scaling],
};

/** Checks of EKS on an operation's arguments before it looks at any cluster. Bounds and enumerations: the API's model. */
const argumentRules = (operation: OperationName): readonly ArgumentRule[] => [
  ...everywhere,
  ...(ofOperations[operation] ?? []),
];
