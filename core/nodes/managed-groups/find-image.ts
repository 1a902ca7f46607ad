import { isDenied } from '../../contracts/errors.ts';
import { TEMPLATE_TAG } from '../../contracts/mutating-calls.ts';
import { type Reason, reason } from '../../contracts/step-result.ts';
import type { ImageRule } from '../../model/image-rule.ts';
import { isSame } from '../../model/is-same.ts';
import type { Image, LaunchTemplateVersion } from '../../ports/ec2.ts';
import type { Nodegroup } from '../../ports/eks.ts';
import type { Ports } from '../../ports/ports.ts';
import { isImageId, templateOf } from '../../scan/preflight/launched-from.ts';
import { KubeVersion } from '../../version/kube-version.ts';
import type { OwnerContext } from '../node-owner.ts';
import { chooseImage, parameterFor, tableImage, tagsFor } from './custom-image.ts';

/** The image that the policy names for a group with an AMI of its own, and the template version that the group launches from now. */
export interface WantedImage {
  readonly from: LaunchTemplateVersion;
  readonly image: Image;
  /** The version of the launch template that exists already for this image. */
  readonly made?: string | undefined;
}

/**
 * Finds the image that the policy names for a group, and whether Liftlock may make a version of the group's launch template with it; or tells why
 * not. A group whose roll has begun keeps that image while it can be used, since a newer one would replace the new nodes as well.
 *
 * @param begunWith the template version that the newest roll of this try was sent with
 */
export async function findImage(
  { account, ec2, clock }: Pick<Ports, 'account' | 'ec2' | 'clock'>,
  { scope, target, cluster }: OwnerContext,
  group: Nodegroup,
  rule: ImageRule,
  begunWith?: Nodegroup['launchTemplate'],
): Promise<WantedImage | Reason> {
  const { nodegroupName: nodegroup } = group;
  const { template = '', version = '' } = templateOf(group) ?? {};
  const from = await ec2.describeLaunchTemplateVersion(scope, template, version);
  if (from === undefined)
    return reason('CustomImage', `Version ${version} of the launch template ${template} of ${nodegroup} is gone.`);
  const { imageId: current = '' } = from;
  const parameter = parameterFor(rule, target);
  const held = parameter === undefined ? undefined : await readParameter(account, scope, parameter);
  // Whatever else the parameter holds is not an image id, and is never shown.
  const named = tableImage(rule, target, scope.region) ?? (isImageId(held ?? '') ? held : undefined);
  const ids = [current, named ?? ''].filter(isImageId);
  const known = ids.length === 0 ? [] : await ec2.describeImages(scope, ids);
  const found =
    rule.tags === undefined
      ? known.filter(({ imageId }) => imageId === named)
      : await ec2.findImages(scope, rule.owners, tagsFor(rule, target));
  const launched = known.find(({ imageId }) => imageId === current);
  const controlPlane = KubeVersion.parse(cluster.version);
  const asked = { nodegroup, target, controlPlane, region: scope.region, named, launched, now: clock.now() };
  const isBegun =
    begunWith !== undefined && isSame(templateOf({ ...group, launchTemplate: begunWith }), templateOf(group));
  const begun = isBegun && launched ? chooseImage(rule, [launched], { ...asked, named: current }) : undefined;
  const image = begun === undefined || 'code' in begun ? chooseImage(rule, found, asked) : begun;
  const isFound = !('code' in image);
  const isOpen = (isFound && image.imageId === current) || (await mayMakeVersions(ec2, scope, template));
  if (isFound && isOpen) return { from, image };
  const { key, value } = TEMPLATE_TAG;
  const where = isFound ? `, so the node group ${nodegroup} cannot go to ${image.imageId}` : '';
  const closed = `Liftlock may make no version of the launch template ${template}${where}: the template has no tag ${key}=${value}. Whoever owns it runs: aws ec2 create-tags --region ${scope.region} --resources ${template} --tags Key=${key},Value=${value}.`;
  // Both problems are told at once, so that a person who mends one does not meet the other at the next look.
  return reason('CustomImage', [...(isFound ? [] : [image.message]), ...(isOpen ? [] : [closed])].join(' '));
}

/**
 * Reads a parameter. IAM knows no tags of a parameter that does not exist, so it denies that one like one that is not open to Liftlock (checked by
 * the local cloud; IAM, `aws:ResourceTag`).
 */
async function readParameter(account: Ports['account'], scope: OwnerContext['scope'], name: string) {
  try {
    return await account.getParameter(scope, name);
  } catch (error) {
    if (isDenied(error)) return undefined;
    throw error;
  }
}

async function mayMakeVersions(ec2: Ports['ec2'], scope: OwnerContext['scope'], template: string): Promise<boolean> {
  const tags = await ec2.describeLaunchTemplateTags(scope, template);
  return tags?.[TEMPLATE_TAG.key] === TEMPLATE_TAG.value;
}
