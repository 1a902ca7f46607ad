import { foundOf, type PreflightCheck } from './preflight-check.ts';

const name = 'RoleGone';

/** EKS makes network interfaces as the role of the cluster; nodes pull images and join as that of their group. */
export const roleGone: PreflightCheck = {
  name,
  finds: 'The IAM role of the cluster or of a node group does not exist any more.',
  isOfRolls: true,
  observe({ cluster, hasMoved, nodegroups, capacity }) {
    const roles = hasMoved ? undefined : capacity?.roles;
    if (roles === undefined) return [];
    const named = [
      { arn: cluster.roleArn, subject: { kind: 'Cluster', name: cluster.name }, use: 'an upgrade' },
      ...nodegroups.map(({ nodegroupName, nodeRole: arn }) => ({
        ...{ arn, subject: { kind: 'Nodegroup', name: nodegroupName }, use: 'every new node' },
      })),
    ];
    return named.flatMap(({ arn, subject, use }) => {
      if (arn === undefined || roles.includes(arn)) return [];
      return foundOf(name, 'capacity', cluster, {
        subject,
        cause: `role:${arn}`,
        message: `The ${subject.kind === 'Cluster' ? 'cluster' : `node group ${subject.name}`} has the role ${arn}, which does not exist any more: ${use} needs it.`,
        fix: 'Create the role again, by the same name and path, with its trust policy and its policies.',
      });
    });
  },
};
