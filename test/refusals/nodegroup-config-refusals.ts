import {
  inUse,
  invalidParameter,
  invalidRequest,
  minimumOfCli,
  notFound,
  oneRule,
  type Refusal,
  shop,
  type World,
} from './refusal.ts';

const operation = 'UpdateNodegroupConfig' as const;
const group = { clusterName: 'shop', nodegroupName: 'workers' };

/** `shop` with the node group `workers`: 2 nodes, at least 1, at most 4. */
const withWorkers = (prepare?: (world: World) => void) => shop({ nodegroups: [{ name: 'workers' }] }, prepare);

const wrong = (name: string, source: string, settings: object, message: RegExp): Refusal => ({
  name,
  source,
  world: withWorkers(),
  operation,
  input: { ...group, ...settings },
  ...invalidParameter,
  message,
  subject: group,
});

const settingsRefusals: readonly Refusal[] = [
  wrong(
    'a minimum above the number of nodes',
    'terraform-aws-modules/terraform-aws-eks#3306',
    { scalingConfig: { minSize: 3 } },
    /^Minimum capacity 3 can't be greater than desired size 2$/,
  ),
  wrong(
    'more nodes than the maximum',
    'the API’s model',
    { scalingConfig: { desiredSize: 5 } },
    /^Desired capacity 5 can't be greater than max size 4$/,
  ),
  wrong('451 nodes', '§5.4, §11', { scalingConfig: { maxSize: 451 } }, /^A node group can have at most 450 nodes$/),
  ...oneRule(
    ...[
      wrong('a maximum of 0', 'the API’s model', { scalingConfig: { maxSize: 0 } }, /at least 1$/),
      wrong('a minimum of -1', 'the API’s model', { scalingConfig: { minSize: -1 } }, /at least 0$/),
      wrong('-1 nodes', 'the API’s model', { scalingConfig: { desiredSize: -1 } }, /at least 0$/),
      wrong('none unavailable', '§5.1', { updateConfig: { maxUnavailable: 0 } }, /between 1 and 100$/),
    ].map((refusal) => ({ ...refusal, cli: minimumOfCli })),
  ),
  ...oneRule(
    wrong('101 unavailable', '§5.1', { updateConfig: { maxUnavailable: 101 } }, /between 1 and 100$/),
    wrong('101 % unavailable', '§5.1', { updateConfig: { maxUnavailablePercentage: 101 } }, /between 1 and 100$/),
  ),
  wrong(
    'more unavailable than there can be',
    '§5.1; hashicorp/terraform-provider-aws#26535',
    { updateConfig: { maxUnavailable: 5 } },
    /^max-unavailable must be within the range 1 and max size of the node group$/,
  ),
  ...oneRule(
    ...[{ maxUnavailable: 1, maxUnavailablePercentage: 10 }, { updateStrategy: 'MINIMAL' }].map((updateConfig) =>
      wrong(
        `an update setting of ${Object.keys(updateConfig).join(' and ')}`,
        'the API’s model',
        { updateConfig },
        /^Exactly one of maxUnavailable and maxUnavailablePercentage is required$/,
      ),
    ),
  ),
  {
    ...wrong(
      'an unknown update strategy',
      'C9, §5.1',
      { updateConfig: { maxUnavailable: 1, updateStrategy: 'Rolling' } },
      /^updateConfig\.updateStrategy Rolling is not one of \[DEFAULT, MINIMAL\]$/,
    ),
    alike: true,
  },
  wrong(
    'a label of 64 characters',
    'the API’s model',
    { labels: { addOrUpdateLabels: { tier: 'x'.repeat(64) } } },
    /^Label keys and values must be between 1 and 63 characters/,
  ),
];

const stateRefusals: readonly Refusal[] = [
  {
    name: 'new settings of a node group during its roll',
    source: '§5.4; aws/containers-roadmap#2204',
    world: withWorkers((world) => world.call('UpdateNodegroupVersion', { ...group, version: '1.35' })),
    operation,
    input: { ...group, scalingConfig: { desiredSize: 3 } },
    ...inUse,
    message: /^Nodegroup cannot be updated as it is currently not in Active State$/,
    subject: group,
  },
  {
    name: 'new settings of a node group while the control plane moves',
    source: '§2.2',
    world: withWorkers((world) => world.call('UpdateClusterVersion', { name: 'shop', version: '1.36' })),
    operation,
    input: { ...group, scalingConfig: { desiredSize: 3 } },
    ...invalidRequest,
    message: /is not in ACTIVE status, it is UPDATING$/,
    alike: true,
  },
  {
    name: 'a token of other settings',
    source: '§2.4',
    world: withWorkers((world) =>
      world.call(operation, { ...group, scalingConfig: { desiredSize: 3 }, clientRequestToken: 'first' }),
    ),
    operation,
    input: { ...group, scalingConfig: { desiredSize: 4 }, clientRequestToken: 'first' },
    ...invalidParameter,
    message: /^clientRequestToken first was already used with different parameters$/,
    alike: true,
  },
  {
    name: 'settings of an unknown node group',
    source: '§5.2',
    world: withWorkers(),
    operation,
    input: { clusterName: 'shop', nodegroupName: 'none', scalingConfig: { desiredSize: 3 } },
    ...notFound,
    message: /^No node group found for name: none\.$/,
    alike: true,
  },
];

export const nodegroupConfigRefusals: readonly Refusal[] = [...settingsRefusals, ...stateRefusals];
