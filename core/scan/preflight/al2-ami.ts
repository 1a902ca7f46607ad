import type { Nodegroup } from '../../ports/eks.ts';
import { KubeVersion } from '../../version/kube-version.ts';
// Only this file of rules is imported, because planning needs no other table.
import rules from '../data/rules/images-of-nodes.json' with { type: 'json' };
import { preflightCheck } from './preflight-check.ts';

const name = 'al2-ami';
const BREAKS_IN = KubeVersion.parse(rules.find(({ id }) => id === name)?.breaksIn ?? '');

/** The scan of nodes uses the same rule. A group without nodes is affected too, and no update API changes the image type of a group. */
export const al2Ami = preflightCheck({
  name,
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
