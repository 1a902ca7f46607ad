import type { ClusterRecord } from '../contracts/items/cluster.ts';
import { createEnvironment, type FieldsOf } from './environment.ts';

const cluster: FieldsOf<ReturnType<typeof viewOf>> = {
  name: { type: 'string', text: 'Its name in EKS.' },
  arn: { type: 'string', text: 'Its ARN.' },
  account: { type: 'string', text: 'The AWS account, 12 digits.' },
  region: { type: 'string', text: 'The Region, such as `eu-central-1`.' },
  version: {
    type: 'string',
    text: 'The minor it runs, such as `1.34`; compare `minor` instead, since text sorts otherwise.',
  },
  minor: { type: 'int', text: 'The same as a number: 34.' },
  platformVersion: { type: 'string', text: 'The platform version, such as `eks.12`. May be missing.' },
  status: { type: 'string', text: '`ACTIVE`, `UPDATING`, … as EKS says it.' },
  supportType: { type: 'string', text: '`STANDARD` or `EXTENDED`: its upgrade policy in EKS. May be missing.' },
  authenticationMode: { type: 'string', text: '`API`, `CONFIG_MAP` or `API_AND_CONFIG_MAP`. May be missing.' },
  autoMode: { type: 'bool', text: 'Whether EKS Auto Mode looks after its nodes.' },
  publicAccess: { type: 'bool', text: 'Whether its API server can be reached from the internet.' },
  privateAccess: { type: 'bool', text: 'Whether its API server can be reached inside its VPC.' },
  createdAt: { type: 'google.protobuf.Timestamp', text: 'When it was created.' },
  labels: { type: 'map<string, string>', text: 'Its labels, as selectors see them.' },
  tags: { type: 'map<string, string>', text: 'All its AWS tags: `cluster.tags["cost-centre"]`.' },
  nodegroups: { type: 'list<NodeGroup>', text: 'Its managed node groups.' },
  addons: { type: 'list<Addon>', text: 'Its EKS add-ons.' },
  fargateProfiles: { type: 'list<string>', text: 'The names of its Fargate profiles.' },
  managedBy: { type: 'list<string>', text: 'Tools whose marks are on it: `CloudFormation`, `Terraform`, `eksctl`.' },
  insightErrors: { type: 'int', text: 'EKS upgrade insights with status ERROR.' },
  insightWarnings: { type: 'int', text: 'EKS upgrade insights with status WARNING.' },
};

const nodegroup: FieldsOf<ClusterRecord['nodegroups'][number]> = {
  name: { type: 'string', text: 'Its name.' },
  version: { type: 'string', text: 'Its Kubernetes minor. May be missing.' },
  releaseVersion: { type: 'string', text: 'The release of its AMI. May be missing.' },
  status: { type: 'string', text: '`ACTIVE`, `DEGRADED`, … as EKS says it.' },
  amiType: { type: 'string', text: '`AL2023_x86_64_STANDARD`, `CUSTOM`, … May be missing.' },
  desiredSize: { type: 'int', text: 'How many nodes it should have. May be missing.' },
};

const addon: FieldsOf<ClusterRecord['addons'][number]> = {
  name: { type: 'string', text: 'Its name, such as `vpc-cni`.' },
  version: { type: 'string', text: 'Its version.' },
  status: { type: 'string', text: '`ACTIVE`, `DEGRADED`, … as EKS says it.' },
};

/**
 * The variables of `when`: a view that stays the same when records change (docs/policies.md). A member that a cluster does not have is missing and
 * not empty, so that `cluster.supportType != "EXTENDED"` has no answer where nobody knows.
 */
export const clusterEnvironment = createEnvironment<ClusterRecord>(
  { NodeGroup: nodegroup, Addon: addon, Cluster: cluster },
  { cluster: { type: 'Cluster', text: 'The cluster as it was last observed.' } },
  (record) => ({ cluster: viewOf(record) }),
);

function viewOf({ endpoint, insights, ...record }: ClusterRecord) {
  return {
    ...record,
    minor: /^\d+\.(\d+)/.exec(record.version)?.[1] ?? 0,
    publicAccess: endpoint.publicAccess,
    privateAccess: endpoint.privateAccess,
    insightErrors: insights.error,
    insightWarnings: insights.warning,
  };
}
