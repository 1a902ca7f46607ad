import { given } from '../../model/given.ts';
import { issueTexts } from '../../model/issue-text.ts';
import { managedGroup, nodeOwner, type OwnerRef } from '../../model/node-owner.ts';
import { partPasses } from '../../model/passing-status.ts';
import { sentence } from '../../model/words.ts';
import type { Nodegroup } from '../../ports/eks.ts';
import { KubeVersion } from '../../version/kube-version.ts';
import rules from '../data/rules/images-of-nodes.json' with { type: 'json' };
import type { SkewObservation } from '../judge/observation.ts';
import { type PreflightCheck, preflightCheck } from './preflight-check.ts';

/**
 * A group that was never created completely, or could not be deleted, cannot be updated. The check fails before the control plane moves, not after.
 */
export const nodegroupStatus = preflightCheck({
  name: 'NodegroupStatus',
  source: 'eks',
  finds: 'A node group is in a status in which EKS takes no update of it. One that is degraded is warned of.',
  observe: ({ nodegroups }) =>
    nodegroups
      .filter(({ status }) => status !== 'ACTIVE' && status !== 'UPDATING')
      .map(({ nodegroupName, status, health }) => ({
        severity: partPasses(status) || status === 'DEGRADED' ? 'warning' : 'error',
        subject: { kind: 'Nodegroup', name: nodegroupName },
        cause: `nodegroup:${nodegroupName}`,
        message: sentence([`The node group ${nodegroupName} is ${status}`, ...issueTexts(health)].join('; ')),
        fix: partPasses(status)
          ? `Wait until it is ${status === 'DELETING' ? 'gone' : 'ACTIVE'}.`
          : 'Repair it, or delete it (aws eks describe-nodegroup, health.issues).',
      })),
});

// Only this file of rules is imported, because planning needs no other table.

const AL2 = 'al2-ami';
const BREAKS_IN = KubeVersion.parse(rules.find(({ id }) => id === AL2)?.breaksIn ?? '');

/** The scan of nodes uses the same rule. A group without nodes is affected too, and no update API changes the image type of a group. */
export const al2Ami = preflightCheck({
  name: AL2,
  source: 'eks',
  finds: 'A node group runs Amazon Linux 2, which has no image of the target.',
  observe: ({ target, nodegroups }) =>
    nodegroups
      .filter((group) => hasNoImage(group, target))
      .map((group) => ({
        subject: { kind: 'Nodegroup', name: group.nodegroupName },
        cause: `nodegroup:${group.nodegroupName}`,
        message: noImageText(group),
        fix: NEW_GROUP,
      })),
});

export const NEW_GROUP = 'Create an AL2023 or Bottlerocket group, move the workloads, delete this one.';

type Image = Pick<Nodegroup, 'nodegroupName'> & { readonly amiType?: string | undefined };

export const hasNoImage = ({ amiType }: Image, target: KubeVersion): boolean =>
  amiType?.startsWith('AL2_') === true && !target.isOlderThan(BREAKS_IN);

export const noImageText = ({ nodegroupName, amiType }: Image): string =>
  `The node group ${nodegroupName} runs Amazon Linux 2 (${amiType}), which has no image from ${BREAKS_IN} on.`;

/**
 * Checks what EKS knows of groups, those without nodes included. The scan of nodes covers nodes; this check does where a policy leaves that scan out.
 */
export const kubeletSkew: PreflightCheck = {
  name: 'VersionSkew',
  finds: 'Nodes or kube-proxy would be too far behind the API server, or newer than it.',
  observe({ nodegroups, hasMoved, server }) {
    if (hasMoved) return [];
    const ofGroups = nodegroups.flatMap(({ nodegroupName, version }) => {
      if (version === undefined) return [];
      const evidence = [`EKS says that it is at ${version}.`];
      const of = about('Nodegroup', nodegroupName, { kind: 'managed', name: nodegroupName });
      return { ...KUBELET, source: 'eks', ...of, evidence, version } as const;
    });
    const alike = Map.groupBy(server?.nodes ?? [], ({ kubeletVersion, labels, providerId }) =>
      JSON.stringify([nodeOwner(labels, providerId), kubeletVersion]),
    );
    const ofNodes = [...alike.values()].flatMap(([node, ...others]) => {
      if (node === undefined) return [];
      const name = others.length === 0 ? node.name : `${node.name} and ${others.length} more`;
      const evidence = [`Its kubelet is ${node.kubeletVersion}.`];
      const of = about('Node', name, nodeOwner(node.labels, node.providerId));
      return { ...KUBELET, source: 'server', ...of, evidence, version: node.kubeletVersion } as const;
    });
    return [...ofGroups, ...ofNodes];
  },
};

const KUBELET = { type: 'skew', component: 'kubelet', confidence: 'high' } as const;

const about = (
  kind: string,
  name: string,
  owner: OwnerRef,
): Pick<SkewObservation, 'subject' | 'cause' | 'nodegroup'> => ({
  subject: { kind, name },
  cause: `nodegroup:${owner.name ?? 'none'}`,
  ...given({ nodegroup: managedGroup(owner) }),
});

/**
 * It calls the function that updates the group (core/nodes/managed-groups/custom-image.ts), before the control plane moves and the nodes could no
 * longer follow.
 */
export const customImage = preflightCheck({
  name: 'CustomImage',
  source: 'capacity',
  finds:
    'The AMI that the policy names for a node group with an AMI of its own is missing, deprecated, or of another minor or architecture; or its launch template is not open to Liftlock.',
  isOfRolls: true,
  observe: ({ capacity }) =>
    (capacity?.ownImages ?? []).flatMap(({ nodegroup, refused }) => {
      if (refused === null) return [];
      return {
        subject: { kind: 'Nodegroup', name: nodegroup },
        cause: `image-of:${nodegroup}`,
        message: refused.message,
        fix: 'Build or share the AMI, name it in spec.nodes.images of the policy, or tag the launch template (docs/policies.md).',
      };
    }),
});
