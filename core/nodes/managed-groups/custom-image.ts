import { PARAMETER_TAG } from '../../contracts/mutating-calls.ts';
import { type Reason, reason } from '../../contracts/step-result.ts';
import type { ImageRule } from '../../model/image-rule.ts';
import type { Image, LaunchTemplateVersion, NewLaunchTemplateVersion } from '../../ports/ec2.ts';
import type { KubeVersion } from '../../version/kube-version.ts';

/** The minor of a rule's tags and table. */
export const tagsFor = (rule: ImageRule, target: KubeVersion): Record<string, string> =>
  Object.fromEntries(
    Object.entries(rule.tags ?? {}).map(([key, value]) => [key, value.replaceAll('{version}', target.toString())]),
  );

export const parameterFor = (rule: ImageRule, target: KubeVersion): string | undefined =>
  rule.parameter?.replaceAll('{version}', target.toString());

export const tableImage = (rule: ImageRule, target: KubeVersion, region: string): string | undefined =>
  rule.table?.[target.toString()]?.[region];

interface Asked {
  readonly nodegroup: string;
  readonly target: KubeVersion;
  readonly controlPlane: KubeVersion;
  readonly region: string;
  /** The image that a table or a parameter names; undefined where it names none, and of tags. */
  readonly named: string | undefined;
  /** The image that the group launches now; undefined where it is gone. */
  readonly launched: Image | undefined;
  readonly now: Date;
}

/** What the build of amazon-eks-ami tags images with: `kubernetes` = `1.36.2/2026-10-01/bin/linux/amd64` (awslabs/amazon-eks-ami, templates). */
const BUILT_FOR = 'kubernetes';

/**
 * The image that a group goes to, of those that EC2 has for its rule; or why there is none. One that is not there, is deprecated, or is of another minor or
 * architecture than the group needs, is none: whatever checks a hop and whatever rolls the group ask here.
 */
export function chooseImage(rule: ImageRule, found: readonly Image[], asked: Asked): Image | Reason {
  const { nodegroup, target, region, named } = asked;
  if (rule.tags === undefined && named === undefined) return noNamedImage(rule, target, region, nodegroup);
  const refused: string[] = [];
  const fitting = found.filter((image) => {
    const why = unfit(image, asked);
    if (why !== undefined) refused.push(`the AMI ${image.imageId} ${why}`);
    return why === undefined;
  });
  const [newest] = fitting.sort((a, b) => (placeOf(a) < placeOf(b) ? 1 : -1));
  if (newest !== undefined) return newest;
  const what =
    named === undefined
      ? `No AMI with the tags ${tagText(tagsFor(rule, target))} can be used`
      : `The AMI ${named} cannot be used`;
  const why = refused.length === 0 ? 'EC2 has none that this account may launch' : refused.join('; ');
  return none(`${what}: ${why}`, nodegroup, target);
}

const none = (said: string, nodegroup: string, target: KubeVersion): Reason =>
  reason('CustomImage', `${said}, so the node group ${nodegroup} cannot be rolled to ${target}.`);

/** Of a rule whose table or parameter names none. */
export function noNamedImage(rule: ImageRule, target: KubeVersion, region: string, nodegroup: string): Reason {
  const parameter = parameterFor(rule, target);
  const said =
    parameter === undefined
      ? `The policy names no AMI of ${target} in ${region} (spec.nodes.images)`
      : `No parameter ${parameter} in ${region} that Liftlock may read holds the id of an AMI (one of the account's own needs the tag ${PARAMETER_TAG.key}=${PARAMETER_TAG.value})`;
  return none(said, nodegroup, target);
}

/** Of those made in one second the id decides, so that whoever looks again finds the same one. */
const placeOf = ({ creationDate, imageId }: Image): string => `${creationDate} ${imageId}`;

function unfit(image: Image, { target, controlPlane, launched, now }: Asked): string | undefined {
  const { imageId, state, deprecationTime, architecture, tags } = image;
  if (state !== 'available') return `is ${state}`;
  if (deprecationTime !== undefined && Date.parse(deprecationTime) <= now.getTime())
    return `is deprecated since ${deprecationTime}`;
  if (launched !== undefined && architecture !== launched.architecture)
    return `is of ${architecture}, and the group runs ${launched.architecture}`;
  // A kubelet is never newer than its control plane.
  if (imageId === launched?.imageId && controlPlane.isOlderThan(target))
    return `is what the group launches at ${controlPlane}`;
  const built = tags[BUILT_FOR]?.split('/')[0];
  return built === undefined || `${built}.`.startsWith(`${target}.`) ? undefined : `was built for Kubernetes ${built}`;
}

const tagText = (tags: Readonly<Record<string, string>>): string =>
  Object.entries(tags)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ');

/** The version to be made of a group's template. Whoever looks afterwards knows it by its description; what was made once is used again. */
export const newVersionOf = (
  { template, version }: LaunchTemplateVersion,
  imageId: string,
): NewLaunchTemplateVersion => ({
  template,
  sourceVersion: version,
  imageId,
  description: `Liftlock: version ${version} with ${imageId}`,
});

/**
 * The version of a template by which a group gets an image, of those that launch it: what was made of its own for that, whoever made it, or on the way back
 * the very one that its own was made of.
 */
export const madeBefore = (
  versions: readonly LaunchTemplateVersion[],
  from: LaunchTemplateVersion,
  imageId: string,
): LaunchTemplateVersion | undefined => {
  const launching = versions.filter((one) => one.imageId === imageId);
  const isMadeOf = (one: LaunchTemplateVersion, of: LaunchTemplateVersion): boolean =>
    one.description === newVersionOf(of, one.imageId ?? '').description;
  return launching.find((one) => isMadeOf(one, from)) ?? launching.find((one) => isMadeOf(from, one));
};
