import {
  inUse,
  invalidParameter,
  invalidRequest,
  notFound,
  type Refusal,
  requiredByCli,
  shop,
  type World,
} from './refusal.ts';

const creation = {
  clusterName: 'shop',
  nodegroupName: 'new',
  subnets: ['subnet-1', 'subnet-2'],
  nodeRole: 'arn:aws:iam::111111111111:role/node',
};
const { nodeRole: _role, ...withoutRole } = creation;
const subject = { clusterName: 'shop', nodegroupName: 'new' };
const token = 'a-token-of-at-least-thirty-three-characters';

const create = (name: string, source: string, changes: object, message: RegExp): Refusal => ({
  name,
  source,
  world: shop(),
  operation: 'CreateNodegroup',
  input: { ...creation, ...changes },
  ...invalidParameter,
  message,
  subject,
});

const withGroup = (prepare?: (world: World) => void) => shop({ nodegroups: [{ name: 'workers' }] }, prepare);
const workers = { clusterName: 'shop', nodegroupName: 'workers' };

/** Node groups that do not come, and that do not go. */
export const nodegroupLifeRefusals: readonly Refusal[] = [
  create(
    'a node group of another version than the cluster’s',
    '§5.2',
    { version: '1.34' },
    /^Requested Nodegroup Kubernetes version 1\.34 should be equal to Cluster kubernetes version 1\.35$/,
  ),
  create(
    'a node group of images that there are none of',
    '§5.3',
    { amiType: 'AL2_x86_64' },
    /^AMI Type AL2_x86_64 is only supported for kubernetes versions 1\.32 or earlier$/,
  ),
  create(
    'a node group of a release of another version',
    '§5.2',
    { releaseVersion: '1.34.1-20261001' },
    /^Requested release version 1\.34\.1-20261001 is not valid for kubernetes version 1\.35\.$/,
  ),
  create(
    'a new node group with more nodes than its maximum',
    'the API’s model',
    { scalingConfig: { minSize: 1, maxSize: 2, desiredSize: 3 } },
    /^Desired capacity 3 can't be greater than max size 2$/,
  ),
  create(
    'a new node group with a launch template by id and by name',
    'aws-controllers-k8s/community#2645',
    { launchTemplate: { id: 'lt-1', name: 'one' } },
    /^Either provide launch template ID or launch template name in the request\.$/,
  ),
  create('a node group in no subnet', 'the API’s model', { subnets: [] }, /^Subnets are not specified$/),
  {
    name: 'a node group without a role',
    source: 'the API’s model',
    world: shop(),
    operation: 'CreateNodegroup',
    input: withoutRole,
    ...invalidParameter,
    message: /^nodeRole is required$/,
    cli: requiredByCli,
  },
  create(
    'a new node group with a label of 64 characters',
    'the API’s model',
    { labels: { team: 'x'.repeat(64) } },
    /^Label keys and values must be between 1 and 63 characters/,
  ),
  create(
    'a new node group with a tag of AWS’s own',
    'the API’s model',
    { tags: { 'aws:mine': 'x' } },
    /^Tag key aws:mine must not start with aws:$/,
  ),
  {
    name: 'a node group whose name is taken',
    source: 'hashicorp/terraform-provider-aws#18218',
    world: withGroup(),
    operation: 'CreateNodegroup',
    input: { ...creation, nodegroupName: 'workers' },
    ...inUse,
    message: /^NodeGroup already exists with name workers and cluster name shop$/,
    subject: workers,
  },
  {
    name: 'a token of a node group with other parameters',
    source: '§2.4',
    world: shop({}, (world) => world.call('CreateNodegroup', { ...creation, clientRequestToken: token })),
    operation: 'CreateNodegroup',
    input: { ...creation, diskSize: 50, clientRequestToken: token },
    ...invalidParameter,
    message: /was already used with different parameters$/,
    subject,
  },
  {
    name: 'a 31st node group',
    source: '§5.4',
    world: shop({ nodegroups: Array.from({ length: 30 }, (_, index) => ({ name: `group-${index}`, nodes: 0 })) }),
    operation: 'CreateNodegroup',
    input: creation,
    error: 'ResourceLimitExceededException',
    status: 400,
    message: /maximum number of node groups \(30\) for cluster shop$/,
    subject,
  },
  {
    name: 'a node group of a cluster that is not there',
    source: '§5.2',
    world: shop(),
    operation: 'CreateNodegroup',
    input: { ...creation, clusterName: 'gone' },
    ...notFound,
    message: /^No cluster found for name: gone\.$/,
    subject: { ...subject, clusterName: 'gone' },
  },
  {
    name: 'a node group while the control plane changes',
    source: '§2.1',
    world: shop({}, (world) => world.call('UpdateClusterVersion', { name: 'shop', version: '1.36' })),
    operation: 'CreateNodegroup',
    input: creation,
    ...invalidRequest,
    message: /^Cluster 'shop' is not in ACTIVE status, it is UPDATING$/,
    subject,
  },
  {
    name: 'the deletion of a node group that is not there',
    source: '§5.4',
    world: shop(),
    operation: 'DeleteNodegroup',
    input: workers,
    ...notFound,
    message: /^No node group found for name: workers\.$/,
    subject: workers,
  },
  {
    name: 'the deletion of a node group that is updated',
    source: 'hashicorp/terraform-provider-aws#13931',
    world: withGroup((world) => world.call('UpdateNodegroupConfig', { ...workers, scalingConfig: { desiredSize: 3 } })),
    operation: 'DeleteNodegroup',
    input: workers,
    ...inUse,
    message: /^Nodegroup cannot be deleted as it has an update in progress$/,
    subject: workers,
  },
];
