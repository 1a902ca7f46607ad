import { imageRuleOf } from '../../model/image-rule.ts';
import type { Nodegroup } from '../../ports/eks.ts';
import { inRegion, type PreflightFacts, preflightCheck } from './preflight-check.ts';

/** The version of its own launch template that a group launches nodes from. */
export function templateOf({ launchTemplate }: Nodegroup): { template: string; version: string } | undefined {
  const { id, name, version = '$Default' } = launchTemplate ?? {};
  const template = id ?? name;
  return template === undefined ? undefined : { template, version };
}

/** The launch template version in EC2: undefined where it was not read, null where it no longer exists. */
export function launchedFrom(group: Nodegroup, templates: NonNullable<PreflightFacts['capacity']>['launchTemplates']) {
  const own = templateOf(group);
  if (own === undefined || templates === undefined) return undefined;
  return templates.find((one) => one.template === own.template && one.version === own.version) ?? null;
}

const anotherVersion = ({ arn, name }: PreflightFacts['cluster'], { nodegroupName }: Nodegroup): string =>
  `Give the group another version of its template: aws eks update-nodegroup-version ${inRegion(arn)} --cluster-name ${name} --nodegroup-name ${nodegroupName} --launch-template id=…,version=…`;

export const launchTemplateGone = preflightCheck({
  name: 'LaunchTemplateGone',
  source: 'capacity',
  finds: 'The launch template of a node group, or the version of it that the group has, does not exist any more.',
  isOfRolls: true,
  observe({ cluster, hasMoved, nodegroups, capacity }) {
    const gone = nodegroups.filter((group) => !hasMoved && launchedFrom(group, capacity?.launchTemplates) === null);
    return gone.map((group) => {
      const { template, version } = templateOf(group) ?? {};
      return {
        subject: { kind: 'Nodegroup', name: group.nodegroupName },
        cause: `launch-template:${template}:${version}`,
        message: `The node group ${group.nodegroupName} launches nodes from version ${version} of the launch template ${template}, which does not exist any more: no new node of it comes up.`,
        fix: `${anotherVersion(cluster, group)}. Where the whole template is gone: create another group, move the workloads, delete this one.`,
      };
    });
  },
});

export const imageGone = preflightCheck({
  name: 'ImageGone',
  source: 'capacity',
  finds:
    'The AMI in the launch template of a node group is gone, disabled or not shared any more, and no rule of the policy names another; a warning where it is deprecated.',
  isOfRolls: true,
  observe({ cluster, hasMoved, now, nodegroups, nodes, capacity }) {
    const { images, launchTemplates } = capacity ?? {};
    if (hasMoved || images === undefined) return [];
    return nodegroups.flatMap((group) => {
      const imageId = launchedFrom(group, launchTemplates)?.imageId;
      // The roll of a group that a rule covers launches nodes from another AMI, which the check for that one judges.
      if (imageRuleOf(nodes, group) !== undefined) return [];
      if (imageId === undefined || !isImageId(imageId)) return [];
      const image = images.find((one) => one.imageId === imageId);
      const isThere = image?.state === 'available';
      const deprecated = isThere ? image.deprecationTime : undefined;
      if (isThere && (deprecated === undefined || Date.parse(deprecated) > now.getTime())) return [];
      const what = isThere
        ? `its owner has deprecated it since ${deprecated}, and may take it away`
        : `EC2 ${image === undefined ? 'has none that this account may launch' : `says that it is ${image.state}`}: no new node of the group comes up`;
      return [
        {
          severity: isThere ? 'warning' : 'error',
          subject: { kind: 'Nodegroup', name: group.nodegroupName },
          cause: `image:${imageId}`,
          message: `The node group ${group.nodegroupName} launches nodes from the AMI ${imageId}, and ${what}.`,
          fix: `Make a version of the launch template with an AMI that is there. ${anotherVersion(cluster, group)}.`,
        },
      ];
    });
  },
});

/** A parameter of Systems Manager that names the image is not resolved. */
export const isImageId = (imageId: string): boolean => imageId.startsWith('ami-');
