import { z } from 'zod';
import { parseJson } from '../../model/parse-json.ts';
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
const rolesOf = ({ cluster, nodegroups }: Pick<PreflightFacts, 'cluster' | 'nodegroups'>) =>
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

/**
 * EKS assumes the role of the cluster and EC2 that of nodes, so each trust policy must name the service.
 * https://docs.aws.amazon.com/eks/latest/best-practices/cluster-upgrades.html (Verify EKS IAM role),
 * https://docs.aws.amazon.com/eks/latest/userguide/create-node-role.html
 */
export const roleUntrusted = preflightCheck({
  name: 'RoleUntrusted',
  source: 'capacity',
  finds:
    'The trust policy of the IAM role of the cluster or of a node group does not name the service that assumes it.',
  isOfRolls: true,
  observe(facts) {
    const { capacity, hasMoved } = facts;
    if (hasMoved) return [];
    const policies = new Map(capacity?.roles?.map(({ arn, trustPolicy }) => [arn, trustPolicy]));
    return rolesOf(facts).flatMap(({ arn, subject, whose, use, service }) => {
      const policy = policies.get(arn);
      const told = {
        subject,
        cause: `role:${arn}`,
        fix: `Add it: a statement that allows sts:AssumeRole to {"Service": "${service}"} (aws iam update-assume-role-policy).`,
      };
      const role = `The ${whose} has the role ${arn}, whose trust policy`;
      if (!maybeTrusts(policy, (one) => label(one) === label(service)))
        return { ...told, message: `${role} does not let ${service} assume it: ${use} needs that.` };
      if (!service.endsWith('.cn') || maybeTrusts(policy, (one) => one === service)) return [];
      // EKS refuses such a role where a group is created; nobody has seen what it makes of a roll.
      const message = `${role} names EC2, and not as ${service}: in China EKS takes no role for nodes without that name.`;
      return { ...told, severity: 'warning' as const, message };
    });
  },
});

/** Each partition has its own suffix: ec2.amazonaws.com.cn, ec2.c2s.ic.gov. */
const label = (name: string) => name.split('.')[0];

const oneOrMore = z.union([z.string().transform((one) => [one]), z.array(z.string())]);
const statement = z.object({
  Effect: z.string(),
  Action: oneOrMore.optional(),
  Principal: z.union([z.string(), z.record(z.string(), oneOrMore)]).optional(),
});
const policySchema = z.object({
  Statement: z.union([statement.transform((one) => [one]), z.array(statement)]),
});

/** A policy that cannot be read, or uses unsupported elements (NotAction, NotPrincipal), proves nothing. */
function maybeTrusts(policy: string | undefined, isMeant: (service: string) => boolean): boolean {
  if (policy === undefined) return true;
  const parsed = policySchema.safeParse(parseJson(policy));
  if (!parsed.success) return true;
  return parsed.data.Statement.some(({ Effect, Action, Principal }) => {
    if (Effect !== 'Allow') return false;
    if (Action === undefined || Principal === undefined || typeof Principal === 'string') return true;
    if (Principal.AWS?.includes('*')) return true;
    return (Principal.Service ?? []).some(isMeant) && Action.some(isAssumeRole);
  });
}

/** In an action `*` is any text, `?` is any character, and case does not count (IAM, Action). */
const isAssumeRole = (pattern: string): boolean =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.')}$`,
    'i',
  ).test('sts:AssumeRole');
