import { type Reason, reason } from '../contracts/step-result.ts';
import { given } from '../model/given.ts';
import { issueTexts } from '../model/issue-text.ts';
import type { Image, LaunchTemplateVersion, NewLaunchTemplateVersion } from '../ports/ec2.ts';
import type { Nodegroup, UpdateNodegroupVersionInput } from '../ports/eks.ts';
import { hasNoImage, NEW_GROUP, noImageText } from '../scan/preflight/al2-ami.ts';
import { compareReleases } from '../version/image-release.ts';
import { KubeVersion } from '../version/kube-version.ts';
import { newVersionOf } from './custom-image.ts';

/** The image that the policy names for a group with an AMI of its own, and what the group launches from now. */
export interface WantedImage {
  readonly from: LaunchTemplateVersion;
  readonly image: Image;
  /** The version of the launch template that was made for it. */
  readonly made?: string | undefined;
}

/** A managed node group as it was read. */
export interface ManagedGroup {
  readonly nodegroup: Nodegroup;
  /** Who chooses its image. `nobody`: it has an AMI of its own and no policy names another. A reason: the image that the policy names cannot be used. */
  readonly image: 'eks' | 'nobody' | Reason | WantedImage;
  /** The release that a rollout has pinned for it; absent: whichever EKS takes for a version. */
  readonly release?: string | undefined;
}

/** What is to be done next to bring a group to a version, as data: nothing is sent here. */
export type NextOfRoll =
  | { readonly type: 'done' | 'blocked'; readonly reason: Reason }
  /** Somebody else changes it; it is looked at later. */
  | { readonly type: 'others'; readonly reason: Reason }
  | { readonly type: 'make-version'; readonly version: NewLaunchTemplateVersion }
  | { readonly type: 'roll'; readonly input: Omit<UpdateNodegroupVersionInput, 'clientRequestToken'> };

/** Something that Liftlock has not started runs on a group. */
export const updatingReason = (group: string): Reason =>
  reason('ForeignUpdate', `The node group ${group} is UPDATING, and not by Liftlock.`);

/**
 * The whole decision about a managed group that the control plane has left behind. EKS takes a version for one whose image it chooses, and none for
 * one with an AMI of its own, which goes to a version of its launch template (facts: eks.md §5.2).
 */
export function nextOfRoll({ nodegroup, image, release }: ManagedGroup, target: KubeVersion): NextOfRoll {
  const { nodegroupName: group, clusterName, status } = nodegroup;
  if (image === 'nobody') {
    const said = `${group} runs a custom AMI: EKS takes no version for it, and no policy names another (spec.nodes.images). Roll it with a new version of its launch template.`;
    return { type: 'done', reason: reason('CustomAmi', said) };
  }
  const arrived = isThere({ nodegroup, image, release }, target);
  if (arrived !== undefined && status === 'ACTIVE') return { type: 'done', reason: reason('AtTarget', arrived) };
  if (hasNoImage(nodegroup, target))
    return { type: 'blocked', reason: reason('Al2Nodegroup', `${noImageText(nodegroup)} ${NEW_GROUP}`) };
  if (status === 'UPDATING') return { type: 'others', reason: updatingReason(group) };
  if (status === 'CREATING')
    return { type: 'others', reason: reason('NotActive', `The node group ${group} is CREATING.`) };
  // A failed roll leaves a group ACTIVE or DEGRADED with some nodes replaced; sending it again goes on (facts: eks.md §5.4).
  if (status !== 'ACTIVE' && status !== 'DEGRADED') {
    const issues = issueTexts(nodegroup.health).join('; ');
    return { type: 'blocked', reason: reason('NodegroupStatus', `The node group ${group} is ${status}. ${issues}`) };
  }
  if (image === 'eks')
    return {
      type: 'roll',
      input: { clusterName, nodegroupName: group, version: target.toString(), ...given({ releaseVersion: release }) },
    };
  if ('code' in image) return { type: 'blocked', reason: image };
  // What an earlier roll has begun with goes on with it.
  const version = image.from.imageId === image.image.imageId ? image.from.version : image.made;
  if (version === undefined) return { type: 'make-version', version: newVersionOf(image.from, image.image.imageId) };
  const { id, name } = nodegroup.launchTemplate ?? {};
  const template = id === undefined ? given({ name }) : { id };
  return { type: 'roll', input: { clusterName, nodegroupName: group, launchTemplate: { ...template, version } } };
}

/**
 * Where a group is, in words, once EKS says that it is there. Of one with an AMI of its own the release is of the last roll that ended well, the launch
 * template of the last that began: where somebody's has failed since, they differ.
 */
export function isThere({ nodegroup, image, release }: ManagedGroup, target: KubeVersion): string | undefined {
  const { nodegroupName: group, version, releaseVersion } = nodegroup;
  if (image === 'eks') {
    if (version === undefined || !KubeVersion.parse(version).equals(target)) return undefined;
    if (release === undefined) return `The node group ${group} is at ${target}.`;
    // Somebody may have taken it further since it was pinned: it never goes back.
    const isBehind = releaseVersion === undefined || compareReleases(releaseVersion, release) < 0;
    return isBehind ? undefined : `The node group ${group} runs ${releaseVersion}.`;
  }
  if (typeof image === 'string' || 'code' in image) return undefined;
  const { imageId } = image.image;
  if (releaseVersion !== imageId || image.from.imageId !== imageId) return undefined;
  return `The node group ${group} runs ${releaseVersion}, the AMI for ${target}.`;
}
