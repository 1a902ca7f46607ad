import { type PreflightFacts, preflightCheck } from './preflight-check.ts';

/** EKS creates network interfaces with the role of the cluster; nodes pull images and join with the role of their group. */
export const roleGone = preflightCheck({
  name: 'RoleGone',
  source: 'capacity',
  finds: 'The IAM role of the cluster or of a node group does not exist any more.',
  isOfRolls: true,
  observe(facts) {
    const { capacity, hasMoved } = facts;
    if (hasMoved || capacity?.roles === undefined) return [];
    const there = new Set(capacity.roles.map(({ arn }) => arn));
    return rolesOf(facts).flatMap(({ arn, subject, whose, use }) => {
      if (there.has(arn)) return [];
      return {
        subject,
        cause: `role:${arn}`,
        message: `The ${whose} has the role ${arn}, which does not exist any more: ${use} needs it.`,
        fix: 'Create the role again, by the same name and path, with its trust policy and its policies.',
      };
    });
  },
});

/** In China EKS refuses roles of nodes that trust EC2 by its other name (github.com/awslabs/cdk-eks-blueprints/issues/558). */
const ec2In = ({ arn }: PreflightFacts['cluster']): string =>
  arn.startsWith('arn:aws-cn:') ? 'ec2.amazonaws.com.cn' : 'ec2.amazonaws.com';

/** The roles that a hop needs: their owner, their use, and the service that assumes each. */
export const rolesOf = ({ cluster, nodegroups }: Pick<PreflightFacts, 'cluster' | 'nodegroups'>) =>
  [
    {
      ...{ arn: cluster.roleArn, service: 'eks.amazonaws.com', whose: 'cluster', use: 'an upgrade' },
      subject: { kind: 'Cluster', name: cluster.name },
    },
    ...nodegroups.map(({ nodegroupName, nodeRole: arn }) => ({
      ...{ arn, service: ec2In(cluster), whose: `node group ${nodegroupName}`, use: 'every new node' },
      subject: { kind: 'Nodegroup', name: nodegroupName },
    })),
  ].flatMap(({ arn, ...rest }) => (arn === undefined ? [] : { arn, ...rest }));
