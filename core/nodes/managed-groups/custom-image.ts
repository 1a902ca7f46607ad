import { PARAMETER_TAG } from '../../contracts/mutating-calls.ts';
import { type Reason, reason } from '../../contracts/step-result.ts';
import type { ImageRule } from '../../model/image-rule.ts';
import type { Image, LaunchTemplateVersion, NewLaunchTemplateVersion } from '../../ports/ec2.ts';
import type { KubeVersion } from '../../version/kube-version.ts';

/** The tags of a rule with the minor filled in. */
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
  /** The image that a table or a parameter names; undefined where it names none, or where the rule goes by tags. */
  readonly named: string | undefined;
  /** The image that the group launches now; undefined where it is gone, or where the launch template names none by its id. */
  readonly launched: Image | undefined;
  readonly now: Date;
}

/** The tag that the build of amazon-eks-ami gives its images: `kubernetes` = `1.36.2/2026-10-01/bin/linux/amd64` (awslabs/amazon-eks-ami, templates). */
const BUILT_FOR = 'kubernetes';

/**
 * The image that a group goes to, of those that EC2 has for its rule; or why there is none. An image that does not exist, is deprecated, or is for
 * another minor or architecture than the group needs does not count. The checks of a hop and the roll of a group both ask this function.
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
  const architectures = [...new Set(fitting.map(({ architecture }) => architecture))].sort();
  if (asked.launched === undefined && architectures.length > 1) {
    const found = `AMIs with the tags ${tagText(tagsFor(rule, target))} are there for ${architectures.join(' and ')}`;
    const why = 'nobody knows which of them the node group needs, since EC2 knows no AMI that it launches now';
    return none(`${found}: ${why} (one more tag in the rule tells)`, nodegroup, target);
  }
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

/** The reason where a rule's table or parameter names no image. */
export function noNamedImage(rule: ImageRule, target: KubeVersion, region: string, nodegroup: string): Reason {
  const parameter = parameterFor(rule, target);
  const said =
    parameter === undefined
      ? `The policy names no AMI of ${target} in ${region} (spec.nodes.images)`
      : `No parameter ${parameter} in ${region} that Liftlock may read holds the id of an AMI (one of the account's own needs the tag ${PARAMETER_TAG.key}=${PARAMETER_TAG.value})`;
  return none(said, nodegroup, target);
}

/** Images that were created in one second go by their id, so that every look finds the same one. */
const placeOf = ({ creationDate, imageId }: Image): string => `${creationDate} ${imageId}`;

function unfit(image: Image, { target, controlPlane, launched, now }: Asked): string | undefined {
  const { imageId, state, deprecationTime, architecture, tags } = image;
  if (state !== 'available') return `is ${state}`;
  if (deprecationTime !== undefined && Date.parse(deprecationTime) <= now.getTime())
    return `is deprecated since ${deprecationTime}`;
  if (launched !== undefined && architecture !== launched.architecture)
    return `is of ${architecture}, and the group runs ${launched.architecture}`;
  // A kubelet may never be newer than its control plane, so the image that the group launches now was built for an older minor.
  if (imageId === launched?.imageId && controlPlane.isOlderThan(target))
    return `is what the group launches at ${controlPlane}`;
  const built = tags[BUILT_FOR]?.split('/')[0];
  return built === undefined || `${built}.`.startsWith(`${target}.`) ? undefined : `was built for Kubernetes ${built}`;
}

const tagText = (tags: Readonly<Record<string, string>>): string =>
  Object.entries(tags)
    .map(([key, value]) => `${key}=${value}`)
    .join(', ');

/** The version to be made of a group's launch template. Later looks recognize it by its description, and a version that was made once is used again. */
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
 * The version of a template that gives a group an image, among the versions that launch that image: one that was made from the group's own version
 * for this, whoever made it; or, on the way back, the one that the group's own version was made from.
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
